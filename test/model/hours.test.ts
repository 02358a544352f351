import { describe, expect, it } from "vitest";
import { instantAt, isoSeconds, wallClockAt } from "../../src/model/calendar.ts";
import { daysIn, hoursIn, shiftByDays } from "../../src/model/hours.ts";

const dates = (from: string, to: string, zone: string) => hoursIn({ from, to }, zone).map(({ date }) => date);

describe("the hours of a stretch of time", () => {
  it("are those of the clock: the first and the last are cut", () => {
    expect(hoursIn({ from: "2026-02-01T09:30:00Z", to: "2026-02-01T12:20:00Z" }, "UTC")).toEqual([
      { date: "2026-02-01T09", from: "2026-02-01T09:30:00Z", to: "2026-02-01T10:00:00Z", over: true },
      { date: "2026-02-01T10", from: "2026-02-01T10:00:00Z", to: "2026-02-01T11:00:00Z", over: true },
      { date: "2026-02-01T11", from: "2026-02-01T11:00:00Z", to: "2026-02-01T12:00:00Z", over: true },
      { date: "2026-02-01T12", from: "2026-02-01T12:00:00Z", to: "2026-02-01T12:20:00Z", over: false },
    ]);
  });

  it("are all over when the stretch ends with one", () => {
    const hours = hoursIn({ from: "2026-02-01T23:00:00Z", to: "2026-02-02T01:00:00Z" }, "UTC");
    expect(hours.map(({ date, over }) => [date, over])).toEqual([
      ["2026-02-01T23", true],
      ["2026-02-02T00", true],
    ]);
  });

  it("are named by the clock of the zone, also where it is half an hour off", () => {
    expect(dates("2026-02-01T22:30:00Z", "2026-02-02T00:00:00Z", "Europe/Berlin")).toEqual([
      "2026-02-01T23",
      "2026-02-02T00",
    ]);
    expect(hoursIn({ from: "2026-02-01T04:00:00Z", to: "2026-02-01T05:30:00Z" }, "Asia/Kolkata")).toEqual([
      { date: "2026-02-01T09", from: "2026-02-01T04:00:00Z", to: "2026-02-01T04:30:00Z", over: true },
      { date: "2026-02-01T10", from: "2026-02-01T04:30:00Z", to: "2026-02-01T05:30:00Z", over: true },
    ]);
  });

  it("lack the hour that clocks skip in spring", () => {
    expect(dates("2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z", "Europe/Berlin")).toEqual([
      "2026-03-29T01",
      "2026-03-29T03",
    ]);
  });

  it("have one of two hours where clocks show it twice in autumn", () => {
    const hours = hoursIn({ from: "2026-10-24T23:00:00Z", to: "2026-10-25T02:00:00Z" }, "Europe/Berlin");
    expect(hours).toEqual([
      { date: "2026-10-25T01", from: "2026-10-24T23:00:00Z", to: "2026-10-25T00:00:00Z", over: true },
      { date: "2026-10-25T02", from: "2026-10-25T00:00:00Z", to: "2026-10-25T02:00:00Z", over: true },
    ]);
  });

  it.each([
    ["UTC", "2026-02-01T00:00:00Z", 24],
    ["UTC", "2026-02-01T09:30:00Z", 25],
    ["Europe/Berlin", "2026-03-28T23:00:00Z", 24],
    ["Europe/Berlin", "2026-10-24T22:00:00Z", 23],
    ["Australia/Lord_Howe", "2026-04-04T13:00:00Z", 24],
    ["Asia/Kathmandu", "2026-02-01T00:00:00Z", 25],
  ])("cover 24 hours in %s from %s without a gap, %i in all", (zone, from, many) => {
    const to = isoSeconds(new Date(Date.parse(from) + 86_400_000));
    const hours = hoursIn({ from, to }, zone);
    expect(hours).toHaveLength(many);
    expect(new Set(hours.map(({ date }) => date)).size).toBe(many);
    expect([hours[0]?.from, hours.at(-1)?.to]).toEqual([from, to]);
    for (const [index, hour] of hours.entries()) {
      if (index > 0) expect(hour.from).toBe(hours[index - 1]?.to);
    }
  });

  it("are none when nothing lies between", () => {
    expect(dates("2026-02-01T09:00:00Z", "2026-02-01T09:00:00Z", "UTC")).toEqual([]);
  });
});

it("days are cut at midnight of the zone", () => {
  expect(daysIn({ from: "2026-02-01T08:30:00Z", to: "2026-02-02T08:30:00Z" }, "Europe/Berlin")).toEqual([
    { date: "2026-02-01", from: "2026-02-01T08:30:00Z", to: "2026-02-01T23:00:00Z", over: true },
    { date: "2026-02-02", from: "2026-02-01T23:00:00Z", to: "2026-02-02T08:30:00Z", over: false },
  ]);
});

describe("a wall clock", () => {
  it.each([
    ["2026-02-01T09:30:00", "UTC", "2026-02-01T09:30:00Z"],
    ["2026-02-01T09:30:00", "America/St_Johns", "2026-02-01T13:00:00Z"],
    ["2026-07-01T09:30:00", "Europe/Berlin", "2026-07-01T07:30:00Z"],
  ])("%s in %s is %s, and back", (clock, zone, instant) => {
    expect(isoSeconds(instantAt(clock, zone))).toBe(instant);
    expect(wallClockAt(new Date(instant), zone)).toBe(clock);
  });

  it("shows the same time a week before, over a clock change too", () => {
    expect(shiftByDays("2026-04-01T08:00:00Z", -7, "Europe/Berlin")).toBe("2026-03-25T09:00:00Z");
    expect(shiftByDays("2026-02-08T00:00:00Z", -7, "UTC")).toBe("2026-02-01T00:00:00Z");
  });
});
