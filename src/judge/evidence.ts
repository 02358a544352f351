/**
 * What the numbers of one window support: the change, how uncertain it is, and whether it stands out of the noise.
 * All arithmetic is in src/statistics; here it is asked the three questions of DESIGN §6: could it be no change at this
 * alpha, could it be no change however often one looks, is a change past the rollback line excluded.
 */
import type { Estimate, RatioMoments, WindowMeasurement } from "../model/measurement.ts";
import type { VariantValue } from "../model/result.ts";
import { jointDegreesOfFreedom, shareEstimate } from "../statistics/concentration.ts";
import { levelOf } from "../statistics/count-bounds.ts";
import { compareMoments, FEWEST_EXPECTED } from "../statistics/exact.ts";
import { normalQuantile } from "../statistics/normal.ts";
import { boundsAt, type Comparison, compareRatios, intervalOf, oneSidedBounds } from "../statistics/ratio.ts";
import { thresholdLog } from "../statistics/scale.ts";
import { sequentialBounds, sequentialMultiplier, targetStandardError } from "../statistics/sequential.ts";
import { studentQuantile } from "../statistics/special.ts";

export type Bounds = readonly [number, number];
export type Harm = "drop" | "rise";

export interface Evidence {
  readonly baseline: VariantValue;
  readonly candidate: VariantValue;
  /** Null: no data, or a zero baseline. */
  readonly delta: number | null;
  readonly unbounded: boolean;
  /** Zero in both variants. */
  readonly bothZero: boolean;
  /** Candidate's denominator × baseline's value; null without data. */
  readonly expectedEvents: number | null;
  /** Null: nothing to compare, or too little for any statement. */
  readonly comparison: Comparison | null;
  /** Of a jackknife; null: normal. */
  readonly degreesOfFreedom: number | null;
}

export function evidenceOf({ baseline, candidate }: WindowMeasurement): Evidence {
  const from = describeVariant(baseline);
  const to = describeVariant(candidate);
  const comparable = from.value !== null && to.value !== null;
  const bothZero = from.value === 0 && to.value === 0;
  const unbounded = from.value === 0 && to.value !== null && to.value > 0;
  return {
    baseline: from,
    candidate: to,
    delta: bothZero ? 0 : comparable && !unbounded ? (to.value ?? 0) / (from.value ?? 1) - 1 : null,
    unbounded,
    bothZero,
    expectedEvents: comparable ? (to.denominator ?? 0) * (from.value ?? 0) : null,
    ...compare(baseline, candidate),
  };
}

/** A zero denominator has no value: 0/0 is not 0. */
function describeVariant(estimate: Estimate | null): VariantValue {
  if (estimate === null) {
    return { value: null, numerator: null, denominator: null, units: 0, rawValue: null, groups: null };
  }
  if (estimate.shape === "concentration") {
    const { value, rawValue, rawNumerator: numerator, rawDenominator: denominator, units, groups } = estimate;
    const known = denominator > 0 && Number.isFinite(value);
    return {
      value: known ? value : null,
      numerator,
      denominator,
      units,
      rawValue: known ? rawValue : null,
      groups,
    };
  }
  const { sumNumerator: numerator, sumDenominator: denominator, units } = estimate;
  const value = denominator > 0 && Number.isFinite(numerator) ? numerator / denominator : null;
  return { value, numerator, denominator, units, rawValue: null, groups: null };
}

function compare(
  baseline: Estimate | null,
  candidate: Estimate | null,
): Pick<Evidence, "comparison" | "degreesOfFreedom"> {
  if (baseline === null || candidate === null) return { comparison: null, degreesOfFreedom: null };
  if (baseline.shape === "ratio" && candidate.shape === "ratio") return compareSums(baseline, candidate);
  if (baseline.shape !== "concentration" || candidate.shape !== "concentration") {
    return { comparison: null, degreesOfFreedom: null };
  }
  const sides = [baseline, candidate].map((side) => ({ ...side, ...shareEstimate(side) }));
  const [from, to] = sides;
  const comparison = from === undefined || to === undefined ? null : compareRatios(from, to);
  return {
    comparison,
    degreesOfFreedom: comparison === null ? null : jointDegreesOfFreedom(comparison, sides),
  };
}

function compareSums(baseline: RatioMoments, candidate: RatioMoments) {
  return { comparison: compareMoments(baseline, candidate), degreesOfFreedom: null };
}

/**
 * Below 100 expected candidate events nothing may be concluded. A rise is seen in what was observed: 5,000 near-duplicates
 * where the baseline has none were not "expected", and are no small sample.
 */
export function enoughEvents(evidence: Evidence, harm: Harm | null): boolean {
  const { expectedEvents, candidate } = evidence;
  if (expectedEvents === null) return false;
  if (evidence.bothZero) return harm !== "drop";
  const seen = harm === "rise" ? (candidate.value ?? 0) * (candidate.denominator ?? 0) : 0;
  return Math.max(expectedEvents, seen) >= FEWEST_EXPECTED - 1e-9;
}

function quantile(evidence: Evidence, alpha: number): number {
  const { degreesOfFreedom } = evidence;
  return degreesOfFreedom === null ? normalQuantile(1 - alpha) : studentQuantile(1 - alpha, degreesOfFreedom);
}

/** One-sided bounds of delta at `alpha`, [lower, upper]. */
export function boundsOf(evidence: Evidence, alpha: number): Bounds | null {
  if (evidence.bothZero) return [0, 0];
  if (evidence.comparison === null) return null;
  return oneSidedBounds(evidence.comparison, alpha, quantile(evidence, alpha));
}

/** Two-sided 95%. */
export function interval(evidence: Evidence): Bounds | null {
  if (evidence.bothZero) return [0, 0];
  // From zero there is no upper end to show.
  if (evidence.comparison === null || evidence.unbounded) return null;
  return intervalOf(evidence.comparison, 0.95, quantile(evidence, 0.025));
}

export interface Peeking {
  readonly harm: Harm;
  /** The rollback line, a fraction: it sets the clock. */
  readonly line: number;
  readonly alpha: number;
}

/** Bounds of delta that hold at every night at once (STATISTICS d). */
export function peekingBounds(evidence: Evidence, options: Peeking): Bounds | null {
  if (evidence.bothZero) return [0, 0];
  const { comparison } = evidence;
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
  const normal = sequentialMultiplier({ targetStandardError: targetFor(options), alpha, standardError });
  const { degreesOfFreedom } = evidence;
  if (degreesOfFreedom === null) return normal;
  // 1 − Φ(−9) is 1 to a double; from 7 on the multiplier is stretched like the one at 7.
  const near = Math.min(normal, 7);
  return (normal / near) * studentQuantile(1 - levelOf(near), degreesOfFreedom);
}

function targetFor({ line, harm }: Peeking): number {
  return targetStandardError(thresholdLog(line, harm));
}

/** The change is on the harmful side of no change, as far as these bounds can tell. */
export function standsOut(bounds: Bounds | null, harm: Harm): boolean {
  if (bounds === null) return false;
  return harm === "drop" ? bounds[1] < 0 : bounds[0] > 0;
}

/** The bounds leave a harmful change of this size out. */
export function excludes(bounds: Bounds | null, line: number, harm: Harm): boolean {
  if (bounds === null) return false;
  return harm === "drop" ? bounds[0] > -line + 1e-9 : bounds[1] < line - 1e-9;
}
