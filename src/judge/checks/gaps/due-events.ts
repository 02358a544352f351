/**
 * How many events were due in a stretch of a day in which none came: the share that the stretch has on other days (or among the
 * impressions of the same day), times what came outside of it. Minutes are of the clock, from midnight on.
 */
import type { EventTimes, MinuteRange } from "../../../model/measurement.ts";

const HOUR = 60;
export const MINUTES_A_DAY = 1440;

/** Before the first event, after the last, and the holes between; all of a day without any. */
export function gapsOf({ firstMinute, lastMinute, holes }: EventTimes): readonly MinuteRange[] {
  if (firstMinute === null || lastMinute === null) return [{ from: 0, to: MINUTES_A_DAY }];
  return [{ from: 0, to: firstMinute }, ...holes, { from: lastMinute, to: MINUTES_A_DAY }].filter(
    ({ from, to }) => to > from,
  );
}

/**
 * Null when the reference shows nothing of it. `reference`: of other days together, or of what else came on the same day. An event
 * without a time may lie in the stretch.
 */
export function dueIn(gap: MinuteRange, times: EventTimes, reference: readonly EventTimes[]): number | null {
  const sum = (count: (each: EventTimes) => number) => reference.reduce((all, each) => all + count(each), 0);
  const [inside, timed] = [sum((each) => eventsWithin(gap, each)), sum(timedEvents)];
  if (timed === 0) return null;
  const came = timedEvents(times);
  const due = inside < FEWEST_SEEN ? 0 : (came * inside) / Math.max(1, timed - inside);
  return Math.max(0, due - (times.events - came));
}

/** Fewer in the same stretch of the reference show nothing of how many were due. */
const FEWEST_SEEN = 5;

export function timedEvents({ hours }: EventTimes): number {
  return hours.reduce((sum, events) => sum + events, 0);
}

/** An hour's events are spread evenly over what of it is no gap; at a single minute they all come at once. */
function eventsWithin(gap: MinuteRange, times: EventTimes): number {
  const gaps = gapsOf(times);
  return times.hours.reduce((sum, events, hour) => {
    const whole = { from: hour * HOUR, to: (hour + 1) * HOUR };
    if (events === 0 || !overlap(whole, gap)) return sum;
    const within = gaps.filter((each) => overlap(each, whole));
    const busy = within.reduce<readonly MinuteRange[]>(outside, [whole]);
    const all = length(busy);
    if (all > 0) return sum + events * (1 - length(outside(busy, gap)) / all);
    const minute = Math.min(Math.max(hour * HOUR, times.firstMinute ?? 0), times.lastMinute ?? MINUTES_A_DAY);
    return sum + (minute > gap.from && minute < gap.to ? events : 0);
  }, 0);
}

function overlap(one: MinuteRange, other: MinuteRange): boolean {
  return one.from < other.to && other.from < one.to;
}

/** The ranges without what of them lies in the gap. */
function outside(ranges: readonly MinuteRange[], gap: MinuteRange): readonly MinuteRange[] {
  return ranges.flatMap(({ from, to }) =>
    [
      { from, to: Math.min(to, gap.from) },
      { from: Math.max(from, gap.to), to },
    ].filter((part) => part.to > part.from),
  );
}

function length(ranges: readonly MinuteRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** 511.5 → "08:31" */
export function minuteText(minute: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${two(minute / 60)}:${two(minute % 60)}`;
}
