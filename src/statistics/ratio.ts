/**
 * Ratio of sums over units. In: six sums per variant. Out: the ratio, its relative standard error with units as clusters, and the
 * relative change with its bounds. Source: Deng, Knoblich, Lu, KDD 2018. Too little for the delta method is null: see exact.ts.
 */
import type { RatioMoments } from "../model/measurement.ts";
import { type CountPair, countBounds } from "./count-bounds.ts";
import { normalQuantile } from "./normal.ts";
import { deltaOf } from "./scale.ts";

/** Fewer than these and the delta method's normal approximation is not to be trusted. */
const FEWEST_UNITS = 30;
const FEWEST_EVENTS = 10;

export interface VariantEstimate {
  readonly value: number;
  /** se(R)/R, which is the standard error of ln R. Null below 30 units or 10 events, and at R = 0. */
  readonly relativeStandardError: number | null;
  readonly units: number;
  /** Variance over that of independent trials, V/n ÷ R(1−R)/Σm; 1.75 for CTR by user on MIND. Null where R ≥ 1 or R = 0. */
  readonly designEffect: number | null;
}

/** The change between two variants. Every field is finite. */
export interface Comparison {
  /** candidate/baseline − 1. */
  readonly delta: number;
  /** ln(candidate/baseline). */
  readonly logRatio: number;
  /** Of logRatio. */
  readonly standardError: number;
  /** Set where events are too few for the normal approximation: bounds are then exact (`exact.ts`). */
  readonly counts?: CountPair | undefined;
}

export interface RatioOptions {
  readonly fewestUnits?: number;
  readonly fewestEvents?: number;
}

/** Null without data: no units or a zero denominator. */
export function ratioEstimate(moments: RatioMoments, options: RatioOptions = {}): VariantEstimate | null {
  const { units, sumDenominator, sumNumerator } = moments;
  if (!(units > 0) || !(sumDenominator > 0) || !Number.isFinite(sumNumerator)) return null;
  const value = sumNumerator / sumDenominator;
  const standardError = standardErrorOf(moments);
  const enough =
    units >= Math.max(2, options.fewestUnits ?? FEWEST_UNITS) &&
    sumNumerator >= (options.fewestEvents ?? FEWEST_EVENTS) &&
    value > 0;
  const independent = (value * (1 - value)) / sumDenominator;
  return {
    value,
    relativeStandardError: enough && standardError !== null ? standardError / value : null,
    units,
    designEffect: standardError !== null && independent > 0 ? standardError ** 2 / independent : null,
  };
}

/** Of two sets of units that have none in common. */
export function addMoments(left: RatioMoments, right: RatioMoments): RatioMoments {
  return {
    shape: "ratio",
    units: left.units + right.units,
    sumDenominator: left.sumDenominator + right.sumDenominator,
    sumNumerator: left.sumNumerator + right.sumNumerator,
    sumDenominatorSquared: left.sumDenominatorSquared + right.sumDenominatorSquared,
    sumNumeratorSquared: left.sumNumeratorSquared + right.sumNumeratorSquared,
    sumProduct: left.sumProduct + right.sumProduct,
  };
}

/** The same of any number of sets, of which some are empty; null: all are. */
export function sumMoments(sets: readonly (RatioMoments | null)[]): RatioMoments | null {
  return sets.reduce(
    (sum, next) => (sum === null || next === null ? (sum ?? next) : addMoments(sum, next)),
    null,
  );
}

/** √(Σ(y_i − R·m_i)² / ((n−1)·n·m̄²)), from the six sums. Null with fewer than two units. */
function standardErrorOf(moments: RatioMoments): number | null {
  const { units: n, sumDenominator, sumNumerator } = moments;
  if (n < 2) return null;
  const ratio = sumNumerator / sumDenominator;
  const residuals =
    moments.sumNumeratorSquared - 2 * ratio * moments.sumProduct + ratio ** 2 * moments.sumDenominatorSquared;
  const variance = (residuals * n) / ((n - 1) * sumDenominator ** 2);
  if (!Number.isFinite(variance)) return null;
  // Where every unit has the same ratio, rounding leaves ±1e-16 of the squares instead of 0.
  return residuals <= 1e-13 * moments.sumNumeratorSquared ? 0 : Math.sqrt(variance);
}

export type Estimated = Pick<VariantEstimate, "value" | "relativeStandardError">;

/** Null when either ratio is zero or has no standard error: then `compareMoments` of exact.ts decides. */
export function compareRatios(baseline: Estimated, candidate: Estimated): Comparison | null {
  if (baseline.relativeStandardError === null || candidate.relativeStandardError === null) return null;
  if (!(baseline.value > 0) || !(candidate.value > 0)) return null;
  const quotient = candidate.value / baseline.value;
  if (!Number.isFinite(quotient) || quotient === 0) return null;
  return {
    delta: quotient - 1,
    logRatio: Math.log(quotient),
    standardError: Math.hypot(candidate.relativeStandardError, baseline.relativeStandardError),
  };
}

/** Two-sided interval of delta. `quantile` replaces the normal one, e.g. Student's t for a jackknife. */
export function intervalOf(
  comparison: Comparison,
  level = 0.95,
  quantile = normalQuantile((1 + level) / 2),
): readonly [number, number] {
  if (comparison.counts !== undefined) return countBounds(comparison.counts, (1 - level) / 2);
  return boundsAt(comparison, quantile);
}

/** [lower, upper] bounds of delta, each wrong with probability `alpha`. */
export function oneSidedBounds(
  comparison: Comparison,
  alpha: number,
  quantile = normalQuantile(1 - alpha),
): readonly [number, number] {
  if (comparison.counts !== undefined) return countBounds(comparison.counts, alpha);
  return boundsAt(comparison, quantile);
}

/** delta ± so many standard errors on the log scale; a zero standard error gives [delta, delta]. */
export function boundsAt(comparison: Comparison, multiplier: number): readonly [number, number] {
  const half = multiplier * comparison.standardError;
  if (half === 0) return [comparison.delta, comparison.delta];
  return [deltaOf(comparison.logRatio - half), deltaOf(comparison.logRatio + half)];
}

/** From about 100 units on Student's t and the normal agree to one part in a hundred. */
const FEW_UNITS = 100;

/** Of a change between variants of which either has few units (Welch); null: the normal will do. */
export function fewUnitsDegreesOfFreedom(
  change: Pick<Comparison, "standardError">,
  variants: readonly Pick<VariantEstimate, "relativeStandardError" | "units">[],
): number | null {
  if (Math.min(...variants.map(({ units }) => units)) >= FEW_UNITS) return null;
  const sides = variants.map(({ relativeStandardError, units }) => ({
    relativeStandardError,
    degreesOfFreedom: units - 1,
  }));
  return jointDegreesOfFreedom(change, sides);
}

/** Welch–Satterthwaite, for Student's t. Null where neither side brings any, or the change has no error. */
export function jointDegreesOfFreedom(
  change: Pick<Comparison, "standardError">,
  sides: readonly {
    readonly relativeStandardError: number | null;
    readonly degreesOfFreedom: number | null;
  }[],
): number | null {
  const spread = sides.reduce((sum, side) => {
    if (side.relativeStandardError === null || !side.degreesOfFreedom) return sum;
    return sum + side.relativeStandardError ** 4 / side.degreesOfFreedom;
  }, 0);
  return spread > 0 && change.standardError > 0 ? change.standardError ** 4 / spread : null;
}
