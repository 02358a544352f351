/**
 * The information of earlier nights, from the single days and tonight's window alone, so that reruns, restated days and replay agree. In:
 * each day's standard error and volume, and the window's standard error. Out: 1/standardError² of the window as it ended on each day.
 *
 * People come back, so days are not independent: all pairs of days are given the one correlation ρ with which the last day's window has
 * the error that was measured. With equal days this is V(n) = a/n + b (days-needed.ts). What CUPED removes grows with the days likewise.
 */

export interface DaySpread {
  /** Of the change's log ratio; null: too few events for one. */
  readonly standardError: number | null;
  /** Denominator of the smaller variant: what the day weighs in the window. */
  readonly volume: number;
}

export interface WindowSpread {
  /** Of the whole window's log ratio, not adjusted. */
  readonly standardError: number;
  /** Share of its variance that the days before the rollout take away, a fraction. */
  readonly varianceRemoved: number;
}

/** Of a variance, whatever one huge day among small ones seems to take away. */
const LEAST_LEFT = 0.01;

/** One number a day, the last 1/standardError² of the window as adjusted; 0 before the first volume. Infinity without any error. */
export function informationByDay(days: readonly DaySpread[], window: WindowSpread): readonly number[] {
  const typical = typicalVariance(days);
  const sums = runningSums(days, typical ?? 1);
  const last = sums.at(-1);
  if (last === undefined) return [];
  const windowVariance = window.standardError ** 2;
  // without any day's error there is nothing to tell the people who come back from new ones by
  const correlation = typical === null ? 0 : correlationOf(last, windowVariance);
  const whole = patternOf(last, correlation);
  const scale = whole > 0 ? windowVariance / whole : 0;
  const removed =
    last.deviations === 0
      ? 0
      : window.varianceRemoved * windowVariance * (last.volume / last.deviations) ** 2;
  return sums.map((sum) => {
    if (sum.volume === 0) return 0;
    const variance = scale * patternOf(sum, correlation);
    const adjusted = variance - removed * (sum.deviations / sum.volume) ** 2;
    return 1 / Math.max(adjusted, LEAST_LEFT * variance);
  });
}

/** Mean of standardError²·volume over the days that have an error, the same for days of equal people; null: none has. */
function typicalVariance(days: readonly DaySpread[]): number | null {
  const known = days.flatMap((day) => (hasError(day) ? [day.standardError ** 2 * day.volume] : []));
  return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
}

function hasError(day: DaySpread): day is DaySpread & { readonly standardError: number } {
  return day.standardError !== null && day.standardError > 0;
}

/** Over the days so far: volume, volume·error, (volume·error)². */
interface RunningSum {
  readonly volume: number;
  readonly deviations: number;
  readonly squares: number;
}

/** `typical`: gives days without an error of their own one by their volume. */
function runningSums(days: readonly DaySpread[], typical: number): readonly RunningSum[] {
  let sum: RunningSum = { volume: 0, deviations: 0, squares: 0 };
  return days.map((day) => {
    const { volume } = day;
    const error = hasError(day) ? day.standardError : Math.sqrt(typical / volume);
    const deviation = volume > 0 ? volume * error : 0;
    sum = {
      volume: sum.volume + volume,
      deviations: sum.deviations + deviation,
      squares: sum.squares + deviation ** 2,
    };
    return sum;
  });
}

/** The variance of the days' weighted mean when every two of them correlate by `correlation`. */
function patternOf({ volume, deviations, squares }: RunningSum, correlation: number): number {
  if (volume === 0) return 0;
  return (squares + correlation * (deviations ** 2 - squares)) / volume ** 2;
}

/** Within 0 and 1: noise may put it outside. */
function correlationOf(last: RunningSum, variance: number): number {
  const pairs = last.deviations ** 2 - last.squares;
  if (!(pairs > 0)) return 0;
  return Math.min(1, Math.max(0, (variance * last.volume ** 2 - last.squares) / pairs));
}
