/** The error of a concentration of impressions on few keys: the delete-a-group jackknife (Kott 2001). */
import type { Comparison, Estimated } from "./ratio.ts";

interface Jackknife {
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
