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
  const sums = runningSums(withErrors(days));
  const last = sums.at(-1);
  if (last === undefined) return [];
  // without any day's error there is nothing to tell the people who come back from new ones by
  const knowsDays = days.some(({ standardError }) => standardError !== null && standardError > 0);
  const correlation = knowsDays ? correlationOf(last, window.standardError ** 2) : 0;
  const pattern = sums.map((sum) => patternOf(sum, correlation));
  const whole = pattern.at(-1) ?? 0;
  const scale = whole > 0 ? window.standardError ** 2 / whole : 0;
  const removed =
    last.deviations === 0
      ? 0
      : window.varianceRemoved * window.standardError ** 2 * (last.volume / last.deviations) ** 2;
  return sums.map((sum, index) => {
    if (sum.volume === 0) return 0;
    const variance = scale * (pattern[index] ?? 0);
    const adjusted = variance - removed * (sum.deviations / sum.volume) ** 2;
    return 1 / Math.max(adjusted, LEAST_LEFT * variance);
  });
}

/** Days without an error of their own get one by their volume, as days of equal people would have. */
function withErrors(
  days: readonly DaySpread[],
): readonly { readonly error: number; readonly volume: number }[] {
  const known = days.flatMap(({ standardError, volume }) =>
    standardError === null || !(standardError > 0) ? [] : [standardError ** 2 * volume],
  );
  const typical = known.length === 0 ? 1 : known.reduce((sum, each) => sum + each, 0) / known.length;
  return days.map(({ standardError, volume }) => ({
    error: standardError !== null && standardError > 0 ? standardError : Math.sqrt(typical / volume),
    volume,
  }));
}

/** Over the days so far: volume, volume·error, (volume·error)². */
interface RunningSum {
  readonly volume: number;
  readonly deviations: number;
  readonly squares: number;
}

function runningSums(days: ReturnType<typeof withErrors>): readonly RunningSum[] {
  let sum: RunningSum = { volume: 0, deviations: 0, squares: 0 };
  return days.map(({ error, volume }) => {
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
