/** Stretches of a day in which many impressions or clicks were due and none came: they ended early, began late or had a hole. */
import type { EventTimes, MinuteRange, TrafficDay } from "../../../model/measurement.ts";
import type { Slot } from "../../../model/words.ts";
import { countText } from "../../../text/numbers.ts";
import { dueIn, gapsOf, MINUTES_A_DAY, minuteText, timedEvents } from "./due-events.ts";

/**
 * Fewer may be absent from a stretch of a day by chance, and so may those of fewer units, whose events come together: but not
 * at an end of the day for longer than quiet_hours.
 */
export const FEWEST_DUE = 20;
export const FEWEST_DUE_UNITS = 15;

export interface Loss {
  /** Null: of all types, or of a source. */
  readonly type: EventTimes["type"] | null;
  /** What is lost: "clicks", "impressions of app_events". */
  readonly what: string;
  /** "clicks end at 08:31; 412 were due after that" */
  readonly text: string;
  /** What `gatebook record accept` takes to settle it. */
  readonly accept: string;
}

type TypeLoss = Loss & Pick<EventTimes, "source">;

/** What the type as a whole lacks is not repeated for its sources. */
export function firstOf(losses: readonly TypeLoss[]): readonly Loss[] {
  const whole = losses.filter(({ source }) => source === null);
  return whole.length > 0 ? whole : losses;
}

export function typeLosses(
  times: EventTimes,
  day: TrafficDay,
  { others, quietHours }: { readonly others: readonly TrafficDay[]; readonly quietHours: number },
): readonly TypeLoss[] {
  const { type, source } = times;
  const reference = references(times, day, others);
  if (reference.length === 0 || (times.events > 0 && timedEvents(times) === 0)) return [];
  const byUnits = Math.max(FEWEST_DUE, FEWEST_DUE_UNITS * eventsPerUnit(type, day));
  const noun = `${type}s${source === null ? "" : ` of ${source}`}`;
  return gapsOf(times).flatMap((gap) => {
    const dues = reference.flatMap((days) => dueIn(gap, times, days) ?? []);
    const dueOfNone = type === "click" ? clicksDue(day, others) : 0;
    const due = times.events === 0 ? dueOfNone : Math.min(...dues);
    const isLongEnd = (gap.from === 0 || gap.to === MINUTES_A_DAY) && gap.to - gap.from > quietHours * 60;
    const fewest = isLongEnd ? FEWEST_DUE : byUnits;
    if (!(due >= fewest) || due === Number.POSITIVE_INFINITY) return [];
    return [{ source, ...gapLoss(gap, { type, noun, due, date: day.date }) }];
  });
}

/**
 * What shows how many are due; the least of them counts: other days, among them the same weekday (nights and weekends differ), and for
 * clicks the impressions of this day. A source is compared with its own other days only; impressions on a first day with its clicks.
 */
function references(
  { type, source }: EventTimes,
  day: TrafficDay,
  others: readonly TrafficDay[],
): readonly (readonly EventTimes[])[] {
  const same = (days: readonly TrafficDay[]) =>
    days.flatMap(({ eventTimes }) =>
      eventTimes.filter((one) => one.type === type && one.source === source && one.events > 0),
    );
  const known = same(others);
  if (known.length === 0 && source !== null) return [];
  const weekday = same(others.filter(({ date }) => isSameWeekday(date, day.date)));
  const other = type === "click" ? "impression" : "click";
  const opposite = type === "click" || known.length === 0 ? wholeOf(day, other) : [];
  return [known, weekday, opposite].filter((each) => each.length > 0);
}

export function wholeOf(day: TrafficDay, type: EventTimes["type"]): readonly EventTimes[] {
  return day.eventTimes.filter((one) => one.type === type && one.source === null && one.events > 0);
}

function isSameWeekday(one: Slot, other: Slot): boolean {
  const weekday = (date: Slot) => new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday(one) === weekday(other);
}

/** Of a day (an hour) without any: its impressions times the rate of others. */
function clicksDue(day: TrafficDay, others: readonly TrafficDay[]): number {
  const sum = (count: (day: TrafficDay) => number) => others.reduce((all, each) => all + count(each), 0);
  return (impressionsOf(day) * sum(clicksOf)) / Math.max(1, sum(impressionsOf));
}

/** An hour whose clicks are gone; null when it has some, or few were due. */
export function lostClicks(hour: TrafficDay, others: readonly TrafficDay[]): string | null {
  const due = clicksOf(hour) > 0 ? 0 : clicksDue(hour, others);
  return due >= FEWEST_DUE ? `no clicks; ${countText(due)} were due` : null;
}

function eventsPerUnit(type: EventTimes["type"], day: TrafficDay): number {
  const units = day.baseline.units + day.candidate.units;
  return units === 0 ? 0 : (type === "click" ? clicksOf(day) : impressionsOf(day)) / units;
}

function impressionsOf({ baseline, candidate }: TrafficDay): number {
  return baseline.impressions + candidate.impressions;
}

function clicksOf({ baseline, candidate }: TrafficDay): number {
  return baseline.clicks + candidate.clicks;
}

function gapLoss(
  { from, to }: MinuteRange,
  of: Pick<EventTimes, "type"> & { readonly noun: string; readonly due: number; readonly date: Slot },
): Loss {
  const { type, noun, due, date } = of;
  const [begin, end, count] = [minuteText(from), minuteText(to), countText(due)];
  const loss = (text: string, when: string): Loss => ({
    type,
    what: noun,
    text,
    accept: `lost:${date}:${noun.replaceAll(" ", "-")}-${when}`,
  });
  if (from === 0 && to === MINUTES_A_DAY) return loss(`no ${noun}; ${count} were due`, "all-day");
  if (to === MINUTES_A_DAY)
    return loss(`${noun} end at ${begin}; ${count} were due after that`, `from-${begin}`);
  if (from === 0) return loss(`${noun} begin at ${end}; ${count} were due before that`, `to-${end}`);
  return loss(`no ${noun} between ${begin} and ${end}; ${count} were due`, `${begin}-${end}`);
}
