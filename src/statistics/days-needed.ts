/**
 * After how many days a standard error is small enough, when the same people come back: V(n) = a/n + b, where b is what no further day
 * of the same users takes away. Variances are squared standard errors of ln(candidate/baseline).
 */

interface VarianceSoFar {
  /** Days in the window so far. */
  readonly days: number;
  /** Mean of the single days' squared standard errors; null: not known, and neither is the floor. */
  readonly dayVariance: number | null;
  readonly windowVariance: number;
}

interface DaysNeeded {
  /** b */
  readonly floor: number;
  /** a */
  readonly perDay: number;
  /** Days in all, not rounded; null: no number of days is enough. */
  readonly days: number | null;
}

/** daysNeeded({ days: 5, dayVariance: 0.003709, windowVariance: 0.000978 }, 0.000426).days = 26.2 */
export function daysNeeded({ days, dayVariance, windowVariance }: VarianceSoFar, target: number): DaysNeeded {
  // One day does not show how many of its people come back.
  const floor =
    dayVariance === null || days < 2 ? 0 : Math.max(0, (days * windowVariance - dayVariance) / (days - 1));
  const perDay = days * (windowVariance - floor);
  return { floor, perDay, days: target > floor ? perDay / (target - floor) : null };
}
