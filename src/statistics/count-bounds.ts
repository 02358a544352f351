/**
 * Exact inference for two small counts: one-sided tails and bounds of the relative change, valid at any count, also none. The binomial
 * of Przyborowski & Wilenski 1940, bounds as Clopper & Pearson 1934 (README.md); both counts are divided by the dispersion, so that 100
 * events at dispersion 2 weigh like 50 independent ones.
 */
import { normalCdf } from "./normal.ts";
import { deltaOf, type Harm, LARGEST_DELTA } from "./scale.ts";
import { binomialLowerTail, binomialUpperTail } from "./special.ts";

export interface CountPair {
  readonly baselineEvents: number;
  readonly candidateEvents: number;
  /** Candidate's denominator over the baseline's. */
  readonly volumeRatio: number;
  /** Variance over mean of an event count: 1 is Poisson. */
  readonly dispersion: number;
  /** Standard error of ln(candidate/baseline) if nothing changed: the clock of the sequential bound. */
  readonly nullStandardError: number;
}

/** One-sided p value against "no change", small when the change is harmful. Compare it with any alpha. */
export function countTail(counts: CountPair, harm: Harm): number {
  return tailAt(counts, harm, 0);
}

/** [lower, upper] bounds of delta, each wrong with probability at most `alpha`. */
export function countBounds(counts: CountPair, alpha: number): readonly [number, number] {
  const lower = counts.candidateEvents > 0 ? deltaOf(solve(counts, "rise", alpha)) : -1;
  const upper = counts.baselineEvents > 0 ? deltaOf(solve(counts, "drop", alpha)) : LARGEST_DELTA;
  return [lower, upper];
}

/** The level at which a fixed test fires exactly where `multiplier` standard errors do: Φ(−2.779) = 0.0027. */
export function levelOf(multiplier: number): number {
  return normalCdf(-multiplier);
}

function tailAt(counts: CountPair, harm: Harm, logRatio: number): number {
  const events = counts.candidateEvents / counts.dispersion;
  const all = events + counts.baselineEvents / counts.dispersion;
  if (all === 0) return 1;
  const odds = Math.exp(logRatio) * counts.volumeRatio;
  const share = odds / (1 + odds);
  return harm === "drop" ? binomialLowerTail(events, all, share) : binomialUpperTail(events, all, share);
}

/** The log ratio at which the tail equals alpha. The tails are monotone in it, so halving is safe. */
function solve(counts: CountPair, harm: Harm, alpha: number): number {
  let low = -LARGEST_LOG;
  let high = LARGEST_LOG;
  for (let i = 0; i < 80 && high - low > 1e-14; i++) {
    const middle = (low + high) / 2;
    const above =
      harm === "drop" ? tailAt(counts, harm, middle) < alpha : tailAt(counts, harm, middle) > alpha;
    if (above) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

const LARGEST_LOG = Math.log(LARGEST_DELTA);
