import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contributions, type Part, type PartSums } from "../../src/statistics/contributions.ts";
import { discoveries } from "../../src/statistics/false-discovery.ts";

const sums = (numerator: number, denominator: number): PartSums => ({ numerator, denominator });

function total(parts: readonly Part<PartSums>[]): number {
  return (contributions(parts) ?? []).reduce((sum, { within, mix }) => sum + within + mix, 0);
}

describe("contributions to a change", () => {
  it("are within and mix by hand", () => {
    // Baseline: android 60 of 600, web 80 of 400: 14%. Candidate: android 35 of 500, web 100 of 500: 13.5%.
    const parts = [
      { baseline: sums(60, 600), candidate: sums(35, 500) },
      { baseline: sums(80, 400), candidate: sums(100, 500) },
    ];
    const [android, web] = contributions(parts) ?? [];
    expect(android?.within).toBeCloseTo((0.5 * (0.5 + 0.6) * (0.07 - 0.1)) / 0.14, 12);
    expect(android?.mix).toBeCloseTo(((0.085 - 0.1375) * (0.5 - 0.6)) / 0.14, 12);
    expect(web?.within).toBeCloseTo(0, 12);
    expect(web?.mix).toBeCloseTo(((0.2 - 0.1375) * (0.5 - 0.4)) / 0.14, 12);
    expect(total(parts)).toBeCloseTo(0.135 / 0.14 - 1, 12);
  });

  it("show Simpson's paradox as mix: both days better, the whole 27% worse", () => {
    // Source: vectors/peers.json, simpson.ramp.
    const parts = [
      { baseline: sums(20_000, 990_000), candidate: sums(230, 10_000) },
      { baseline: sums(5_000, 500_000), candidate: sums(6_000, 500_000) },
    ];
    const found = contributions(parts) ?? [];
    expect(found.every(({ within }) => within > 0)).toBe(true);
    expect(found.reduce((sum, { mix }) => sum + mix, 0)).toBeLessThan(-0.27194509803921574);
    expect(total(parts)).toBeCloseTo(-0.27194509803921574, 12);
  });

  it("add up to the whole change, whatever a variant lacks", () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    const side = fc.option(fc.record({ numerator: count, denominator: count }), { nil: null });
    const part = fc.record({ baseline: side, candidate: side });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), (parts) => {
        const of = (variant: "baseline" | "candidate", key: keyof PartSums) =>
          parts.reduce((sum, each) => sum + (each[variant]?.[key] ?? 0), 0);
        const [before, after] = (["baseline", "candidate"] as const).map(
          (variant) => of(variant, "numerator") / of(variant, "denominator"),
        );
        fc.pre(before !== undefined && after !== undefined && Number.isFinite(after) && before > 0);
        fc.pre(Number.isFinite(before));
        const change = (after - before) / before;
        expect(Math.abs(total(parts) - change)).toBeLessThan(1e-9 * Math.max(1, Math.abs(change)));
      }),
    );
  });

  it("are none without a whole to divide by", () => {
    expect(contributions([{ baseline: null, candidate: sums(1, 10) }])).toBeNull();
    expect(contributions([{ baseline: sums(0, 10), candidate: sums(1, 10) }])).toBeNull();
  });
});

describe("discoveries", () => {
  it("are those up to the largest p value below its share of the rate", () => {
    // Source: Benjamini & Hochberg 1995, section 3.2: 15 p values, four of them below 5%.
    const published = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ];
    expect(discoveries(published, 0.05).filter(Boolean).length).toBe(4);
    expect(discoveries([...published].reverse(), 0.05).slice(-4)).toEqual([true, true, true, true]);
  });

  it("do not count what was not tested", () => {
    expect(discoveries([0.04, null, null], 0.05)).toEqual([true, false, false]);
    expect(discoveries([0.04, 0.9, 0.9], 0.05)).toEqual([false, false, false]);
    expect(discoveries([null], 0.05)).toEqual([false]);
  });
});
