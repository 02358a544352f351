import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RatioMoments } from "../../src/model/measurement.ts";
import { normalCdf } from "../../src/statistics/normal.ts";
import { compareRatios, intervalOf, oneSidedBounds, ratioEstimate } from "../../src/statistics/ratio.ts";
import { mixtureMultiplier, tuning } from "../../src/statistics/sequential.ts";
import { expectClose } from "./close.ts";
import {
  alwaysValidP,
  fieller,
  linearComparison,
  momentsOf,
  momentsOfUnits,
  type Side,
} from "./cross-check.ts";

/** The vectors are smaller than what the tool would give an interval for. */
const ANY_SIZE = { fewestUnits: 0, fewestEvents: 0 };

function sideOf(moments: RatioMoments): Side & { readonly relativeStandardError: number } {
  const estimate = ratioEstimate(moments, ANY_SIZE);
  const relativeStandardError = estimate?.relativeStandardError ?? Number.NaN;
  const value = estimate?.value ?? Number.NaN;
  return { value, relativeStandardError, standardError: value * relativeStandardError, units: moments.units };
}

// Source: formulas.json delta_method_small (derived) and gbstats_ratio (growthbook/growthbook@8f1db445
// packages/stats/tests/test_gbstats.py; its input is no possible data set, an arithmetic check only).
const COMPARISONS = [
  {
    name: "eight users against six",
    baseline: momentsOfUnits([20, 35, 10, 50, 15, 40, 5, 25], [1, 3, 0, 2, 1, 3, 0, 2]),
    candidate: momentsOfUnits([30, 22, 8, 45, 12, 60], [1, 2, 0, 1, 0, 4]),
    expected: {
      delta: -0.24670433145009418,
      linearError: 0.2425027146552193,
      normalInterval: [-0.7220009183275176, 0.2285922554273292],
      degreesOfFreedom: 9.597746011458613,
      studentInterval: [-0.7901194610532413, 0.2967107981530529],
      studentP: 0.3339568300963437,
      logRatio: -0.2832974741339569,
      logError: 0.32192235370480365,
      logInterval: [-0.5991843540667283, 0.41574903578120304],
      fiellerG: 0.0890242837811655,
      fiellerInterval: [-0.6764802676493116, 0.33030189019835676],
      dropP: 0.18942477230445814,
    },
  },
  {
    name: "gbstats' own ratio",
    baseline: momentsOf([100, 510, 270, 810, 848.79, -900]),
    candidate: momentsOf([120, 500, 300, 800, 869, -905]),
    expected: {
      delta: 0.1333333333333333,
      linearError: 0.2615080376577792,
      normalInterval: [-0.37921300214365805, 0.6458796688103247],
      degreesOfFreedom: 217.88681496493558,
      studentInterval: [-0.38207581731519935, 0.648742483981866],
      studentP: 0.610663339393222,
      logRatio: 0.125163142954006,
      logError: 0.23074238616862872,
      logInterval: [-0.27897655410196975, 0.7814184153813151],
      fiellerG: 0.10798492910428692,
      fiellerInterval: [-0.2892266659963144, 0.8302898617006236],
      dropP: 0.7062411550752389,
    },
  },
];

// Source: peers.json ratio.clustered.* (gbstats RatioStatistic; absolute error equals statsmodels WLS HC0·n/(n−1)).
const CLUSTERED = [
  {
    name: "ratio.clustered.ctr.small",
    baseline: momentsOfUnits(
      [28, 31, 45, 57, 3, 9, 49, 56, 15, 19, 52, 25],
      [3, 3, 3, 2, 1, 0, 4, 0, 1, 3, 6, 3],
    ),
    candidate: momentsOfUnits([50, 16, 7, 18, 25, 49, 27, 6, 20, 36], [3, 1, 0, 1, 0, 21, 0, 2, 3, 3]),
    sums: [12, 389.0, 29.0, 16561.0, 103.0, 1084.0],
    ratios: [0.07455012853470437, 0.13385826771653545],
    absoluteError: 0.06812033930230166,
    delta: 0.7955471083355962,
    standardError: 0.9650625542046177,
    interval: [-1.355092438286157, 2.946186654957349],
    p: 0.42898824485860665,
    sequential: [-12.1013186708472, 13.69241288751839],
    sequentialP: 1.0,
  },
  {
    name: "ratio.clustered.long_share.small",
    baseline: momentsOfUnits([3, 3, 3, 2, 1, 0, 4, 0, 1, 3, 6, 3], [2, 1, 1, 2, 1, 0, 3, 0, 0, 0, 2, 3]),
    candidate: momentsOfUnits([3, 1, 0, 1, 0, 21, 0, 2, 3, 3], [1, 1, 0, 0, 0, 8, 0, 1, 1, 2]),
    sums: [12, 29.0, 15.0, 103.0, 33.0, 50.0],
    ratios: [0.5172413793103449, 0.4117647058823529],
    absoluteError: 0.11425121573557956,
    delta: -0.20392156862745106,
    standardError: 0.18195052966721564,
    interval: [-0.5943030373152483, 0.18645990006034616],
    p: 0.28131952593797527,
    sequential: [-2.6354650466596126, 2.2276219094047103],
    sequentialP: 0.9959789880396825,
  },
];

describe("one variant's ratio with users as clusters", () => {
  test("eight users by hand", () => {
    const [small] = COMPARISONS;
    const baseline = small && sideOf(small.baseline);
    const candidate = small && sideOf(small.candidate);
    expect(small?.baseline).toEqual(momentsOf([8, 200.0, 12.0, 6700.0, 28.0, 410.0]));
    expect(small?.candidate).toEqual(momentsOf([6, 177.0, 8.0, 7217.0, 22.0, 359.0]));
    expectClose(baseline?.value, 0.06);
    expectClose(baseline?.standardError, 0.009133924207511877);
    expectClose((baseline?.standardError ?? 0) ** 2 * 8, 0.0006674285714285719);
    expectClose(candidate?.value, 0.04519774011299435);
    expectClose(candidate?.standardError, 0.012820504391549973);
    expectClose((candidate?.standardError ?? 0) ** 2 * 6, 0.000986191997122513);
  });

  test.each(CLUSTERED)(
    "$name: value and absolute error",
    ({ baseline, candidate, sums, ratios, absoluteError }) => {
      expect(baseline).toEqual(momentsOf(sums as never));
      expectClose(sideOf(baseline).value, ratios[0] ?? 0);
      expectClose(sideOf(candidate).value, ratios[1] ?? 0);
      expectClose(Math.hypot(sideOf(baseline).standardError, sideOf(candidate).standardError), absoluteError);
    },
  );

  test("units that all look alike have a design effect near 1, a user repeated as one unit has more", () => {
    const independent = momentsOf([1000, 1000, 100, 1000, 100, 100]);
    expectClose(ratioEstimate(independent)?.designEffect, 1000 / 999);
    // 100 users of 10 impressions each, ten of whom click on everything.
    const clustered = momentsOf([100, 1000, 100, 10_000, 1000, 1000]);
    expectClose(ratioEstimate(clustered)?.designEffect, (10 * 100) / 99);
  });
});

describe("two ratios", () => {
  test.each(COMPARISONS)("$name: log scale, and the linear, Student and Fieller ways beside it", (row) => {
    const { expected } = row;
    const [baseline, candidate] = [sideOf(row.baseline), sideOf(row.candidate)];
    const comparison = compareRatios(baseline, candidate) ?? { delta: 0, logRatio: 0, standardError: 0 };
    expectClose(comparison.delta, expected.delta);
    expectClose(comparison.logRatio, expected.logRatio);
    expectClose(comparison.standardError, expected.logError);
    expectPair(intervalOf(comparison), expected.logInterval);
    expectClose(normalCdf(comparison.logRatio / comparison.standardError), expected.dropP);
    const linear = linearComparison(baseline, candidate);
    expectClose(linear.standardError, expected.linearError);
    expectPair(linear.normalInterval, expected.normalInterval);
    expectClose(linear.degreesOfFreedom, expected.degreesOfFreedom);
    expectPair(linear.studentInterval, expected.studentInterval);
    expectClose(linear.studentP, expected.studentP);
    const cross = fieller(baseline, candidate);
    expectClose(cross.g, expected.fiellerG);
    expectPair(cross.interval, expected.fiellerInterval);
  });

  test("gbstats' published numbers", () => {
    const row = COMPARISONS[1];
    const [baseline, candidate] = [row && sideOf(row.baseline), row && sideOf(row.candidate)];
    expectClose(baseline?.value, 0.529411765);
    expectClose(candidate?.value, 0.6);
    const linear = baseline && candidate && linearComparison(baseline, candidate);
    expectClose(linear?.delta, 0.133333333, 1e-8);
    expectClose(linear?.studentP, 0.610663339, 1e-8);
  });

  test.each(CLUSTERED)("$name: relative change, fixed and sequential", (row) => {
    const [baseline, candidate] = [sideOf(row.baseline), sideOf(row.candidate)];
    const linear = linearComparison(baseline, candidate);
    expectClose(linear.delta, row.delta);
    expectClose(linear.standardError, row.standardError);
    expectPair(linear.studentInterval, row.interval);
    expectClose(linear.studentP, row.p);
    const information = ((baseline.units + candidate.units) * tuning(0.05, 2)) / 5000;
    const half = linear.standardError * mixtureMultiplier({ information, alpha: 0.05, sides: 2 });
    expectPair([linear.delta - half, linear.delta + half], row.sequential);
    expectClose(alwaysValidP(linear.delta / linear.standardError, information), row.sequentialP);
    expectClose(compareRatios(baseline, candidate)?.delta, row.delta);
  });

  test("Open Bandit: 46 and 69 clicks in 10,000 impressions each are +50%, +3% … +118%", () => {
    const one = (clicks: number) => momentsOf([10_000, 10_000, clicks, 10_000, clicks, clicks]);
    const [baseline, candidate] = [ratioEstimate(one(46)), ratioEstimate(one(69))];
    const comparison = baseline && candidate && compareRatios(baseline, candidate);
    expectClose(comparison?.delta, 0.5);
    const [lower, upper] = comparison ? intervalOf(comparison) : [];
    expect(lower).toBeCloseTo(0.033, 2);
    expect(upper).toBeCloseTo(1.18, 2);
  });
});

describe("refusals", () => {
  const sums = (units: number, clicks: number) =>
    momentsOf([units, 10 * units, clicks, 100 * units, clicks, 10 * clicks]);

  test("29 units or 9 events have a value but no error; 30 and 10 have both", () => {
    expect(ratioEstimate(sums(29, 12))?.relativeStandardError).toBeNull();
    expect(ratioEstimate(sums(30, 9))?.relativeStandardError).toBeNull();
    expect(ratioEstimate(sums(29, 12))?.value).toBeCloseTo(12 / 290);
    expect(ratioEstimate(sums(30, 10))?.relativeStandardError).toBeGreaterThan(0);
  });

  test("no units, no denominator or no number is null; GrowthBook calls it 0 with p = 1 (ratio.denom.zero)", () => {
    expect(ratioEstimate(momentsOf([0, 0, 0, 0, 0, 0]))).toBeNull();
    expect(ratioEstimate(momentsOf([50, 0, 0, 0, 0, 0]))).toBeNull();
    expect(ratioEstimate(momentsOf([50, Number.NaN, 3, 0, 0, 0]))).toBeNull();
    expect(ratioEstimate(momentsOf([50, 100, Number.NaN, 0, 0, 0]))).toBeNull();
  });

  test("zero in either variant is not comparable on the log scale", () => {
    const some = { value: 0.05, relativeStandardError: 0.1 };
    const none = { value: 0, relativeStandardError: null };
    expect(compareRatios(none, some)).toBeNull();
    expect(compareRatios(some, none)).toBeNull();
    expect(compareRatios(some, { value: 0, relativeStandardError: 0.1 })).toBeNull();
  });

  test("where every unit has the same ratio the interval is the change itself", () => {
    const same = ratioEstimate(momentsOf([40, 400, 40, 4000, 40, 400]));
    expect(same?.relativeStandardError).toBe(0);
    const comparison = same && compareRatios(same, { value: 0.09, relativeStandardError: 0 });
    expect(comparison?.delta).toBeCloseTo(-0.1);
    expect(comparison && intervalOf(comparison)).toEqual([comparison?.delta, comparison?.delta]);
    expect(comparison && oneSidedBounds(comparison, 0.001)).toEqual([comparison?.delta, comparison?.delta]);
  });

  test("whatever the sums, what comes out is finite or null", () => {
    const size = fc.integer({ min: 0, max: 60 });
    const units = fc.array(fc.tuple(size, size), { maxLength: 60 });
    fc.assert(
      fc.property(units, units, (a, b) => {
        const moments = (rows: readonly (readonly [number, number])[]) =>
          momentsOfUnits(
            rows.map(([m]) => m),
            rows.map(([, y]) => y),
          );
        const [baseline, candidate] = [
          ratioEstimate(moments(a), ANY_SIZE),
          ratioEstimate(moments(b), ANY_SIZE),
        ];
        const comparison = baseline && candidate && compareRatios(baseline, candidate);
        const numbers = comparison
          ? [comparison.delta, comparison.logRatio, comparison.standardError, ...intervalOf(comparison)]
          : [];
        const values = [baseline, candidate].flatMap((side) =>
          side ? [side.value, side.relativeStandardError ?? 0, side.designEffect ?? 0] : [],
        );
        expect([...numbers, ...values].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

function expectPair(actual: readonly number[], expected: readonly number[]): void {
  expectClose(actual[0], expected[0] ?? Number.NaN);
  expectClose(actual[1], expected[1] ?? Number.NaN);
}
