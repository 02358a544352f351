import { describe, expect, test } from "vitest";
import {
  calibration,
  shareStandardError,
  splitOf,
  uniformityP,
} from "../../../src/statistics/calibration/aa.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { deltaOf } from "../../../src/statistics/scale.ts";
import { expectClose } from "../close.ts";

/** Splits of a variant against itself whose true spread is `spread` times the error that is claimed. */
function splits(spread: number, degreesOfFreedom: number | null = null) {
  const random = createRandom(`aa ${spread}`);
  return Array.from({ length: 1000 }, () => {
    const logRatio = 0.03 * spread * random.normal();
    return splitOf({ delta: deltaOf(logRatio), logRatio, standardError: 0.03 }, degreesOfFreedom);
  });
}

describe("one split", () => {
  test("1.96 standard errors down are p = 0.05 and z = −1.96, just outside the interval's edge", () => {
    const split = splitOf({ delta: deltaOf(-0.0588), logRatio: -0.0588, standardError: 0.03 });
    expectClose(split.z, -1.96);
    expectClose(split.p, 2 * 0.024997895148220435);
    expect(split.covered).toBe(false);
  });

  test("with nine degrees of freedom the same is no alarm", () => {
    const split = splitOf({ delta: deltaOf(0.0588), logRatio: 0.0588, standardError: 0.03 }, 9);
    expect(split.p).toBeGreaterThan(0.05);
    expect(split.z).toBeGreaterThan(0);
    expect(split.z).toBeLessThan(1.96);
    expect(split.covered).toBe(true);
  });

  test("few events are judged by their counts", () => {
    const counts = { baselineEvents: 900, volumeRatio: 1 / 9, dispersion: 1, nullStandardError: 0.1 };
    const at = (candidateEvents: number) =>
      splitOf({ delta: 0, logRatio: -0.1, standardError: 0.1, counts: { ...counts, candidateEvents } });
    expect(at(100).p).toBe(1);
    expect(at(100).covered).toBe(true);
    expect(at(60).p).toBeLessThan(0.001);
    expect(at(60).covered).toBe(false);
  });

  test("no difference is p = 1, a difference without any error p = 0, and both are finite", () => {
    expect(splitOf({ delta: 0, logRatio: 0, standardError: 0 })).toEqual({ p: 1, z: 0, covered: true });
    const sure = splitOf({ delta: -0.1, logRatio: Math.log(0.9), standardError: 0 });
    expect(sure.p).toBe(0);
    expect(sure.z).toBeLessThan(-30);
    expect(Number.isFinite(sure.z)).toBe(true);
  });
});

describe("calibration of many A/A splits", () => {
  test("honest errors stay within the bands", () => {
    const result = calibration(splits(1));
    expect(result?.splits).toBe(1000);
    expect(result?.shareBelow5Percent).toBeGreaterThan(0.036);
    expect(result?.shareBelow5Percent).toBeLessThan(0.064);
    expectClose((result?.coverage ?? 0) + (result?.shareBelow5Percent ?? 0), 1);
    expect(result?.standardDeviation).toBeGreaterThan(0.93);
    expect(result?.standardDeviation).toBeLessThan(1.07);
    expect(result?.uniformityP).toBeGreaterThan(0.001);
  });

  test("errors that are 30% too small are found out", () => {
    const result = calibration(splits(1 / 0.7));
    expect(result?.shareBelow5Percent).toBeGreaterThan(0.1);
    expect(result?.coverage).toBeLessThan(0.9);
    expect(result?.standardDeviation).toBeGreaterThan(1.3);
    expect(result?.uniformityP).toBeLessThan(1e-6);
  });

  test("no split is null, one split has no spread", () => {
    expect(calibration([])).toBeNull();
    expect(calibration(splits(1).slice(0, 1))?.standardDeviation).toBeNull();
  });

  test("a share's error", () => {
    expectClose(shareStandardError(0.05, 1000), Math.sqrt(0.0475 / 1000));
    expect(shareStandardError(0.05, 0)).toBeNull();
  });
});

describe("Kolmogorov–Smirnov against uniform", () => {
  // scipy 1.17.1 stats.kstest, exact method; ours is the asymptotic one with a small-sample factor.
  test.each([
    [1.2, 0.29993043108487183],
    [1.35, 0.014050472284860067],
    [1.6, 1.3142252122157995e-5],
  ])("200 evenly spread values to the power of %d", (power, p) => {
    const skewed = Array.from({ length: 200 }, (_, i) => (((i + 1) * 0.6180339887498949) % 1) ** power);
    expectClose(uniformityP(skewed), p, 0.05);
  });

  test("no values, or perfectly spread ones, are no alarm", () => {
    expect(uniformityP([])).toBe(1);
    expect(uniformityP(Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000))).toBe(1);
  });
});
