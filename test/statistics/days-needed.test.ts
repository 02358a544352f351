import { describe, expect, test } from "vitest";
import { daysNeeded } from "../../src/statistics/days-needed.ts";
import { expectClose } from "./close.ts";

// Source: judgement-2.json, forecast: closed forms on sums against unit rows at 40 digits.
const VECTORS = [
  {
    name: "returning users: floor below the target",
    soFar: { days: 5, dayVariance: 0.00370881, windowVariance: 0.000978 },
    target: 0.00042555151520999997,
    expected: { floor: 0.00029529749999999977, perDay: 0.0034135125, days: 26.206581766378665 },
  },
  {
    name: "floor above the target: never at this exposure",
    soFar: { days: 3, dayVariance: 0.01855044, windowVariance: 0.0081 },
    target: 0.00042555151520999997,
    expected: { floor: 0.00287478, perDay: 0.01567566, days: null },
  },
] as const;

describe("days needed", () => {
  test.each(VECTORS)("$name", ({ soFar, target, expected }) => {
    const found = daysNeeded(soFar, target);
    expectClose(found.floor, expected.floor);
    expectClose(found.perDay, expected.perDay);
    if (expected.days === null) expect(found.days).toBeNull();
    else expectClose(found.days ?? Number.NaN, expected.days);
  });

  test("days of others each time need what independent days do, and have no floor", () => {
    const found = daysNeeded({ days: 4, dayVariance: 0.004, windowVariance: 0.001 }, 0.0001);
    expect(found).toMatchObject({ floor: 0, days: 40 });
  });

  test("V(n) = a/n + b: the number of days is the same from every night on", () => {
    const [a, b, target] = [0.0064, 0.0002, 0.0005];
    for (const days of [2, 3, 7, 20, 60]) {
      const soFar = { days, dayVariance: a + b, windowVariance: a / days + b };
      expectClose(daysNeeded(soFar, target).days, a / (target - b));
    }
  });

  test("of one day, and of days without an error, no floor is told", () => {
    const one = { days: 1, dayVariance: 0.004, windowVariance: 0.004 };
    expect(daysNeeded(one, 0.0004)).toMatchObject({ floor: 0, days: 10 });
    expect(
      daysNeeded({ ...one, days: 2, dayVariance: null, windowVariance: 0.002 }, 0.0004).days,
    ).toBeCloseTo(10);
  });
});
