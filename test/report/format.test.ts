import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as format from "../../src/report/format.ts";

describe("numbers as text", () => {
  it("groups counts with commas", () => {
    expect(format.count(1_411_894)).toBe("1,411,894");
    expect(format.count(999)).toBe("999");
    expect(format.count(-1234)).toBe("−1,234");
    expect(format.count(0)).toBe("0");
    expect(format.count(12_345.678)).toBe("12,345.68");
  });

  it("says not available instead of a number that is not to be had", () => {
    const texts = [format.count(null), format.percent(null), format.delta(null), format.interval(null)];
    expect(new Set(texts)).toEqual(new Set(["not available"]));
  });

  it("keeps three significant digits of a share", () => {
    expect([0.0512, 0.412, 0.0047, 1, 0.1, 0].map(format.percent)).toEqual([
      "5.12%",
      "41.2%",
      "0.470%",
      "100%",
      "10%",
      "0%",
    ]);
  });

  it("writes a change with its sign and a real minus", () => {
    expect([0.0046, -0.0739, 0, 0.5].map((value) => format.delta(value))).toEqual([
      "+0.5%",
      "−7.4%",
      "0.0%",
      "+50.0%",
    ]);
    expect(format.interval([-0.103, -0.044])).toBe("−10.3% to −4.4%");
  });

  it("never rounds a change onto or across a line it has not reached", () => {
    expect(format.delta(-0.02996, [-0.03])).toBe("−2.996%");
    expect(format.delta(-0.03, [-0.03])).toBe("−3.0%");
    expect(format.delta(-0.0302, [-0.03])).toBe("−3.02%");
    expect(format.delta(0.0002, [])).toBe("+0.02%");
  });

  it("holds that for any change and line", () => {
    const change = fc.double({ min: -0.9, max: 0.9, noNaN: true });
    const line = fc.integer({ min: -200, max: 200 }).map((tenths) => tenths / 1000);
    fc.assert(
      fc.property(change, line, (value, at) => {
        fc.pre(Math.abs(value - at) > 1e-6 && Math.abs(value) > 1e-6);
        const shown = Number(format.delta(value, [at]).replace("−", "-").replace("%", "")) / 100;
        return Math.sign(Math.round((shown - at) * 1e9)) === Math.sign(Math.round((value - at) * 1e9));
      }),
    );
  });

  it("never says that something is certain", () => {
    expect([0, 0.0004, 0.034, 0.936, 0.99996, 1].map(format.probability)).toEqual([
      "less than 0.1%",
      "less than 0.1%",
      "3.4%",
      "94%",
      "more than 99.9%",
      "more than 99.9%",
    ]);
  });

  it("writes days, instants and durations", () => {
    expect(format.day("2026-02-07")).toBe("Sat 2026-02-07");
    expect(format.instant("2026-02-08T03:00:12.345Z")).toBe("2026-02-08 03:00:12 UTC");
    expect(format.instant("2026-02-08T00:00:00Z")).toBe("2026-02-08 00:00 UTC");
    expect([0.2, 12.4, 2184, 90_000].map(format.milliseconds)).toEqual([
      "under 1 ms",
      "12 ms",
      "2.2 s",
      "1.5 min",
    ]);
    expect([null, 1, 3].map((days) => format.moreDays(days))).toEqual([
      "not available",
      "about 1 more day",
      "about 3 more days",
    ]);
    expect([0.5, 1, 30.2, 60].map(format.age)).toEqual(["under 1 hour", "1 hour", "30 hours", "3 days"]);
  });

  it("draws noise small and a change at the line large", () => {
    expect(format.sparkline([0, 0.001, -0.001], 0.05)).toBe("▅▅▄");
    expect(format.sparkline([-0.05, null, 0.05], 0.05)).toBe("▁·█");
    expect(format.sparkline([-0.2, 0, 0.1], 0.05)).toBe("▁▅▆");
    expect(format.sparkline([null, null], 0.05)).toBe("··");
  });
});
