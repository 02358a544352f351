/**
 * How much traffic a question needs, and what the traffic at hand can answer (STATISTICS e).
 * In: a rate or a standard error, a change, error rates. Out: volumes of the candidate's denominator, detectable changes.
 * It assumes that the standard error falls with the square root of volume; returning units make it fall slower, so
 * "about 3 more days" is a floor.
 */
import { normalQuantile } from "./normal.ts";
import type { Harm } from "./scale.ts";

export interface ErrorRates {
  /** One-sided. */
  readonly alpha?: number;
  readonly power?: number;
}

export interface PlannedVariant {
  /** Baseline's ratio, between 0 and 1, e.g. a CTR of 0.05. */
  readonly rate: number;
  /** Variance over that of independent trials, 1.75 for CTR by user on MIND. */
  readonly designEffect: number;
  /** Candidate's share of traffic. */
  readonly share: number;
}

/** Standard error of the log ratio to be expected at `volume` candidate denominators; null at a rate or share of 0 or 1. */
export function plannedStandardError(plan: PlannedVariant & { readonly volume: number }): number | null {
  const { rate, designEffect, share, volume } = plan;
  if (!(rate > 0 && rate < 1 && share > 0 && share < 1 && volume > 0)) return null;
  return Math.sqrt((((1 - rate) / rate) * designEffect * (1 + share / (1 - share))) / volume);
}

/** Candidate denominators needed to find a change of `changeLog` (ln 0.95 for a 5% drop); power 0.5 asks for a bare point. */
export function minimumVolume(
  plan: PlannedVariant & ErrorRates & { readonly changeLog: number },
): number | null {
  const one = plannedStandardError({ ...plan, volume: 1 });
  if (one === null || plan.changeLog === 0) return null;
  return ((sumOfQuantiles(plan) * one) / plan.changeLog) ** 2;
}

/** The smallest harmful change found with that power, a positive fraction: 0.14 at 10,000 impressions and CTR 5%. */
export function smallestDetectableChange(
  input: ErrorRates & { readonly standardError: number; readonly harm: Harm },
): number {
  const reach = sumOfQuantiles(input) * input.standardError;
  // A rise is capped where exp would overflow: such a standard error sees nothing anyway.
  return input.harm === "drop" ? -Math.expm1(-reach) : Math.expm1(Math.min(reach, 20));
}

export interface VolumeQuestion {
  /** Today's, on the scale of `change` (the log scale unless you know why). */
  readonly standardError: number;
  readonly change: number;
  readonly power?: number;
  /** Standard errors between estimate and bound: 1.645 for a fixed 5% test, or `sequentialMultiplier` by standard error. */
  readonly multiplier: number | ((standardError: number) => number);
}

/**
 * How many times today's volume finds `change` with that power; below 1 it is there already. Days still to come are
 * (factor − 1) × days so far at equal traffic. Null for a change of 0.
 */
export function volumeFactorNeeded(question: VolumeQuestion): number | null {
  const change = Math.abs(question.change);
  if (!(change > 0) || !Number.isFinite(question.standardError)) return null;
  const power = normalQuantile(question.power ?? 0.8);
  const { multiplier } = question;
  if (typeof multiplier === "number") return (((multiplier + power) * question.standardError) / change) ** 2;
  // Reach grows with the standard error, so the one at which it equals the change is found by halving.
  let low = 0;
  let high = change;
  while ((multiplier(high) + power) * high < change && high < 1e6) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if ((multiplier(middle) + power) * middle > change) high = middle;
    else low = middle;
  }
  return (question.standardError / high) ** 2;
}

function sumOfQuantiles({ alpha = 0.05, power = 0.8 }: ErrorRates): number {
  return normalQuantile(1 - alpha) + normalQuantile(power);
}
