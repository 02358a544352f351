import { describe, expect, test } from "vitest";
import { calibration, shareStandardError, uniformityP } from "../../src/statistics/aa.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { expectClose } from "./close.ts";

const normals = (spread: number, count = 1000) => {
  const random = createRandom(`aa ${spread}`);
  return Array.from({ length: count }, () => spread * random.normal());
};

describe("calibration of many A/A splits", () => {
  test("honest errors stay within the bands of STATISTICS (h)", () => {
    const result = calibration(normals(1));
    expect(result?.splits).toBe(1000);
    expect(result?.shareBelow5Percent).toBeGreaterThan(0.036);
    expect(result?.shareBelow5Percent).toBeLessThan(0.064);
    expectClose((result?.coverage ?? 0) + (result?.shareBelow5Percent ?? 0), 1);
    expect(result?.standardDeviation).toBeGreaterThan(0.93);
    expect(result?.standardDeviation).toBeLessThan(1.07);
    expect(result?.uniformityP).toBeGreaterThan(0.001);
  });

  test("errors that are 30% too small are found out", () => {
    const result = calibration(normals(1 / 0.7));
    expect(result?.shareBelow5Percent).toBeGreaterThan(0.1);
    expect(result?.standardDeviation).toBeGreaterThan(1.3);
    expect(result?.uniformityP).toBeLessThan(1e-6);
  });

  test("no split is null, one split has no spread, a NaN is left out", () => {
    expect(calibration([])).toBeNull();
    expect(calibration([Number.NaN])).toBeNull();
    expect(calibration([2.5])?.standardDeviation).toBeNull();
    expect(calibration([2.5, Number.NaN])?.splits).toBe(1);
    expect(calibration([2.5, -2.5, 0.1, 0.2])?.shareBelow5Percent).toBe(0.5);
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
