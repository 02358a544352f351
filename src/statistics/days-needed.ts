/**
 * After how many days a standard error is small enough, when the same people come back. Days of the same users
 * are not independent: V(n) = a/n + b, where b is what no further day of the same users takes away.
 * In: squared standard errors of ln(candidate/baseline), of the window and of its days. Out: a, b and the number of days.
 */

export interface VarianceSoFar {
  /** Days in the window so far. */
  readonly days: number;
  /** Mean of the single days' squared standard errors; null: not known, and no floor can be told. */
  readonly dayVariance: number | null;
  readonly windowVariance: number;
}

export interface DaysNeeded {
  /** b */
  readonly floor: number;
  /** a */
  readonly perDay: number;
  /** Days in all, not rounded; null: no number of days is enough. */
  readonly days: number | null;
}

/** daysNeeded({ days: 5, dayVariance: 0.003709, windowVariance: 0.000978 }, 0.000426).days = 26.2 */
export function daysNeeded({ days, dayVariance, windowVariance }: VarianceSoFar, target: number): DaysNeeded {
  // Of one day nobody can say how many of its people come back.
  const floor =
    dayVariance === null || days < 2 ? 0 : Math.max(0, (days * windowVariance - dayVariance) / (days - 1));
  const perDay = days * (windowVariance - floor);
  return { floor, perDay, days: target > floor ? perDay / (target - floor) : null };
}
