/**
 * Concentration of impressions on few keys (STATISTICS b). In: counts per key, or sums of squares. Out: top-k share,
 * the share two different units have in common, and the delete-a-group jackknife (Kott 2001) that gives an error to any
 * statistic computed once per left-out group.
 */
import type { Comparison, Estimated } from "./ratio.ts";

/** Share of the k heaviest keys in the whole; null when the whole is zero. */
export function topShare(counts: readonly number[], k: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) return null;
  const heaviest = counts.toSorted((a, b) => b - a).slice(0, k);
  return heaviest.reduce((sum, count) => sum + count, 0) / total;
}

/** Sums over impressions n: by key a, by unit u, by both. */
export interface OverlapTerms {
  readonly total: number;
  readonly sumKeySquared: number;
  readonly sumUnitKeySquared: number;
  readonly sumUnitSquared: number;
}

/**
 * Chance that an impression of one unit and one of another show the same key: (Σ n_a² − Σ n_ua²) / (n² − Σ n_u²).
 * Unlike the plain Herfindahl index it does not grow as the variant gets smaller. Null with fewer than two units.
 */
export function hhiBetween(terms: OverlapTerms): number | null {
  const pairs = terms.total ** 2 - terms.sumUnitSquared;
  return pairs > 0 ? (terms.sumKeySquared - terms.sumUnitKeySquared) / pairs : null;
}

export interface Jackknife {
  readonly mean: number;
  /** K·θ − (K−1)·mean. */
  readonly biasCorrected: number;
  readonly standardError: number;
  /** K − 1, for Student's t. */
  readonly degreesOfFreedom: number;
}

/** `theta` over everything, `leaveOneOut` the same statistic without group 1, 2, … K. Null with fewer than two groups. */
export function jackknife(input: {
  readonly theta: number;
  readonly leaveOneOut: readonly number[];
}): Jackknife | null {
  const groups = input.leaveOneOut.length;
  if (groups < 2 || !input.leaveOneOut.every(Number.isFinite) || !Number.isFinite(input.theta)) return null;
  const mean = input.leaveOneOut.reduce((sum, value) => sum + value, 0) / groups;
  const squares = input.leaveOneOut.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    biasCorrected: groups * input.theta - (groups - 1) * mean,
    standardError: Math.sqrt(((groups - 1) / groups) * squares),
    degreesOfFreedom: groups - 1,
  };
}

/** What `compareRatios` takes, from a share with its jackknife error; null error below 50 units stays null. */
export function shareEstimate(share: {
  readonly value: number;
  readonly standardError: number | null;
}): Estimated {
  const { value, standardError } = share;
  return {
    value,
    relativeStandardError: standardError === null || !(value > 0) ? null : standardError / value,
  };
}

/**
 * Degrees of freedom of a difference of two jackknifed logs (Welch–Satterthwaite), for `studentQuantile`.
 * Null where neither side brings any, or the difference has no error.
 */
export function jointDegreesOfFreedom(
  comparison: Pick<Comparison, "standardError">,
  sides: readonly {
    readonly relativeStandardError: number | null;
    readonly degreesOfFreedom: number | null;
  }[],
): number | null {
  const spread = sides.reduce((sum, side) => {
    if (side.relativeStandardError === null || !side.degreesOfFreedom) return sum;
    return sum + side.relativeStandardError ** 4 / side.degreesOfFreedom;
  }, 0);
  return spread > 0 && comparison.standardError > 0 ? comparison.standardError ** 4 / spread : null;
}
