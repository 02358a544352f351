/**
 * CUPED for a ratio: the same change with less noise, since what a unit did before the rollout says much of what it does now.
 * In: the window's six sums per variant, and nine that hold the same units' pre-period beside them. Out: the adjusted log ratio and
 * its standard error. Sources: Deng, Xu, Kohavi, Walker, "Improving the Sensitivity of Online Controlled Experiments by
 * Utilizing Pre-Experiment Data", WSDM 2013; for ratios the delta method's linear form as in GrowthBook's documentation.
 * Units without a pre-period have zeros there and stay in. It never guesses: too little pre-period is null, with the reason.
 */
import type { PreMoments, RatioMoments } from "../model/measurement.ts";
import type { Comparison } from "./ratio.ts";
import { deltaOf } from "./scale.ts";

export interface VariantWithPre {
  readonly moments: RatioMoments;
  readonly pre: PreMoments;
}

export interface Adjusted {
  /** Of the adjusted log ratio; `delta` follows from it. */
  readonly comparison: Comparison;
  /** How much of the log ratio is explained per unit of the pre-period's difference. */
  readonly theta: number;
  /** Adjusted over unadjusted variance: 0.8 needs four fifths of the traffic for the same answer. */
  readonly varianceRatio: number;
  /** The variants' pre-period difference in its own standard errors: past 4 the split was not by chance. */
  readonly imbalance: number;
}

export type NotAdjusted = "few units before" | "no variation";

/** Fewer units with a pre-period in either variant and nothing is adjusted. */
const FEWEST_WITH_PRE = 30;

/** `comparison`: the unadjusted one, by the delta method (with exact counts nothing is adjusted). */
export function adjustRatio(
  baseline: VariantWithPre,
  candidate: VariantWithPre,
  comparison: Comparison,
): Adjusted | NotAdjusted {
  if (Math.min(baseline.pre.unitsWithPre, candidate.pre.unitsWithPre) < FEWEST_WITH_PRE)
    return "few units before";
  const preDenominator = baseline.pre.preDenominator + candidate.pre.preDenominator;
  const preRatio = (baseline.pre.preNumerator + candidate.pre.preNumerator) / preDenominator;
  const [b, c] = [linear(baseline, preRatio), linear(candidate, preRatio)];
  const variance = b.variance + c.variance;
  const covariance = b.covariance + c.covariance;
  const scale = baseline.pre.preNumeratorSquared + candidate.pre.preNumeratorSquared;
  // Where every unit has the same ratio, rounding leaves ±1e-16 of the squares instead of 0.
  if (!(b.residuals + c.residuals > 1e-13 * scale)) return "no variation";
  const theta = covariance / variance;
  const raw = comparison.standardError ** 2;
  const adjusted = Math.max(raw - theta * covariance, 0);
  const logRatio = comparison.logRatio - theta * (c.mean - b.mean);
  return {
    comparison: { delta: deltaOf(logRatio), logRatio, standardError: Math.sqrt(adjusted) },
    theta,
    varianceRatio: raw === 0 ? 1 : adjusted / raw,
    imbalance: (c.mean - b.mean) / Math.sqrt(variance),
  };
}

/** The pre-period residual u = x − R0·w of a variant: its mean, that mean's variance, and its covariance with ln R. */
function linear({ moments, pre }: VariantWithPre, preRatio: number) {
  const { units: n, sumNumerator, sumDenominator } = moments;
  const sum = pre.preNumerator - preRatio * pre.preDenominator;
  const squares =
    pre.preNumeratorSquared - 2 * preRatio * pre.preProduct + preRatio ** 2 * pre.preDenominatorSquared;
  const ratio = sumNumerator / sumDenominator;
  const residuals = squares - sum ** 2 / n;
  const products =
    pre.numeratorPreNumerator -
    ratio * pre.denominatorPreNumerator -
    preRatio * (pre.numeratorPreDenominator - ratio * pre.denominatorPreDenominator);
  return {
    mean: sum / n,
    residuals,
    variance: residuals / ((n - 1) * n),
    // R·m̄ = Σy/n
    covariance: products / ((n - 1) * sumNumerator),
  };
}
