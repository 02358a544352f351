import { describe, expect, it } from "vitest";
import { addDays, dayAt, daysFrom, endOfDay, isDay, startOfDay } from "../../src/model/calendar.ts";

describe("days", () => {
  it("step over month ends and leap days", () => {
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
    expect(daysFrom("2026-02-27", "2026-03-01")).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(daysFrom("2026-03-01", "2026-02-27")).toEqual([]);
  });

  it.each([
    ["2026-02-01", true],
    ["2026-02-30", false],
    ["2026-2-1", false],
    ["yesterday", false],
  ])("%s is a day: %s", (text, real) => {
    expect(isDay(text)).toBe(real);
  });
});

describe("a day in a time zone", () => {
  it.each([
    ["2026-02-01", "UTC", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"],
    ["2026-02-01", "Europe/Berlin", "2026-01-31T23:00:00Z", "2026-02-01T23:00:00Z"],
    // Clocks go forward on 29 March and back on 25 October: 23 and 25 hours.
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
    ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
    // At midnight itself: an hour that is skipped, and one that comes twice.
    ["2026-09-05", "America/Santiago", "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z"],
    ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
    ["2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"],
    ["2026-11-01", "America/Havana", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"],
    ["2026-02-01", "Asia/Kolkata", "2026-01-31T18:30:00Z", "2026-02-01T18:30:00Z"],
    ["2026-02-01", "America/St_Johns", "2026-02-01T03:30:00Z", "2026-02-02T03:30:00Z"],
  ])("%s in %s runs from %s to %s", (day, zone, start, end) => {
    expect(startOfDay(day, zone)).toBe(start);
    expect(endOfDay(day, zone)).toBe(end);
    expect(dayAt(new Date(start), zone)).toBe(day);
    expect(dayAt(new Date(Date.parse(end) - 1), zone)).toBe(day);
  });
});
