import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/statistics/random.ts";
import { logBayesFactor, sampleRatioTest } from "../../src/statistics/sample-ratio.ts";
import { expectClose } from "./close.ts";

// Source: formulas.json srm_chi2 (scipy 1.17.1): counts, expected shares → chi-square, p.
const CHI_SQUARE: readonly [number[], number[], number, number][] = [
  [[44700, 45489], [0.5, 0.5], 6.9024049496058275, 0.008607987810836262],
  [[145274, 145310], [0.5, 0.5], 0.004459984032155934, 0.9467543681597944],
  [[2747, 928], [0.5, 0.5], 900.3431292517007, 8.264728168652761e-198],
  [[10250, 89750], [0.1, 0.9], 6.944444444444445, 0.008407994577249308],
  [[10400, 89600], [0.1, 0.9], 17.77777777777778, 2.482660633880463e-5],
  [
    [21387, 21306, 21307],
    [0.3333333333333333, 0.3333333333333333, 0.3333333333333333],
    0.20253125000000002,
    0.9036929575604196,
  ],
];

// Source: peers.json srm.gates.* (scipy chi2.sf and gbstats check_srm agree): … and the share's distance.
const GATES: readonly [number[], number[], number, number, number][] = [
  [[9800, 90200], [0.1, 0.9], 4.444444444444445, 0.03501498101966245, 0.0020000000000000018],
  [[10000, 90000], [0.1, 0.9], 0.0, 1.0, 0.0],
  [[9900, 90100], [0.1, 0.9], 1.1111111111111112, 0.29184054514378543, 0.0010000000000000009],
  [[49500, 50500], [0.5, 0.5], 10.0, 0.001565402258002549, 0.0050000000000000044],
  [[980, 9020], [0.1, 0.9], 0.4444444444444445, 0.5049850750938457, 0.0020000000000000018],
  [[20, 70], [0.1, 0.9], 14.938271604938272, 0.00011108645557902824, 0.1222222222222222],
];

// Source: peers.json, published by the peers' own tests: growthbook packages/back-end/test/stats.test.ts, lukasvermeer/srm
// computeSRM.test.js, Kohavi, Tang, Xu chapter 21. Absolute tolerances, since the published p values are rounded.
const PUBLISHED: readonly [string, number[], number[], number, number][] = [
  ["srm.growthbook.1", [135, 115], [0.5, 0.5], 0.205903211, 1e-9],
  ["srm.growthbook.2", [310, 98], [0.75, 0.25], 0.647434186, 1e-9],
  ["srm.growthbook.5", [1000, 1200, 900], [0.5, 0.5, 0], 2.0079e-5, 1e-9],
  ["srm.growthbook.7", [0, 10, 10], [0.34, 0.33, 0.33], 0.005790624, 1e-9],
  ["srm.growthbook.8", [500, 500, 600], [0.34, 0.33, 0.33], 0.000592638, 1e-9],
  ["srm.growthbook.9", [500, 500], [0.5, 0.5], 1, 1e-9],
  ["srm.checker.0", [1000, 950, 1050, 1000], [25, 25, 25, 25], 0.171797, 1e-6],
  ["srm.checker.3", [1001000, 999000], [50, 50], 0.1573, 0.0001],
  ["srm.kohavi.0", [821588, 815482], [0.5, 0.5], 1.8e-6, 5e-8],
];

// Source: optimizely/ssrm@c44f5382 ssrm_test/test_ssrm_test.py test_sequential_posteriors: cumulative counts → log marginal
// likelihood under the prior and under the expected shares, p so far.
const SEQUENTIAL: readonly [number[], number, number, number][] = [
  [[20, 17, 9], -7.028201432058012, -4.077640646606184, 1.0],
  [[38, 38, 17], -11.947847738358888, -8.26594686109987, 1.0],
  [[42, 44, 21], -15.471401950257842, -11.61074351954513, 1.0],
  [[60, 63, 32], -19.96484521090386, -15.781031228536156, 1.0],
];

describe("chi-square of the sample ratio", () => {
  test.each(CHI_SQUARE)("%j against %j", (counts, expectedShares, chiSquare, p) => {
    const result = sampleRatioTest({ counts, expectedShares });
    expectClose(result?.chiSquare, chiSquare);
    expectClose(result?.p, p);
  });

  test.each(GATES)("gate: %j against %j", (counts, expectedShares, chiSquare, p, deviation) => {
    const result = sampleRatioTest({ counts, expectedShares });
    expectClose(result?.chiSquare, chiSquare);
    expectClose(result?.p, p);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const off = counts.map((count, at) => Math.abs(count / total - (expectedShares[at] ?? 0)));
    expect(Math.abs(Math.max(...off) - deviation)).toBeLessThan(1e-12);
  });

  test.each(PUBLISHED)("%s", (_id, counts, expectedShares, p, tolerance) => {
    const result = sampleRatioTest({ counts, expectedShares });
    expect(Math.abs((result?.p ?? 9) - p)).toBeLessThanOrEqual(tolerance);
  });

  test("85% where 90% was meant is an alarm (srm.checker.2)", () => {
    expect(sampleRatioTest({ counts: [850, 150], expectedShares: [90, 10] })?.p).toBeLessThan(1e-4);
  });
});

describe("no data is never a pass", () => {
  // GrowthBook answers p = 1 to the first two (srm.growthbook.3 and .6); the checker answers NaN to the others.
  test.each([
    ["one variant, two shares", [1000], [0.5, 0.5]],
    ["no units", [0, 0, 0], [0.34, 0.33, 0.33]],
    ["a count that is no number", [100, Number.NaN], [50, 50]],
    ["an infinite count", [100, Number.POSITIVE_INFINITY], [50, 50]],
    ["a negative count", [-100, 100], [50, 50]],
    ["a single variant", [100], [100]],
    ["two counts, three shares", [100, 100], [33, 33, 34]],
    ["a share that is no number", [100, 100], [50, Number.NaN]],
    ["everything to one variant", [0, 100], [0, 1]],
  ])("%s: null", (_case, counts, expectedShares) => {
    expect(sampleRatioTest({ counts, expectedShares })).toBeNull();
  });

  test("a variant without a unit is named even when chance could explain it", () => {
    const few = sampleRatioTest({ counts: [0, 12], expectedShares: [0.1, 0.9] });
    expect(few?.p).toBeGreaterThan(0.001);
    expect(few?.emptyVariant).toBe(true);
    const many = sampleRatioTest({ counts: [0, 12_000], expectedShares: [0.1, 0.9] });
    expect(many?.p).toBeLessThan(1e-100);
    expect(sampleRatioTest({ counts: [1, 11], expectedShares: [0.1, 0.9] })?.emptyVariant).toBe(false);
  });
});

describe("the sequential test", () => {
  test.each(SEQUENTIAL)("Optimizely's own numbers at %j", (counts, underPrior, underShares, p) => {
    const factor = logBayesFactor({ counts, shares: [0.4, 0.4, 0.2], prior: [1, 1, 1] });
    expectClose(factor, underPrior - underShares);
    expectClose(Math.min(1, Math.exp(-factor)), p);
  });

  test("it is cautious where chi-square is loud: 10.6% of 50,000 units instead of 10%", () => {
    const result = sampleRatioTest({ counts: [5300, 44_700], expectedShares: [0.1, 0.9] });
    expect(result?.p).toBeLessThan(1e-5);
    expect(result?.sequentialP).toBeGreaterThan(1e-4);
    expect(result?.sequentialP).toBeLessThan(1e-2);
  });

  test("p stays between 0 and 1 from one unit to a billion", () => {
    for (const total of [1, 10, 1000, 1e6, 1e9]) {
      const result = sampleRatioTest({ counts: [0.1 * total, 0.9 * total], expectedShares: [0.1, 0.9] });
      expect(result?.sequentialP).toBe(1);
    }
  });

  test("looking every night for 14 nights alarms in fewer than 1% of healthy gates", () => {
    const random = createRandom("sample ratio");
    const gates = 2000;
    let chiSquareAlarms = 0;
    let sequentialAlarms = 0;
    for (let gate = 0; gate < gates; gate++) {
      let candidate = 0;
      let chiSquareAlarm = false;
      let sequentialAlarm = false;
      for (let night = 1; night <= 14; night++) {
        candidate += random.binomial(5000, 0.1);
        const result = sampleRatioTest({
          counts: [candidate, night * 5000 - candidate],
          expectedShares: [0.1, 0.9],
        });
        chiSquareAlarm ||= (result?.p ?? 0) < 0.001;
        sequentialAlarm ||= (result?.sequentialP ?? 0) < 0.001;
      }
      if (chiSquareAlarm) chiSquareAlarms++;
      if (sequentialAlarm) sequentialAlarms++;
    }
    // simulation gives 0.69% for chi-square; the sequential one may spend 0.1% in all.
    expect(chiSquareAlarms / gates).toBeLessThan(0.014);
    expect(sequentialAlarms / gates).toBeLessThanOrEqual(0.002);
  });
});
