/** The error of a concentration of impressions on few keys: the delete-a-group jackknife (Kott 2001). */
import type { Estimated } from "./ratio.ts";

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
