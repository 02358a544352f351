/**
 * A known change planted into a variant's sums, as if each event of its numerator had been kept with probability f: the sums of one
 * window in, what they would have been out. Checked against users whose events were really thinned (README.md).
 */
import type { RatioMoments } from "../../model/measurement.ts";

/** Variance of the events that thinning leaves of `events`; a rise adds no draw of its own. */
export function thinningVariance(events: number, factor: number): number {
  return factor < 1 ? factor * (1 - factor) * Math.max(0, events) : 0;
}

/**
 * Sy' = f·Sy + noise, Smy' = f·Smy, Syy' = f²·Syy + f(1−f)·Sy; of a rise (f > 1) Syy' = f²·Syy. `noise` is a normal draw of
 * `thinningVariance` for the day, for a window the sum of its days' draws.
 */
export function plantChange(moments: RatioMoments, factor: number, noise: number): RatioMoments {
  const { sumNumerator, sumNumeratorSquared, sumProduct } = moments;
  return {
    ...moments,
    sumNumerator: Math.max(0, factor * sumNumerator + noise),
    sumNumeratorSquared: factor ** 2 * sumNumeratorSquared + thinningVariance(sumNumerator, factor),
    sumProduct: factor * sumProduct,
  };
}
