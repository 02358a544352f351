/**
 * How many events were due in a stretch of a day in which none came: the share that the stretch has on other days (or among the
 * impressions of the same day), times what came outside of it. Minutes are of the clock, from midnight on.
 */
import type { EventTimes, MinuteRange } from "../model/measurement.ts";

const [HOUR, DAY] = [60, 1440];

/** Before the first event, after the last, and the holes between; all of a day without any. */
export function gapsOf({ firstMinute, lastMinute, holes }: EventTimes): readonly MinuteRange[] {
  if (firstMinute === null || lastMinute === null) return [{ from: 0, to: DAY }];
  return [{ from: 0, to: firstMinute }, ...holes, { from: lastMinute, to: DAY }].filter(
    ({ from, to }) => to > from,
  );
}

/**
 * Null when the reference says nothing of it. `reference`: of other days together, or of what else came on the same day. An event
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

/** Fewer in the same stretch of the reference say nothing of how many were due. */
const FEWEST_SEEN = 5;

export function timedEvents({ hours }: EventTimes): number {
  return hours.reduce((sum, events) => sum + events, 0);
}

/** An hour's events are spread evenly over it, as far as it lies between first and last: at a whole hour they may all come at once. */
function eventsWithin({ from, to }: MinuteRange, { hours, firstMinute, lastMinute }: EventTimes): number {
  if (firstMinute === null || lastMinute === null) return 0;
  return hours.reduce((sum, events, hour) => {
    const start = Math.max(hour * HOUR, firstMinute);
    const end = Math.min((hour + 1) * HOUR, lastMinute);
    if (events === 0) return sum;
    if (end <= start) return sum + (start > from && start < to ? events : 0);
    const overlap = Math.max(0, Math.min(end, to) - Math.max(start, from));
    return sum + (events * overlap) / (end - start);
  }, 0);
}
