/**
 * How much traffic a question needs, and which change the traffic at hand can detect. It assumes that the standard error falls with the
 * square root of volume; returning units make it fall slower (days-needed.ts).
 */
import { normalQuantile } from "./normal.ts";
import type { Harm } from "./scale.ts";

interface ErrorRates {
  /** One-sided. */
  readonly alpha?: number;
  readonly power?: number;
}

/** The smallest harmful change found with that power, a positive fraction: 0.14 at 10,000 impressions and CTR 5%. */
export function smallestDetectableChange(
  input: ErrorRates & { readonly standardError: number; readonly harm: Harm },
): number {
  const { alpha = 0.05, power = 0.8 } = input;
  const reach = (normalQuantile(1 - alpha) + normalQuantile(power)) * input.standardError;
  // A rise is capped where exp would overflow: such a standard error sees nothing anyway.
  return input.harm === "drop" ? -Math.expm1(-reach) : Math.expm1(Math.min(reach, 20));
}

interface DetectionQuestion {
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
export function volumeFactorNeeded(question: DetectionQuestion): number | null {
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
