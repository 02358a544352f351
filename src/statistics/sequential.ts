/**
 * Bounds that are valid on every night at once, however often one looks and whenever one stops: the normal-mixture confidence sequence
 * of arXiv:2103.06476 (eq. 9 two-sided, 134 one-sided, 161 tuning). The clock is information, (target/standardError)², not units.
 */
import { countBounds, levelOf } from "./count-bounds.ts";
import { normalQuantile } from "./normal.ts";
import { boundsAt, type Comparison } from "./ratio.ts";

interface SequentialOptions {
  /** Fixed before launch, from the rollback line: `targetStandardError(Math.log(0.95))` = 0.0206. */
  readonly targetStandardError: number;
  /** Error rate over all nights together, one side. */
  readonly alpha: number;
}

/** Beyond this the multiplier has long been flat; keeps a vanishing standard error finite. */
const MOST_INFORMATION = 1e15;

/** The standard error at which a fixed 5% test would find a change of that size with 80% power. */
export function targetStandardError(thresholdLog: number): number {
  return Math.abs(thresholdLog) / (normalQuantile(0.95) + normalQuantile(0.8));
}

/** How many standard errors the one-sided bound lies from the estimate: 2.779 at the target (fixed test: 1.645). */
export function sequentialMultiplier(
  options: SequentialOptions & { readonly standardError: number },
): number {
  const { standardError, targetStandardError: target, alpha } = options;
  const information = tuning(alpha, 1) * (target / standardError) ** 2;
  return mixtureMultiplier({ information, alpha, sides: 1 });
}

/** One-sided [lower, upper] bounds of delta, safe under nightly peeking. */
export function sequentialBounds(
  comparison: Comparison,
  options: SequentialOptions,
): readonly [number, number] {
  const { counts } = comparison;
  if (counts === undefined) {
    const standardError = comparison.standardError;
    if (standardError === 0) return [comparison.delta, comparison.delta];
    return boundsAt(comparison, sequentialMultiplier({ ...options, standardError }));
  }
  // Few events: the clock runs on what was to be expected, else a collapse would turn back the clock that judges it.
  const multiplier = sequentialMultiplier({ ...options, standardError: counts.nullStandardError });
  return countBounds(counts, levelOf(multiplier));
}

/** `information` is n·ρ² where n counts units and ρ² = tuning(alpha, sides)/N*, as in gbstats. */
export function mixtureMultiplier(options: {
  readonly information: number;
  readonly alpha: number;
  readonly sides: 1 | 2;
}): number {
  const x = Math.min(Math.max(options.information, 1 / MOST_INFORMATION), MOST_INFORMATION);
  const root = Math.sqrt(x + 1);
  const log = options.sides === 1 ? Math.log1p(root / (2 * options.alpha)) : Math.log(root / options.alpha);
  return Math.sqrt(((2 * (x + 1)) / x) * log);
}

/** n·ρ² at which the bound is tightest: 6.33 for a one-sided 5%. */
export function tuning(alpha: number, sides: 1 | 2): number {
  const both = Math.min(sides === 1 ? 2 * alpha : alpha, 1);
  return -2 * Math.log(both) + Math.log(1 - 2 * Math.log(both));
}
