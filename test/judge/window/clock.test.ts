/** The drawn clock: an interval that narrows, and clears its line on the night that the forecast names. */
import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import { clockOf } from "../../../src/judge/window/clock.ts";
import { addDays } from "../../../src/model/calendar.ts";
import type { Clock } from "../../../src/model/result.ts";
import { type NightSpec, night } from "../builders.ts";

function ctrOf(spec: NightSpec) {
  const input = night(spec);
  const ctr = judge(input).metrics.find(({ name }) => name === "ctr");
  if (ctr === undefined) throw new Error("no ctr");
  return { ...ctr.observation, tonight: input.window.reportDate };
}

function clock(spec: NightSpec): Clock {
  const found = ctrOf(spec).clock;
  if (found === null) throw new Error("no clock");
  return found;
}

describe("the clock of a guardrail", () => {
  it("begins tonight, narrows every night, and clears the line on the last and on no night before", () => {
    const { clock: found, daysNeeded, tonight } = ctrOf({ impressions: 6000 });
    expect(found).toMatchObject({ from: 0, isAtLeast: false });
    expect(found?.line).toBeCloseTo(-0.05, 12);
    expect(found?.nights[0]?.date).toBe(tonight);
    expect(found?.nights.at(-1)?.date).toBe(found?.clearsOn);
    expect(found?.clearsOn).toBe(addDays(tonight, daysNeeded ?? 0));
    const ends = found?.nights.map(({ end }) => end) ?? [];
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
    expect(ends.findIndex((end) => end > -0.05)).toBe(ends.length - 1);
  });

  it("of a first night says the earliest day", () => {
    expect(clock({ days: 1, impressions: 6000 }).isAtLeast).toBe(true);
  });

  it("of a rise comes down to its line", () => {
    const input = night({ impressions: 2000 });
    const found = judge(input).metrics.find(({ name }) => name === "near_duplicate_share")?.observation.clock;
    expect(found?.line).toBeCloseTo(0.15, 12);
    expect(found?.nights[0]?.end).toBeGreaterThan(0.15);
    expect(found?.nights.at(-1)?.end).toBeLessThan(0.15);
  });

  it("starts from the change once the planned volume has come and the line is still open", () => {
    const found = clock({ impressions: 55_000, deltas: { ctr: -0.028 }, days: 3 });
    expect(found.from).toBeCloseTo(-0.028, 9);
    expect(found.line).toBeCloseTo(-0.05, 12);
    expect(found.nights[0]?.end).toBeLessThan(-0.05);
    expect(found.nights.at(-1)?.end).toBeGreaterThan(-0.05);
  });

  it("is none of what is settled, of the first 24 hours, and of an informational metric", () => {
    expect(ctrOf({}).clock).toBeNull();
    expect(ctrOf({ phase: "first-24h", days: 6, impressions: 400 }).clock).toBeNull();
    const saves = judge(night({ impressions: 6000 })).metrics.find(({ name }) => name === "save_rate");
    expect(saves?.observation.clock).toBeNull();
  });

  it("of the same people never clears, and flattens out at what they leave open", () => {
    const settling = {
      factor: 9,
      center: 0,
      line: -0.05,
      standardError: 0.06,
      endAt: (error: number) => -2.5 * error,
    };
    const error = { days: 5, perDay: 0.002, floor: 0.0032 };
    const found = clockOf({ settling, error, moreDays: null, atLeast: false }, "2026-02-05");
    expect(found.clearsOn).toBeNull();
    expect(found.nights.every(({ end }) => end < found.line)).toBe(true);
    expect(found.nights.at(-1)?.date).toBe("2026-02-20");
  });

  it("of a year is drawn by few points, the last of them the day itself", () => {
    const settling = {
      factor: 60,
      center: 0,
      line: -0.05,
      standardError: 0.15,
      endAt: (error: number) => -2.5 * error,
    };
    const error = { days: 6, perDay: 6 * 0.15 ** 2, floor: 0 };
    const found = clockOf({ settling, error, moreDays: 354, atLeast: false }, "2026-02-05");
    expect(found.nights.length).toBeLessThanOrEqual(24);
    expect(found.nights.at(-1)?.date).toBe(addDays("2026-02-05", 354));
    expect(found.nights.at(-1)?.end).toBeCloseTo(found.line, 2);
  });
});
