/** A/A calibration. In: what the judgement found in many splits of one variant against itself. Out: whether its errors are right. */
import { countTail } from "../count-bounds.ts";
import { normalQuantile } from "../normal.ts";
import { type Comparison, intervalOf } from "../ratio.ts";
import { quantileAt, upperTailAt } from "../special.ts";

/** One split of units that differ in nothing. */
export interface Split {
  /** Two-sided p value of "no change". */
  readonly p: number;
  /** The same as a normal deviate with the sign of the change. */
  readonly z: number;
  /** The 95% interval contains zero. */
  readonly covered: boolean;
}

/** `degreesOfFreedom` where the standard error is a jackknife's, or of few units. */
export function splitOf(comparison: Comparison, degreesOfFreedom: number | null = null): Split {
  const p = twoSidedP(comparison, degreesOfFreedom);
  const [lower, upper] = intervalOf(comparison, 0.95, quantileAt(0.975, degreesOfFreedom));
  return {
    p,
    z: Math.sign(comparison.logRatio) * Math.abs(normalQuantile(p / 2)),
    covered: lower <= 0 && upper >= 0,
  };
}

function twoSidedP({ counts, logRatio, standardError }: Comparison, degreesOfFreedom: number | null): number {
  if (counts !== undefined)
    return Math.min(1, 2 * Math.min(countTail(counts, "drop"), countTail(counts, "rise")));
  if (logRatio === 0) return 1;
  // No error and yet a difference: as sure as can be.
  if (standardError === 0) return 0;
  const t = Math.abs(logRatio / standardError);
  return 2 * upperTailAt(t, degreesOfFreedom);
}

export interface Calibration {
  readonly splits: number;
  /** Share of splits whose two-sided p is below 0.05; 0.036–0.064 is as it should be at 1,000 splits. */
  readonly shareBelow5Percent: number;
  /** Share of splits whose 95% interval contains zero. */
  readonly coverage: number;
  /** Of the z values; 0.93–1.07 is as it should be. Null with one split. */
  readonly standardDeviation: number | null;
  /** Kolmogorov–Smirnov p value of "p values are uniform"; alarm below 0.001. */
  readonly uniformityP: number;
}

/** Null without splits. */
export function calibration(splits: readonly Split[]): Calibration | null {
  if (splits.length === 0) return null;
  return {
    splits: splits.length,
    shareBelow5Percent: splits.filter(({ p }) => p < 0.05).length / splits.length,
    coverage: splits.filter(({ covered }) => covered).length / splits.length,
    standardDeviation: standardDeviation(splits.map(({ z }) => z)),
    uniformityP: uniformityP(splits.map(({ p }) => p)),
  };
}

/** Standard error of a share seen in so many splits, for "2.1% ± 0.9%". */
export function shareStandardError(share: number, splits: number): number | null {
  return splits > 0 ? Math.sqrt((share * (1 - share)) / splits) : null;
}

/** P value of the largest distance from the uniform distribution (Kolmogorov, with Stephens' 1970 small-sample factor). */
export function uniformityP(values: readonly number[]): number {
  const n = values.length;
  if (n === 0) return 1;
  const distance = values
    .toSorted((a, b) => a - b)
    .reduce((largest, value, i) => Math.max(largest, (i + 1) / n - value, value - i / n), 0);
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  // Below this the series is 1 to eight digits and converges slowly.
  if (lambda < 0.3) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * lambda) ** 2);
  return Math.min(1, Math.max(0, sum));
}

function standardDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
