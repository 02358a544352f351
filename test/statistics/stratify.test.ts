import { describe, expect, test } from "vitest";
import { compareMoments } from "../../src/statistics/exact.ts";
import { compareRatios, intervalOf } from "../../src/statistics/ratio.ts";
import { combineStrata } from "../../src/statistics/stratify.ts";
import { expectClose } from "./close.ts";
import { momentsOf, type SixSums } from "./cross-check.ts";

// Source: peers.json ratio.poststrat.relative (growthbook packages/stats/tests/frequentist/test_post_strat.py): six sums of
// baseline and candidate in each stratum.
const POST_STRATIFIED: readonly (readonly [SixSums, SixSums])[] = [
  [
    [21, 890.9766550739607, 330.0696210595999, 38220.95223835553, 5377.811252605509, 14263.937571840695],
    [42, 1745.9858250014954, 708.1220000911836, 73194.53424221886, 12249.255519049513, 29826.620793423102],
  ],
  [
    [65, 2769.8126179473184, 1391.96628040659, 118719.96077578884, 30546.63404187155, 59924.702385890436],
    [75, 3184.8395612061063, 1807.4703052657744, 136710.92474497214, 45000.287664918586, 78119.14871556411],
  ],
  [
    [102, 4445.780384331884, 2916.824124651419, 195387.7733842407, 86396.06886690554, 129041.55268673625],
    [101, 4235.277718489282, 3104.5399914554023, 179690.4720421368, 98365.40553530994, 132444.36911739354],
  ],
  [
    [151, 6510.170220892494, 5172.587929941052, 283094.7243365024, 182453.04528037464, 226127.20135744457],
    [121, 5079.943060454901, 4613.696610070716, 215529.32009367683, 180520.64781229294, 196562.8269130501],
  ],
  [
    [160, 6906.305872710853, 6539.348445231273, 300900.3106781779, 274981.98909352464, 286483.9732935189],
    [162, 6899.004661928157, 7431.953259880505, 296839.44355002965, 349244.6690736718, 321057.8410309036],
  ],
];

describe("strata are combined, never pooled", () => {
  test("inverse variance on the log scale with Cochran's Q", () => {
    // Source: formulas.json stratified_inverse_variance (derived).
    const combined = combineStrata([
      { logRatio: -0.02, standardError: 0.03 },
      { logRatio: -0.06, standardError: 0.02 },
      { logRatio: -0.05, standardError: 0.012 },
    ]);
    expectClose(combined?.comparison.logRatio, -0.049210526315789475);
    expectClose(combined?.comparison.standardError, 0.009733285267845752);
    expectClose(combined?.comparison.delta, -0.04801930838720869);
    expectClose(combined?.heterogeneity.q, 1.243421052631579);
    expectClose(combined?.heterogeneity.p, 0.5370250560150978);
  });

  test("a ramp that is up on both days does not read as 27% down", () => {
    // Source: peers.json simpson.ramp (Crook, Frasca, Kohavi, Longbotham 2009): events and denominators of control and
    // treatment on a Friday at 1% and a Saturday at 50%.
    const days = [
      { control: [20_000, 990_000], treatment: [230, 10_000], delta: 0.13849999999999985 },
      { control: [5000, 500_000], treatment: [6000, 500_000], delta: 0.19999999999999996 },
    ] as const;
    const strata = days.map(({ control, treatment, delta }) => {
      const side = ([events, volume]: readonly [number, number]) => ({
        value: events / volume,
        relativeStandardError: Math.sqrt((1 - events / volume) / events),
      });
      const comparison = compareRatios(side(control), side(treatment));
      expectClose(comparison?.delta, delta, 1e-12);
      return comparison;
    });
    expectClose(6230 / 510_000 / (25_000 / 1_490_000) - 1, -0.27194509803921574, 1e-12);
    const combined = combineStrata(strata.filter((stratum) => stratum !== null));
    expect(combined?.comparison.delta).toBeGreaterThan(0.1385);
    expect(combined?.comparison.delta).toBeLessThan(0.2);
  });

  test("five strata come to gbstats' post-stratified change", () => {
    // Published 0.1337 ± 0.0071; it weighs strata by units, we by information: the same within a tenth of its error.
    const strata = POST_STRATIFIED.map(([a, b]) => compareMoments(momentsOf(a), momentsOf(b)));
    const combined = combineStrata(strata.filter((stratum) => stratum !== null));
    expect(combined?.heterogeneity.degreesOfFreedom).toBe(4);
    const expected = { delta: 0.13371299783026003, standardError: 0.007131233706378072 };
    const delta = combined?.comparison.delta ?? 0;
    expect(Math.abs(delta - expected.delta)).toBeLessThan(expected.standardError);
    const standardError = (1 + delta) * (combined?.comparison.standardError ?? 0);
    expectClose(standardError, expected.standardError, 0.1);
  });
});

describe("strata of few units", () => {
  test("the whole has the degrees of freedom of its weighted variances", () => {
    // Two equal gates of 40 each: Satterthwaite's sum, (w + w)² / (w²/40 + w²/40) = 80.
    const equal = { logRatio: -0.02, standardError: 0.03, degreesOfFreedom: 40 };
    expectClose(combineStrata([equal, equal])?.degreesOfFreedom, 80);
    // A large gate beside it has nearly all the weight: (w + 16w)² / (w²/40).
    const large = { logRatio: -0.01, standardError: 0.0075, degreesOfFreedom: null };
    expectClose(combineStrata([equal, large])?.degreesOfFreedom, 17 ** 2 * 40);
    expectClose(combineStrata([equal])?.degreesOfFreedom, 40);
    expect(combineStrata([large, large])?.degreesOfFreedom).toBeNull();
  });
});

describe("edges", () => {
  test("no stratum is null, one is itself", () => {
    expect(combineStrata([])).toBeNull();
    const alone = combineStrata([{ logRatio: -0.1, standardError: 0 }]);
    expect(alone?.comparison.logRatio).toBe(-0.1);
    expect(alone?.comparison.standardError).toBe(0);
    expect(alone?.heterogeneity).toEqual({ q: 0, degreesOfFreedom: 0, p: 1 });
    expect(alone && intervalOf(alone.comparison)).toEqual([Math.expm1(-0.1), Math.expm1(-0.1)]);
  });

  test("a stratum without an error cannot be weighed against others", () => {
    expect(
      combineStrata([
        { logRatio: 0, standardError: 0 },
        { logRatio: 0.1, standardError: 0.1 },
      ]),
    ).toBeNull();
  });
});
