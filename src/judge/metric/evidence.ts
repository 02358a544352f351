/** What was measured in one window, as both variants' values and their comparison. All arithmetic is in src/statistics. */
import type {
  Estimate,
  MetricMeasurement,
  RatioMoments,
  WindowMeasurement,
} from "../../model/measurement.ts";
import type { VariantValue } from "../../model/result.ts";
import { shareEstimate } from "../../statistics/concentration.ts";
import { type Adjusted, adjustRatio, type NotAdjusted } from "../../statistics/cuped.ts";
import { compareMoments, FEWEST_EXPECTED } from "../../statistics/exact.ts";
import {
  type Comparison,
  compareRatios,
  fewUnitsDegreesOfFreedom,
  jointDegreesOfFreedom,
  ratioEstimate,
} from "../../statistics/ratio.ts";
import { deltaOf, type Harm } from "../../statistics/scale.ts";

export interface Evidence {
  readonly baseline: VariantValue;
  readonly candidate: VariantValue;
  /** Null: no data, a zero baseline, or values below zero. */
  readonly delta: number | null;
  readonly unbounded: boolean;
  /** Zero in both variants. */
  readonly bothZero: boolean;
  /** Some value is below zero: −0.6 → −0.3 would be "−50%", so there is no relative change to speak of. */
  readonly belowZero: boolean;
  /** Candidate's denominator × baseline's value; null without data. */
  readonly expectedEvents: number | null;
  /** Null: nothing to compare, or too little for any statement. */
  readonly comparison: Comparison | null;
  /** With what the same units did before the rollout; null: nothing is kept of that, or it is not to be used. */
  readonly adjusted: Adjusted | null;
  readonly notAdjusted: NotAdjusted | "few events" | "imbalance" | null;
  /** How far the variants differed before the rollout, in standard errors; null: not known. */
  readonly imbalance: number | null;
  /** Of a jackknife, or of an arm with few units; null: normal, or exact counts. */
  readonly degreesOfFreedom: number | null;
}

/** What bounds and forecasts are made of: the adjusted change where there is one. */
export function judgedComparison({ comparison, adjusted }: Evidence): Comparison | null {
  return adjusted?.comparison ?? comparison;
}

const NOT_COMPARABLE = { comparison: null, degreesOfFreedom: null };
const NOT_ADJUSTED = { adjusted: null, notAdjusted: null, imbalance: null };
/** Variants that differed by more before the rollout were not split by chance: that is not adjusted away. */
export const MOST_IMBALANCE = 4;

/** `prePeriod`: of the same window. */
export function evidenceOf(
  { baseline, candidate }: WindowMeasurement,
  prePeriod: MetricMeasurement["prePeriod"] = null,
): Evidence {
  const from = describeVariant(baseline);
  const to = describeVariant(candidate);
  const belowZero = Math.min(from.value ?? 0, to.value ?? 0) < 0;
  const comparable = from.value !== null && to.value !== null && !belowZero;
  const bothZero = from.value === 0 && to.value === 0;
  const unbounded = comparable && from.value === 0 && !bothZero;
  const compared = comparable ? compare(baseline, candidate) : NOT_COMPARABLE;
  return {
    baseline: from,
    candidate: to,
    delta: bothZero ? 0 : comparable && !unbounded ? (to.value ?? 0) / (from.value ?? 1) - 1 : null,
    unbounded,
    bothZero,
    belowZero,
    expectedEvents: comparable ? (to.denominator ?? 0) * (from.value ?? 0) : null,
    ...compared,
    ...adjust({ baseline, candidate }, compared.comparison, prePeriod),
  };
}

/** The same window counted otherwise, adjusted as `other` was: what it differs by is then the counting alone. */
export function adjustedLike(evidence: Evidence, other: Evidence): Evidence {
  const { comparison } = evidence;
  if (comparison === null || comparison.counts !== undefined || other.adjusted === null) return evidence;
  const { comparison: to, varianceRatio } = other.adjusted;
  const logRatio = comparison.logRatio + to.logRatio - (other.comparison?.logRatio ?? to.logRatio);
  const standardError = comparison.standardError * Math.sqrt(varianceRatio);
  return {
    ...evidence,
    adjusted: { ...other.adjusted, comparison: { delta: deltaOf(logRatio), logRatio, standardError } },
  };
}

/** Few events are compared exactly, which leaves nothing to adjust. */
function adjust(
  { baseline, candidate }: WindowMeasurement,
  comparison: Comparison | null,
  pre: MetricMeasurement["prePeriod"],
): Pick<Evidence, "adjusted" | "notAdjusted" | "imbalance"> {
  if (pre === null || comparison === null || baseline?.shape !== "ratio" || candidate?.shape !== "ratio")
    return NOT_ADJUSTED;
  if (comparison.counts !== undefined) return { ...NOT_ADJUSTED, notAdjusted: "few events" };
  const found = adjustRatio(
    { moments: baseline, pre: pre.baseline },
    { moments: candidate, pre: pre.candidate },
    comparison,
  );
  if (typeof found === "string") return { ...NOT_ADJUSTED, notAdjusted: found };
  const { imbalance } = found;
  return Math.abs(imbalance) > MOST_IMBALANCE
    ? { adjusted: null, notAdjusted: "imbalance", imbalance }
    : { adjusted: found, notAdjusted: null, imbalance };
}

/** A zero denominator has no value: 0/0 is not 0. */
function describeVariant(estimate: Estimate | null): VariantValue {
  if (estimate === null) {
    return { value: null, numerator: null, denominator: null, units: 0, rawValue: null, groups: null };
  }
  if (estimate.shape === "concentration") {
    const { value, rawValue, rawNumerator: numerator, rawDenominator: denominator, units, groups } = estimate;
    const values =
      denominator > 0 && Number.isFinite(value) ? { value, rawValue } : { value: null, rawValue: null };
    return { ...values, numerator, denominator, units, groups };
  }
  const { sumNumerator: numerator, sumDenominator: denominator, units } = estimate;
  const value = denominator > 0 && Number.isFinite(numerator) ? numerator / denominator : null;
  return { value, numerator, denominator, units, rawValue: null, groups: null };
}

function compare(
  baseline: Estimate | null,
  candidate: Estimate | null,
): Pick<Evidence, "comparison" | "degreesOfFreedom"> {
  if (baseline?.shape === "ratio" && candidate?.shape === "ratio") return compareSums(baseline, candidate);
  if (baseline?.shape !== "concentration" || candidate?.shape !== "concentration") return NOT_COMPARABLE;
  const from = { ...baseline, ...shareEstimate(baseline) };
  const to = { ...candidate, ...shareEstimate(candidate) };
  const comparison = compareRatios(from, to);
  if (comparison === null) return NOT_COMPARABLE;
  return { comparison, degreesOfFreedom: jointDegreesOfFreedom(comparison, [from, to]) };
}

/** With few units in either arm Student's t: a normal interval over 66 units is wrong 7 times in 100 (real A/A splits). */
function compareSums(baseline: RatioMoments, candidate: RatioMoments) {
  const comparison = compareMoments(baseline, candidate);
  const [from, to] = [ratioEstimate(baseline), ratioEstimate(candidate)];
  // Exact counts have no standard error to doubt.
  if (comparison === null || comparison.counts !== undefined || from === null || to === null)
    return { comparison, degreesOfFreedom: null };
  return { comparison, degreesOfFreedom: fewUnitsDegreesOfFreedom(comparison, [from, to]) };
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
