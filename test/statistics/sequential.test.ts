import { describe, expect, test } from "vitest";
import { oneSidedBounds } from "../../src/statistics/ratio.ts";
import { deltaOf, thresholdLog } from "../../src/statistics/scale.ts";
import {
  mixtureMultiplier,
  sequentialBounds,
  sequentialMultiplier,
  targetStandardError,
  tuning,
} from "../../src/statistics/sequential.ts";
import { expectClose } from "./close.ts";
import { alwaysValidP, meanComparison } from "./cross-check.ts";

// Source: peers.json sequential.formula.* (derived from gbstats/frequentist/tests.py): alpha, N*, n → rho two- and
// one-sided, half-width over standard error two- and one-sided.
const FORMULA = [
  [0.05, 1000, 500, 0.08908509752892212, 0.07955413003292938, 3.08356871436835, 2.839678761417841],
  [0.05, 1000, 100000, 0.08908509752892212, 0.07955413003292938, 3.5616410409189005, 3.3290314803479504],
  [0.05, 5000, 500, 0.03984006677137368, 0.03557768852889753, 3.8550546335303113, 3.6790700097861126],
  [0.05, 5000, 6461, 0.03984006677137368, 0.03557768852889753, 3.038517493444328, 2.7801189973942115],
  [0.05, 5000, 100000, 0.03984006677137368, 0.03557768852889753, 3.336857533786599, 3.0897166263097082],
  [0.05, 100000, 500, 0.00890850975289221, 0.007955413003292937, 12.569911549170893, 12.54084677550353],
  [0.025, 1000, 500, 0.09748507246532406, 0.08908509752892212, 3.32386823228845, 3.0925630954433383],
  [0.025, 1000, 6461, 0.09748507246532406, 0.08908509752892212, 3.4203536756537622, 3.186856606851392],
  [0.025, 5000, 500, 0.04359664976479152, 0.03984006677137368, 4.06349653376618, 3.876483786201798],
  [0.025, 5000, 100000, 0.04359664976479152, 0.03984006677137368, 3.5632617475306736, 3.338048065395436],
  [0.025, 100000, 500, 0.009748507246532406, 0.00890850975289221, 12.793272133921622, 12.669304877271676],
  [0.025, 100000, 6461, 0.009748507246532406, 0.00890850975289221, 4.544428335264418, 4.374087340321252],
  [0.01, 1000, 500, 0.10739525753363238, 0.10000763224414183, 3.612623306002699, 3.3997559183389106],
  [0.01, 1000, 6461, 0.10739525753363238, 0.10000763224414183, 3.703560180313529, 3.492671846834587],
  [0.01, 5000, 500, 0.04802861926125968, 0.044724772793340195, 4.316013747714238, 4.133933347065522],
  [0.01, 5000, 100000, 0.04802861926125968, 0.044724772793340195, 3.836562141848599, 3.632624886859403],
  [0.01, 100000, 500, 0.01073952575336324, 0.010000763224414183, 13.036482307574383, 12.888654616186193],
  [0.01, 100000, 100000, 0.01073952575336324, 0.010000763224414183, 3.57162997087045, 3.3551985926328585],
] as const;

// Source: formulas.json sequential_information_time_one_sided: night, log ratio, its standard error → information,
// half-width, upper bound of delta. Alpha 0.05, rollback line 5%.
const NIGHTS = [
  [1, -0.0305, 0.0609, 0.7261793876606123, 0.21611539773641647, 0.20395912591696796],
  [2, -0.048, 0.0437, 1.4103133884293029, 0.13531095128723994, 0.0912359481903322],
  [3, -0.0612, 0.0368, 1.9887622391522595, 0.10876354099107342, 0.04871283525716685],
  [4, -0.0701, 0.0329, 2.4882081417850497, 0.09509022556180902, 0.025305098694135886],
  [5, -0.0745, 0.0303, 2.933548317430269, 0.08646557386496091, 0.012037447728518336],
  [6, -0.0778, 0.0291, 3.180478944213643, 0.08260927910284988, 0.00482086224700784],
] as const;

const TARGET = 0.02062892137052737;

describe("the normal mixture in units, as gbstats has it", () => {
  test.each(FORMULA)("alpha %d, N* %d, n %d", (alpha, tuned, n, rhoTwo, rhoOne, halfTwo, halfOne) => {
    expectClose(Math.sqrt(tuning(alpha, 2) / tuned), rhoTwo, 1e-10);
    expectClose(Math.sqrt(tuning(alpha, 1) / tuned), rhoOne, 1e-10);
    expectClose(mixtureMultiplier({ information: n * rhoTwo ** 2, alpha, sides: 2 }), halfTwo, 1e-10);
    expectClose(mixtureMultiplier({ information: n * rhoOne ** 2, alpha, sides: 1 }), halfOne, 1e-10);
  });
});

describe("gbstats' published sequential intervals", () => {
  // Source: growthbook packages/stats/tests/frequentist/test_tests.py TestSequentialTTest, TestSequentialOneSidedGreaterTTest.
  const a = { n: 3000, sum: 1396.87, sumSquares: 52377.9767 };
  const b = { n: 3461, sum: 2422.7, sumSquares: 134698.29 };
  const proportion = (n: number, sum: number) => ({ n, sum, sumSquares: sum, proportion: true });
  const halfWidth = (standardError: number, tuned: number, sides: 1 | 2) => {
    const information = ((a.n + b.n) * tuning(0.05, sides)) / tuned;
    return {
      half: standardError * mixtureMultiplier({ information, alpha: 0.05, sides }),
      information,
    };
  };

  test("two-sided, a mean", () => {
    const { delta, standardError } = meanComparison(a, b);
    const { half, information } = halfWidth(standardError, 1000, 2);
    expectClose(delta, 0.5033610858562358);
    expectClose(standardError, 0.3334122146400735);
    expectClose(delta - half, -0.5584405051077315);
    expectClose(delta + half, 1.5651626768202032);
    expect(alwaysValidP(delta / standardError, information)).toBe(1);
  });

  test("two-sided, a proportion", () => {
    const { delta, standardError } = meanComparison(proportion(3000, 1396), proportion(3461, 2422));
    const { half, information } = halfWidth(standardError, 5000, 2);
    expectClose(delta, 0.5038633516821496);
    expectClose(standardError, 0.033860214798231224);
    expectClose(delta - half, 0.4009784966859415);
    expectClose(delta + half, 0.6067482066783576);
    expectClose(alwaysValidP(delta / standardError, information), 5.174716682839777e-44);
  });

  test("one-sided, relative and absolute", () => {
    const relative = meanComparison(a, b);
    const lower = relative.delta - halfWidth(relative.standardError, 5000, 1).half;
    expectClose(lower, -0.42356454602790883);
    const { difference, differenceError } = relative;
    expectClose(difference, 0.23437666666666668, 5e-6);
    expectClose(difference - halfWidth(differenceError, 5000, 1).half, -0.12656844172804982, 5e-6);
  });
});

describe("bounds on information time", () => {
  test("the target is where a fixed 5% test has 80% power for the rollback line", () => {
    expectClose(targetStandardError(thresholdLog(0.05, "drop")), TARGET);
    expectClose(tuning(0.05, 1), 6.328859605296236);
  });

  test.each(NIGHTS)(
    "night %d: log ratio %d ± %d",
    (_night, logRatio, standardError, information, half, upper) => {
      const options = { targetStandardError: TARGET, alpha: 0.05 };
      expectClose(tuning(0.05, 1) * (TARGET / standardError) ** 2, information);
      expectClose(standardError * sequentialMultiplier({ ...options, standardError }), half);
      const comparison = { delta: deltaOf(logRatio), logRatio, standardError };
      expectClose(sequentialBounds(comparison, options)[1], upper);
      expectClose(sequentialBounds(comparison, options)[0], deltaOf(logRatio - half));
    },
  );

  test("at the target the multiplier is 2.779, which costs 2.12 times the sample", () => {
    const multiplier = sequentialMultiplier({
      standardError: TARGET,
      targetStandardError: TARGET,
      alpha: 0.05,
    });
    expectClose(multiplier, 2.7790942353135217);
    const [fixed, power] = [1.6448536269514722, 0.8416212335729142];
    expectClose(((multiplier + power) / (fixed + power)) ** 2, 2.1204139346641813);
  });

  test("it is always wider than a fixed bound, and a smaller alpha wider still", () => {
    for (const standardError of [1e-6, 0.005, TARGET, 0.1, 0.5]) {
      const comparison = { delta: 0, logRatio: 0, standardError };
      const fixed = oneSidedBounds(comparison, 0.05);
      const loose = sequentialBounds(comparison, { targetStandardError: TARGET, alpha: 0.05 });
      const tight = sequentialBounds(comparison, { targetStandardError: TARGET, alpha: 0.01 });
      expect(loose[1]).toBeGreaterThan(fixed[1]);
      expect(tight[1]).toBeGreaterThan(loose[1]);
      expect(tight[0]).toBeLessThan(loose[0]);
    }
  });

  test("without any error the bounds are the change itself, and a huge error gives finite bounds", () => {
    const options = { targetStandardError: TARGET, alpha: 0.01 };
    const delta = -0.06;
    expect(sequentialBounds({ delta, logRatio: Math.log1p(delta), standardError: 0 }, options)).toEqual([
      delta,
      delta,
    ]);
    const wide = sequentialBounds({ delta, logRatio: Math.log1p(delta), standardError: 1e9 }, options);
    expect(wide.every(Number.isFinite)).toBe(true);
    expect(sequentialMultiplier({ ...options, standardError: 0 })).toBeLessThan(10);
  });
});
