import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RatioMoments } from "../../src/model/measurement.ts";
import { countBounds, countTail, levelOf } from "../../src/statistics/count-bounds.ts";
import { compareCounts, compareMoments, expectedEvents } from "../../src/statistics/exact.ts";
import { intervalOf, oneSidedBounds } from "../../src/statistics/ratio.ts";
import { LARGEST_DELTA } from "../../src/statistics/scale.ts";
import { sequentialBounds, targetStandardError } from "../../src/statistics/sequential.ts";
import { binomialLowerTail } from "../../src/statistics/special.ts";
import { expectClose } from "./close.ts";
import { momentsOf } from "./cross-check.ts";

/** Units of ten impressions; clustering such that the count's variance is `dispersion` times its mean. */
function variant(impressions: number, clicks: number, dispersion = 1.75): RatioMoments {
  const units = impressions / 10;
  const residuals = dispersion * clicks;
  const rate = clicks / impressions;
  const product = 10 * clicks;
  const squares = residuals + 2 * rate * product - rate ** 2 * 100 * units;
  return momentsOf([units, impressions, clicks, 100 * units, squares, product]);
}

const NIGHTLY = { targetStandardError: targetStandardError(Math.log(0.95)), alpha: 0.01 };
const BASELINE = variant(18_000, 900);

describe("a collapse to few or no events", () => {
  test("no click where 100 were expected fires every rule, and nothing is NaN", () => {
    const comparison = compareMoments(BASELINE, variant(2000, 0));
    expect(comparison?.delta).toBe(-1);
    expect(comparison && sequentialBounds(comparison, NIGHTLY)[1]).toBeLessThan(-0.5);
    expect(comparison && oneSidedBounds(comparison, 0.0002)[1]).toBeLessThan(-0.8);
    const [lower, upper] = comparison ? intervalOf(comparison) : [];
    expect(lower).toBe(-1);
    expect(upper).toBeLessThan(-0.9);
  });

  test("nor may three, 20 or 30 clicks hide it behind their own large error", () => {
    for (const clicks of [3, 9, 10, 12, 20, 30]) {
      const comparison = compareMoments(variant(90_000, 4500), variant(10_000, clicks));
      expect(comparison && sequentialBounds(comparison, NIGHTLY)[1]).toBeLessThan(0);
    }
  });

  test("ten clicks of 500 expected would have hidden under the delta method", () => {
    const comparison = compareMoments(variant(90_000, 4500), variant(10_000, 10));
    const { delta, logRatio } = comparison ?? { delta: 0, logRatio: 0 };
    const own = { delta, logRatio, standardError: Math.sqrt(1.75 / 10 + 1.75 / 4500) };
    expect(sequentialBounds(own, NIGHTLY)[1]).toBeGreaterThan(0);
  });

  test("with 99 expected events there is no verdict from their absence", () => {
    expectClose(expectedEvents(variant(18_000, 891), variant(2000, 0)), 99);
    expect(compareMoments(variant(18_000, 891), variant(2000, 0))).toBeNull();
  });

  test("few units are judged by the counts too", () => {
    const few = momentsOf([20, 2000, 5, 200_000, 5, 500]);
    expect(compareMoments(BASELINE, few)?.counts).toBeDefined();
  });
});

describe("a rise from nothing", () => {
  test("no event in the baseline and 150 in the candidate is far past every line, with a finite number", () => {
    const comparison = compareMoments(variant(18_000, 0), variant(2000, 150));
    expect(comparison?.delta).toBeGreaterThan(100);
    expect(comparison && sequentialBounds(comparison, NIGHTLY)[0]).toBeGreaterThan(1);
    expect(comparison && intervalOf(comparison)[1]).toBe(LARGEST_DELTA);
  });

  test("but 40 events are too few to say so", () => {
    expect(compareMoments(variant(18_000, 0), variant(2000, 40))).toBeNull();
  });
});

describe("which way is taken", () => {
  test("enough events take the delta method, few take the counts", () => {
    expect(compareMoments(BASELINE, variant(2000, 180))?.counts).toBeUndefined();
    expect(compareCounts(BASELINE, variant(2000, 180))).toBeNull();
    expect(compareMoments(BASELINE, variant(2000, 90))?.counts).toBeDefined();
  });

  test("46 and 69 clicks, too few to expect 100, keep the delta method's interval", () => {
    const one = (clicks: number) => momentsOf([10_000, 10_000, clicks, 10_000, clicks, clicks]);
    expect(compareMoments(one(46), one(69))?.counts).toBeUndefined();
  });

  test("the two ways agree on an ordinary change", () => {
    // 105 effective events take the delta method, 95 the counts.
    const above = compareMoments(variant(36_000, 1800), variant(4000, 184));
    const below = compareMoments(variant(36_000, 1800), variant(4000, 166));
    const width = (pair: readonly number[]) => Math.log1p(pair[1] ?? 0) - Math.log1p(pair[0] ?? 0);
    expect(above?.counts).toBeUndefined();
    expect(below?.counts).toBeDefined();
    const [widthAbove, widthBelow] = [above, below].map((side) => (side ? width(intervalOf(side)) : 0));
    expect((widthBelow ?? 0) / (widthAbove ?? 1)).toBeGreaterThan(0.95);
    expect((widthBelow ?? 0) / (widthAbove ?? 1)).toBeLessThan(1.2);
  });

  test("no data, or none in both variants, is null", () => {
    expect(compareMoments(BASELINE, momentsOf([0, 0, 0, 0, 0, 0]))).toBeNull();
    expect(compareMoments(variant(18_000, 0), variant(2000, 0))).toBeNull();
    expect(expectedEvents(momentsOf([0, 0, 0, 0, 0, 0]), BASELINE)).toBeNull();
  });
});

describe("fewer clicks never look better", () => {
  test("a lower count has a lower upper bound, across both ways", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 1, max: 8, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (thousands, dispersion, ratio) => {
          const volume = thousands * 1000;
          const baseline = variant(
            Math.round(volume / ratio / 10) * 10,
            Math.round((0.05 * volume) / ratio),
            dispersion,
          );
          let worst: boolean | null = null;
          for (let clicks = Math.round(0.05 * volume); clicks >= 0; clicks -= Math.max(1, thousands)) {
            const comparison = compareMoments(baseline, variant(volume, clicks, dispersion));
            if (comparison === null) return;
            const fires = sequentialBounds(comparison, NIGHTLY)[1] < 0;
            expect(worst === true && !fires, `${clicks} of ${0.05 * volume}`).toBe(false);
            worst = fires;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("one heavy unit is one unit, not the events it lacks", () => {
  // Computed from unit rows at 40 digits: 100 even units, and the same with one of 3,000 impressions and no click.
  const baseline = momentsOf([900, 18_000, 900, 702_000, 3100, 38_600]);
  const even = momentsOf([100, 2000, 100, 78_000, 344, 4290]);
  const withCrawler = momentsOf([101, 5000, 100, 9_078_000, 344, 4290]);

  test.each([
    ["even units keep the baseline's dispersion", even, 1.1067853170189101, 0.5279794474697938],
    ["a crawler without a click widens it to its own", withCrawler, 90.44000000000001, 0.2993453502128845],
  ])("%s", (_, candidate, dispersion, tail) => {
    const counts = compareMoments(baseline, candidate)?.counts;
    expectClose(counts?.dispersion ?? 0, dispersion);
    expectClose(counts ? countTail(counts, "drop") : 0, tail);
  });

  test("the crawler's night fires nothing at the severe level, where the baseline's dispersion alone would have", () => {
    const comparison = compareMoments(baseline, withCrawler);
    expect(comparison && oneSidedBounds(comparison, 0.0002)[1]).toBeGreaterThan(0);
    const alone = comparison?.counts && { ...comparison.counts, dispersion: 1.1067853170189101 };
    expect(alone && countBounds(alone, 0.0002)[1]).toBeLessThan(0);
  });

  test("nor are 60 events of one unit a rise of all the others", () => {
    // Eighty units with one event each of twenty denominators, and one unit with 60 of 150.
    const heavy = momentsOf([81, 1750, 140, 80 * 400 + 150 ** 2, 80 + 60 ** 2, 80 * 20 + 150 * 60]);
    const comparison = compareMoments(variant(18_000, 900), heavy);
    expect(comparison?.delta).toBeGreaterThan(0.5);
    expect(comparison?.counts?.dispersion).toBeGreaterThan(10);
    expect(comparison && oneSidedBounds(comparison, 0.01)[0]).toBeLessThan(0);
  });

  test("but no click at all from a hundred ordinary units is still a collapse", () => {
    const comparison = compareMoments(baseline, momentsOf([100, 2000, 0, 78_000, 0, 0]));
    expect(comparison && oneSidedBounds(comparison, 0.0002)[1]).toBeLessThan(-0.5);
    expect(comparison && sequentialBounds(comparison, NIGHTLY)[1]).toBeLessThan(0);
  });
});

describe("whatever the counts", () => {
  test("every number is finite, and bounds hold the change between them", () => {
    const unit = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 12 }));
    const units = fc.array(unit, { minLength: 1, maxLength: 120 });
    const times = fc.constantFrom(1, 7, 1000);
    const sums = (rows: readonly (readonly [number, number])[], copies: number) => {
      const sum = (term: (m: number, y: number) => number) =>
        copies * rows.reduce((total, [m, y]) => total + term(m, Math.min(m, y)), 0);
      return momentsOf([
        copies * rows.length,
        sum((m) => m),
        sum((_, y) => y),
        sum((m) => m * m),
        sum((_, y) => y * y),
        sum((m, y) => m * y),
      ]);
    };
    fc.assert(
      fc.property(units, units, times, times, (a, b, baselineCopies, candidateCopies) => {
        const comparison = compareMoments(sums(a, baselineCopies), sums(b, candidateCopies));
        if (comparison === null) return;
        const bounds = [
          intervalOf(comparison),
          oneSidedBounds(comparison, 0.0002),
          sequentialBounds(comparison, NIGHTLY),
        ];
        for (const [lower, upper] of bounds) {
          expect([lower, upper].every(Number.isFinite)).toBe(true);
          expect(lower).toBeLessThanOrEqual(comparison.delta + 1e-9);
          expect(upper).toBeGreaterThanOrEqual(comparison.delta - 1e-9);
        }
        expect([comparison.logRatio, comparison.standardError].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe("exact bounds of two counts", () => {
  const pair = (baselineEvents: number, candidateEvents: number, volumeRatio: number, dispersion = 1) => ({
    baselineEvents,
    candidateEvents,
    volumeRatio,
    dispersion,
    nullStandardError: 0.1,
  });

  // scipy 1.17.1: Clopper–Pearson by stats.beta.ppf, turned into a ratio of rates.
  test.each([
    [900, 60, 1 / 9, 1, 0.025, -0.5459270078091738, -0.220356132657335],
    [900, 60, 1 / 9, 1.75, 0.05, -0.5622484831669978, -0.19345667103208686],
    [450, 7, 0.5, 1, 1e-6, -0.9977969188324539, -0.8671579397570094],
  ])(
    "%d and %d events at volume %d, dispersion %d, alpha %d",
    (b, c, volume, dispersion, alpha, lower, upper) => {
      const bounds = countBounds(pair(b, c, volume, dispersion), alpha);
      expectClose(bounds[0], lower);
      expectClose(bounds[1], upper);
    },
  );

  test("ends without events: −100% below, no end above", () => {
    expect(countBounds(pair(900, 0, 1 / 9), 0.025)[0]).toBe(-1);
    expectClose(countBounds(pair(900, 0, 1 / 9), 0.025)[1], -0.9630355030009954);
    expectClose(countBounds(pair(0, 150, 1 / 9), 0.025)[0], 360.4832356318087);
    expect(countBounds(pair(0, 150, 1 / 9), 0.025)[1]).toBe(LARGEST_DELTA);
    expect(countBounds(pair(0, 0, 1 / 9), 0.025)).toEqual([-1, LARGEST_DELTA]);
  });

  test("the p value crosses alpha exactly where the bound crosses no change", () => {
    for (const events of [60, 70, 80, 90, 100, 110, 120, 140]) {
      for (const alpha of [0.05, 0.001, 1e-6]) {
        const counts = pair(900, events, 1 / 9, 1.3);
        expect(countBounds(counts, alpha)[1] < 0).toBe(countTail(counts, "drop") < alpha);
        expect(countBounds(counts, alpha)[0] > 0).toBe(countTail(counts, "rise") < alpha);
      }
    }
  });

  test("the tail is the conditional binomial one, and no event at all is no evidence", () => {
    expectClose(countTail(pair(1000, 70, 1 / 9), "drop"), binomialLowerTail(70, 1070, 0.1));
    expect(countTail(pair(0, 0, 1), "drop")).toBe(1);
    expect(countTail(pair(0, 0, 1), "rise")).toBe(1);
  });

  test("a multiplier of 1.645 is the 5% level", () => expectClose(levelOf(1.6448536269514722), 0.05));
});
