import { describe, expect, test } from "vitest";
import { jackknife, shareEstimate } from "../../src/statistics/concentration.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { compareRatios, jointDegreesOfFreedom } from "../../src/statistics/ratio.ts";
import { studentQuantile } from "../../src/statistics/special.ts";
import { expectClose } from "./close.ts";
import { hhiBetween, topShare } from "./cross-check.ts";

type Shown = Readonly<Record<string, number>>;

// Source: formulas.json concentration_small and jackknife_small (derived): impressions of four units by author.
const UNITS: readonly Shown[] = [{ a: 3, b: 1 }, { a: 1, c: 2 }, { b: 2, c: 1, d: 1 }, { a: 2 }];

function totals(units: readonly Shown[]): number[] {
  const byKey = new Map<string, number>();
  for (const unit of units)
    for (const [key, count] of Object.entries(unit)) byKey.set(key, (byKey.get(key) ?? 0) + count);
  return [...byKey.values()];
}

function overlapTerms(units: readonly Shown[]) {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const squares = (values: readonly number[]) => sum(values.map((value) => value ** 2));
  return {
    total: sum(totals(units)),
    sumKeySquared: squares(totals(units)),
    sumUnitKeySquared: sum(units.map((unit) => squares(Object.values(unit)))),
    sumUnitSquared: squares(units.map((unit) => sum(Object.values(unit)))),
  };
}

const plainHhi = (units: readonly Shown[]) => {
  const { total, sumKeySquared } = overlapTerms(units);
  return sumKeySquared / total ** 2;
};

describe("concentration of a small set", () => {
  test("top shares", () => {
    expectClose(topShare(totals(UNITS), 1), 0.46153846153846156);
    expectClose(topShare(totals(UNITS), 2), 0.6923076923076923);
    // Source: peers.json concentration.hhi.example.
    expectClose(topShare([5, 3, 2], 1), 0.5);
  });

  test("the share two different units have in common", () => {
    expect(overlapTerms(UNITS)).toEqual({
      total: 13,
      sumKeySquared: 55,
      sumUnitKeySquared: 25,
      sumUnitSquared: 45,
    });
    expectClose(hhiBetween(overlapTerms(UNITS)), 0.24193548387096775);
  });

  test("with each impression a unit of its own it is the unbiased index", () => {
    const alone = (counts: readonly number[]) =>
      counts.flatMap((count, key) => Array.from({ length: count }, () => ({ [key]: 1 })));
    expectClose(hhiBetween(overlapTerms(alone([6, 3, 3, 1]))), 0.2692307692307692);
    expectClose(hhiBetween(overlapTerms(alone([5, 3, 2]))), 0.3111111111111111);
  });

  test("nothing shown, or to one unit only, has no concentration", () => {
    expect(topShare([], 1)).toBeNull();
    expect(topShare([0, 0], 1)).toBeNull();
    expect(hhiBetween(overlapTerms([{ a: 3 }]))).toBeNull();
  });

  test("the index of two different units does not grow as the variant gets smaller", () => {
    // Flat catalogue of 400 authors, 20 impressions a unit: true value 1/400, which the plain index overstates.
    const random = createRandom("hhi");
    const draw = (count: number) =>
      Array.from({ length: count }, () => {
        const unit: Record<string, number> = {};
        for (let i = 0; i < 20; i++) {
          const author = String(random.integer(400));
          unit[author] = (unit[author] ?? 0) + 1;
        }
        return unit;
      });
    const small = draw(200);
    expect(Math.abs(400 * (hhiBetween(overlapTerms(small)) ?? 0) - 1)).toBeLessThan(0.05);
    expect(400 * plainHhi(small)).toBeGreaterThan(1.08);
  });
});

describe("delete-a-group jackknife", () => {
  const without = (statistic: (units: readonly Shown[]) => number | null) => ({
    theta: statistic(UNITS) ?? Number.NaN,
    leaveOneOut: UNITS.map((_, i) => statistic(UNITS.toSpliced(i, 1)) ?? Number.NaN),
  });

  test("top share", () => {
    const result = jackknife(without((units) => topShare(totals(units), 1)));
    expectClose(result?.mean, 0.46590909090909094);
    expectClose(result?.biasCorrected, 0.4484265734265733);
    expectClose(result?.standardError, 0.22831201766544904);
    expectClose(studentQuantile(0.975, result?.degreesOfFreedom ?? 0), 3.1824463052837078);
  });

  test("plain index", () => {
    const result = jackknife(without(plainHhi));
    expectClose(result?.mean, 0.3598449137843077);
    expectClose(result?.biasCorrected, 0.2222404065760708);
    expectClose(result?.standardError, 0.15529310243734945);
  });

  test("one group, or a group that is no number, has no error", () => {
    expect(jackknife({ theta: 0.5, leaveOneOut: [0.5] })).toBeNull();
    expect(jackknife({ theta: 0.5, leaveOneOut: [0.5, Number.NaN] })).toBeNull();
  });
});

describe("two shares compared", () => {
  test("a share without an error, or of zero, is not comparable", () => {
    expect(shareEstimate({ value: 0.2, standardError: null }).relativeStandardError).toBeNull();
    expect(shareEstimate({ value: 0, standardError: 0.1 }).relativeStandardError).toBeNull();
    expect(shareEstimate({ value: 0.5, standardError: 0.125 }).relativeStandardError).toBe(0.25);
  });

  test("equal errors with 49 degrees each have 98 together, one error alone keeps its own", () => {
    const side = { relativeStandardError: 0.1, degreesOfFreedom: 49 };
    const exact = { relativeStandardError: 0, degreesOfFreedom: 49 };
    const both = compareRatios({ value: 0.2, ...side }, { value: 0.3, ...side });
    const one = compareRatios({ value: 0.2, ...exact }, { value: 0.3, ...side });
    expectClose(both && jointDegreesOfFreedom(both, [side, side]), 98);
    expectClose(one && jointDegreesOfFreedom(one, [exact, side]), 49);
    expect(jointDegreesOfFreedom({ standardError: 0 }, [exact, exact])).toBeNull();
  });
});
