/** Days by the minute: a healthy profile, from which a cut or a hole takes events away. */
import { judge } from "../../../src/judge/judge.ts";
import { addDays } from "../../../src/model/calendar.ts";
import type { EventTimes, TrafficDay } from "../../../src/model/measurement.ts";
import { firstDay, night, trafficDay } from "../builders.ts";

export const DAY = 1440;
/** Nights are quiet, evenings busy. */
export const usual = Array.from({ length: 24 }, (_, hour) => (hour < 6 ? 0.3 : hour < 17 ? 1 : 1.6));

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Events of a day, `total` of them if nothing were taken away, every minute its even share. */
export function times(
  type: EventTimes["type"],
  total: number,
  { without = [], source = null, shape = usual }: Partial<TimesPart> = {},
): EventTimes {
  const sum = shape.reduce((all, each) => all + each, 0);
  const minutes = Array.from({ length: DAY }, (_, minute) =>
    without.some(({ from, to }) => minute >= from && minute < to)
      ? 0
      : ((shape[Math.floor(minute / 60)] ?? 0) * total) / sum / 60,
  );
  return timesOf(type, minutes, source);
}

export interface TimesPart {
  readonly without: readonly Stretch[];
  readonly source: string | null;
  readonly shape: readonly number[];
}

export function timesOf(
  type: EventTimes["type"],
  minutes: readonly number[],
  source: string | null,
): EventTimes {
  const busy = minutes.flatMap((events, minute) => (events > 0 ? [minute] : []));
  const hours = usual.map((_, hour) => {
    const events = minutes.slice(hour * 60, hour * 60 + 60).reduce((all, each) => all + each, 0);
    return Math.round(events);
  });
  const holes = busy.slice(1).flatMap((minute, index) => {
    const before = busy[index] ?? minute;
    return minute - before >= 60 ? [{ from: before + 0.5, to: minute }] : [];
  });
  const [first, last] = [busy[0], busy.at(-1)];
  return {
    type,
    source,
    events: hours.reduce((all, each) => all + each, 0),
    hours,
    firstMinute: first ?? null,
    lastMinute: last === undefined ? null : last + 0.9,
    holes,
  };
}

export const [impressions, clicks] = [20_000, 1_000];

export interface DayPart {
  readonly impression?: EventTimes;
  readonly click?: EventTimes;
  readonly more?: readonly EventTimes[];
  readonly part?: Partial<TrafficDay>;
}

/** One of many units: 20,000 impressions and 1,000 clicks a day in both arms together. */
export function day(at: number, { impression, click, more = [], part = {} }: DayPart = {}): TrafficDay {
  const whole = trafficDay(addDays(firstDay, at), { impressions: 2_000 });
  const clicked = click?.events ?? clicks;
  const variant = (share: number, from: TrafficDay["baseline"]) => ({
    ...from,
    impressions: Math.round((impression?.events ?? impressions) * share),
    clicks: Math.round(clicked * share),
    units: Math.round(5_000 * share),
  });
  return {
    ...whole,
    baseline: variant(0.9, whole.baseline),
    candidate: variant(0.1, whole.candidate),
    eventTimes: [impression ?? times("impression", impressions), click ?? times("click", clicks), ...more],
    ...part,
  };
}

export const judged = (days: readonly TrafficDay[], part: Parameters<typeof night>[0] = {}) =>
  judge(night({ days: days.length, ...part, traffic: { days, ...part.traffic } }));
export const missing = (days: readonly TrafficDay[], part?: Parameters<typeof night>[0]) =>
  judged(days, part).traffic.days.map((each) => each.missing);
export const endsAt = (from: number) => ({ without: [{ from, to: DAY }] });
