/**
 * How far the true change may lie from the measured one: could it be no change at this alpha, could it be no change however often one
 * looks, is a change past the rollback line excluded?
 */
import { countBounds, levelOf } from "../../statistics/count-bounds.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { boundsAt, intervalOf, oneSidedBounds } from "../../statistics/ratio.ts";
import { type Harm, LARGEST_DELTA, thresholdLog } from "../../statistics/scale.ts";
import { sequentialBounds, sequentialMultiplier, targetStandardError } from "../../statistics/sequential.ts";
import { studentQuantile } from "../../statistics/special.ts";
import { type Evidence, judgedComparison } from "./evidence.ts";

export type Bounds = readonly [number, number];

function quantile(evidence: Evidence, alpha: number): number {
  const { degreesOfFreedom } = evidence;
  return degreesOfFreedom === null ? normalQuantile(1 - alpha) : studentQuantile(1 - alpha, degreesOfFreedom);
}

/** One-sided bounds of delta at `alpha`, [lower, upper]. */
export function boundsOf(evidence: Evidence, alpha: number): Bounds | null {
  if (evidence.bothZero) return [0, 0];
  const comparison = judgedComparison(evidence);
  return comparison === null ? null : oneSidedBounds(comparison, alpha, quantile(evidence, alpha));
}

/** Bounds of delta so many standard errors away; Infinity leaves no change out, unless there is no error at all. */
export function boundsAway(evidence: Evidence, multiplier: number): Bounds | null {
  if (evidence.bothZero) return [0, 0];
  const comparison = judgedComparison(evidence);
  if (comparison === null) return null;
  if (comparison.standardError === 0) return [comparison.delta, comparison.delta];
  if (!Number.isFinite(multiplier)) return [-1, LARGEST_DELTA];
  const { counts } = comparison;
  return counts === undefined
    ? boundsAt(comparison, stretched(evidence, multiplier))
    : countBounds(counts, levelOf(multiplier));
}

/** Two-sided 95%, of the change as it reads. */
export function interval(evidence: Evidence): Bounds | null {
  if (evidence.bothZero) return [0, 0];
  // From zero there is no upper end to show.
  if (evidence.comparison === null || evidence.unbounded) return null;
  return intervalOf(evidence.comparison, 0.95, quantile(evidence, 0.025));
}

/** The same of the adjusted change. */
export function adjustedInterval(evidence: Evidence): Bounds | null {
  const { adjusted } = evidence;
  return adjusted === null ? null : intervalOf(adjusted.comparison, 0.95, quantile(evidence, 0.025));
}

interface Peeking {
  readonly harm: Harm;
  /** The rollback line, a fraction: it sets the clock. */
  readonly line: number;
  readonly alpha: number;
}

/** Bounds of delta that are valid on every night at once (src/statistics/README.md, sequential). */
export function peekingBounds(evidence: Evidence, options: Peeking): Bounds | null {
  if (evidence.bothZero) return [0, 0];
  const comparison = judgedComparison(evidence);
  if (comparison === null) return null;
  const target = { targetStandardError: targetFor(options), alpha: options.alpha };
  if (evidence.degreesOfFreedom === null || comparison.standardError === 0) {
    return sequentialBounds(comparison, target);
  }
  return boundsAt(comparison, peekingMultiplier(evidence, options, comparison.standardError));
}

/** Standard errors between estimate and bound; Student's t of the same tail for a jackknife. */
export function peekingMultiplier(evidence: Evidence, options: Peeking, standardError: number): number {
  const { alpha } = options;
  return stretched(
    evidence,
    sequentialMultiplier({ targetStandardError: targetFor(options), alpha, standardError }),
  );
}

/** Student's t of the same tail, where few units or a jackknife call for it. */
export function stretched({ degreesOfFreedom }: Evidence, normal: number): number {
  if (degreesOfFreedom === null) return normal;
  if (!Number.isFinite(normal)) return normal;
  // 1 − Φ(−9) is 1 to a double; from 7 on the multiplier is stretched like the one at 7.
  const near = Math.min(normal, 7);
  return (normal / near) * studentQuantile(1 - levelOf(near), degreesOfFreedom);
}

function targetFor({ line, harm }: Peeking): number {
  return targetStandardError(thresholdLog(line, harm));
}

/** No change lies outside of these bounds, on the harmless side. */
export function isSignificant(bounds: Bounds | null, harm: Harm): boolean {
  if (bounds === null) return false;
  return harm === "drop" ? bounds[1] < 0 : bounds[0] > 0;
}

/** The bounds leave a harmful change of this size out. */
export function excludes(bounds: Bounds | null, line: number, harm: Harm): boolean {
  if (bounds === null) return false;
  return harm === "drop" ? bounds[0] > -line + 1e-9 : bounds[1] < line - 1e-9;
}
