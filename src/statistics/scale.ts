/**
 * Two scales for one change. Readers see the delta (−0.05 is 5% less); arithmetic is done on the log ratio, where
 * −5% and its undoing are equally far from zero, bounds never pass −100%, and days or gates can be added up.
 */

/** Which direction of a change is bad. */
export type Harm = "drop" | "rise";

/** Means "no upper end": a delta is never Infinity, e.g. when the baseline has no event at all. */
export const LARGEST_DELTA = 1e9;

/** exp(logRatio) − 1, kept within [−1, LARGEST_DELTA]. */
export function deltaOf(logRatio: number): number {
  return Math.min(Math.expm1(logRatio), LARGEST_DELTA);
}

/** A threshold on the log scale: a drop of 5% is ln(0.95) = −0.0513, a rise of 15% is ln(1.15) = 0.1398. */
export function thresholdLog(threshold: number, harm: Harm): number {
  if (harm === "rise") return Math.log1p(Math.max(threshold, 0));
  // A drop of 100% would be −Infinity; nothing measured comes that close.
  return Math.log1p(-Math.min(Math.max(threshold, 0), 1 - 1e-9));
}
