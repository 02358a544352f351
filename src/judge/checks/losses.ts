/**
 * What is missing of a day: impressions or clicks that ended early, began late or had a hole in which many were due;
 * clicks per impression that halved in the baseline; a source that fell silent. What is due is read off other complete days, so
 * days are looked at in their order, and once more beside all that were found complete.
 */

import type { Acceptance } from "../../model/ledger.ts";
import type { EventTimes, MinuteRange, TrafficDay } from "../../model/measurement.ts";
import type { Slot } from "../../model/words.ts";
import { FEWEST_EXPECTED } from "../../statistics/exact.ts";
import { sizeBeside } from "../../text/beside.ts";
import { countText, shareText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import { dueIn, gapsOf, timedEvents } from "./due-events.ts";

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

/** A loss that a person has accepted leaves its day complete. */
export interface AcceptedLoss extends Loss {
  readonly acceptance: Acceptance;
}

export interface DayLosses {
  readonly open: readonly Loss[];
  readonly accepted: readonly AcceptedLoss[];
}

/**
 * Fewer may be absent from a stretch of a day by chance, and so may those of fewer units, whose events come together: but not
 * at an end of the day for longer than quiet_hours.
 */
export const FEWEST_DUE = 20;
export const FEWEST_DUE_UNITS = 15;
/** Complete days that tell what a source or the baseline does. */
const LAST_DAYS = 3;

export const nothingLost: DayLosses = { open: [], accepted: [] };

/** Of days that are over and on which the variants were served: no other can be told apart from a running or a lost one. */
export function lossesByDay(input: JudgeInput, served: readonly TrafficDay[]): ReadonlyMap<Slot, DayLosses> {
  const complete: TrafficDay[] = [];
  for (const day of served) {
    if (lossesOf(day, complete, input).open.length === 0) complete.push(day);
  }
  return new Map(
    served.map((day) => [
      day.date,
      lossesOf(
        day,
        complete.filter((other) => other !== day),
        input,
      ),
    ]),
  );
}

function lossesOf(day: TrafficDay, others: readonly TrafficDay[], input: JudgeInput): DayLosses {
  const before = others.filter(({ date }) => date < day.date).slice(-LAST_DAYS);
  const gaps = gapLosses(day, others, input);
  // Where clicks have a gap, that is why there are few.
  const rate = gaps.some(({ type }) => type === "click") ? [] : clickRateLoss(day, before);
  const losses = [...gaps, ...rate, ...silentSources(day, before, input)];
  if (losses.length === 0) return nothingLost;
  const acceptanceOf = ({ accept }: Loss) =>
    input.ledger.accepted.find(({ what, since }) => what === accept && since <= input.window.reportDate);
  return {
    open: losses.filter((loss) => acceptanceOf(loss) === undefined),
    accepted: losses.flatMap((loss) => {
      const acceptance = acceptanceOf(loss);
      return acceptance === undefined ? [] : [{ ...loss, acceptance }];
    }),
  };
}

/** Where nothing tells when impressions come, the first and last event of all must be near the day's ends. */
function gapLosses(day: TrafficDay, others: readonly TrafficDay[], input: JudgeInput): readonly Loss[] {
  const of = (type: EventTimes["type"]) =>
    day.eventTimes
      .filter((times) => times.type === type)
      .flatMap((times) =>
        typeLosses(times, day, { others, quietHours: input.config.completeness.quietHours }),
      );
  const impressions = of("impression");
  const known = others.flatMap((other) => wholeOf(other, "impression"));
  const isKnown =
    day.eventTimes.length > 0 && known.reduce((sum, times) => sum + timedEvents(times), 0) >= FEWEST_EXPECTED;
  const edges = isKnown || impressions.length > 0 ? [] : quietEdges(day, input);
  return [...edges, ...firstOf(impressions), ...firstOf(of("click"))];
}

interface TypeLoss extends Loss {
  readonly source: string | null;
}

/** What the type as a whole lacks, its sources need not say again. */
function firstOf(losses: readonly TypeLoss[]): readonly Loss[] {
  const whole = losses.filter(({ source }) => source === null);
  return whole.length > 0 ? whole : losses;
}

function typeLosses(
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
    const due =
      times.events === 0
        ? type === "click"
          ? clicksDue(day, others)
          : 0
        : Math.min(...reference.flatMap((days) => dueIn(gap, times, days) ?? []));
    const isLongEnd = (gap.from === 0 || gap.to === MINUTES_A_DAY) && gap.to - gap.from > quietHours * 60;
    const fewest = isLongEnd ? FEWEST_DUE : byUnits;
    if (!(due >= fewest) || due === Number.POSITIVE_INFINITY) return [];
    return [{ source, ...gapLoss(gap, { type, noun, due, date: day.date }) }];
  });
}

/**
 * Each says what is due by itself, and the least counts: other days, among them the same weekday (nights and weekends differ),
 * and for clicks the impressions of this day. A source is held against its own other days alone; impressions on a first day
 * against its clicks.
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
  const opposite = type === "click" || known.length === 0 ? wholeOf(day, otherType(type)) : [];
  return [known, weekday, opposite].filter((each) => each.length > 0);
}

function otherType(type: EventTimes["type"]): EventTimes["type"] {
  return type === "click" ? "impression" : "click";
}

function wholeOf(day: TrafficDay, type: EventTimes["type"]): readonly EventTimes[] {
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

export const MINUTES_A_DAY = 1440;

function gapLoss(
  { from, to }: MinuteRange,
  {
    type,
    noun,
    due,
    date,
  }: {
    readonly type: EventTimes["type"];
    readonly noun: string;
    readonly due: number;
    readonly date: Slot;
  },
): Loss {
  const [begin, end, count] = [clockText(from), clockText(to), countText(due)];
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

/** 511.5 → "08:31" */
export function clockText(minute: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${two(minute / 60)}:${two(minute % 60)}`;
}

/** Of all events together, by `quiet_hours`. */
export function quietEdges(
  { date, startGapHours, endGapHours }: TrafficDay,
  { config }: JudgeInput,
): readonly Loss[] {
  const { quietHours } = config.completeness;
  const loss = (text: string, when: string): Loss => ({
    type: null,
    what: "events",
    text,
    accept: `lost:${date}:${when}`,
  });
  const [late, early] = [startGapHours ?? 0, endGapHours ?? 0];
  const text = (hours: number) => `${sizeBeside(hours, [quietHours], 1)} h`;
  if (late > quietHours)
    return [loss(`its first event comes ${text(late)} after its start`, `first-${late.toFixed(1)}-h`)];
  if (early > quietHours)
    return [loss(`its last event is ${text(early)} before its end`, `last-${early.toFixed(1)}-h`)];
  return [];
}

/** The candidate's may fall because of the candidate; the baseline's do not fall to half overnight. */
function clickRateLoss(day: TrafficDay, before: readonly TrafficDay[]): readonly Loss[] {
  const sum = (count: (day: TrafficDay) => number) => before.reduce((all, each) => all + count(each), 0);
  const earlier = sum(({ baseline }) => baseline.clicks) / sum(({ baseline }) => baseline.impressions);
  const { clicks, impressions } = day.baseline;
  if (!(impressions * earlier >= FEWEST_EXPECTED) || clicks / impressions > earlier / 2) return [];
  const [now, then] = [shareText(clicks / impressions), shareText(earlier)];
  const days = before.length === 1 ? "the last complete day" : `the last ${before.length} complete days`;
  const text = `clicks per impression of the baseline are ${now}, against ${then} on ${days}`;
  return [{ type: "click", what: "clicks", text, accept: `lost:${day.date}:click-rate-${now}` }];
}

/** A handful of events a day may be absent by chance. A source that rollout.yaml no longer names is settled. */
function silentSources(
  day: TrafficDay,
  before: readonly TrafficDay[],
  { config }: JudgeInput,
): readonly Loss[] {
  const last = before.at(-1);
  if (last === undefined || before.length < LAST_DAYS || day.sourceEvents.length === 0) return [];
  const ofSource = ({ sourceEvents }: TrafficDay, name: string) =>
    sourceEvents.find(({ source }) => source === name)?.events ?? 0;
  return config.sources
    .filter(({ kind }) => kind === "events")
    .filter(({ name }) => ofSource(day, name) === 0 && before.every((one) => ofSource(one, name) > 0))
    .filter(({ name }) => before.reduce((sum, one) => sum + ofSource(one, name), 0) >= FEWEST_DUE)
    .map(({ name }) => ({
      type: null,
      what: `events of ${name}`,
      text: `nothing of ${name}, which gave events on each of the last ${plural(LAST_DAYS, "complete day")}`,
      accept: `source:${name}:${last.date}`,
    }));
}
