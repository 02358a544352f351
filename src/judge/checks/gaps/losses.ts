/**
 * What is missing of a day: impressions or clicks in a stretch in which many were due; clicks per impression that halved in the
 * baseline; a source that fell silent. Complete days say what is due, so days are judged in order, then again beside all complete ones.
 */
import type { Acceptance } from "../../../model/ledger.ts";
import type { EventTimes, TrafficDay } from "../../../model/measurement.ts";
import type { Slot } from "../../../model/words.ts";
import { FEWEST_EXPECTED } from "../../../statistics/exact.ts";
import { sizeBeside } from "../../../text/beside.ts";
import { countText, shareText } from "../../../text/numbers.ts";
import { plural } from "../../../text/words.ts";
import type { JudgeInput } from "../../input.ts";
import { timedEvents } from "./due-events.ts";
import { FEWEST_DUE, firstOf, type Loss, typeLosses, wholeOf } from "./event-gaps.ts";

export interface DayLosses {
  readonly open: readonly Loss[];
  /** A loss that a person has accepted leaves its day complete. */
  readonly accepted: readonly (Loss & { readonly acceptance: Acceptance })[];
}

/** Complete days that show what a source or the baseline usually does. */
const LAST_DAYS = 3;
/** Of all events of a day. */
const MUCH = 0.1;
/** Of the least that came on a complete day before: less than on a holiday, more than a sample of one in ten. */
const NEARLY_NOTHING = 1 / 8;

export const nothingLost: DayLosses = { open: [], accepted: [] };

/** Of days that are over and on which the variants were served: any other may be a running or a lost one. */
export function lossesByDay(input: JudgeInput, served: readonly TrafficDay[]): ReadonlyMap<Slot, DayLosses> {
  const complete: TrafficDay[] = [];
  for (const day of served) {
    if (lossesOf(day, complete, input).open.length === 0) complete.push(day);
  }
  const besides = (day: TrafficDay) => complete.filter((other) => other !== day);
  return new Map(served.map((day) => [day.date, lossesOf(day, besides(day), input)]));
}

function lossesOf(day: TrafficDay, others: readonly TrafficDay[], input: JudgeInput): DayLosses {
  const before = others.filter(({ date }) => date < day.date);
  const gaps = gapLosses(day, others, input);
  // Where clicks have a gap, that is why there are few.
  const rate = gaps.some(({ type }) => type === "click") ? [] : clickRateLoss(day, before.slice(-LAST_DAYS));
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

/** Where no day shows when impressions come, the first and last event of all must be near the day's ends. */
function gapLosses(day: TrafficDay, others: readonly TrafficDay[], input: JudgeInput): readonly Loss[] {
  const { quietHours } = input.config.completeness;
  const of = (type: EventTimes["type"]) =>
    day.eventTimes
      .filter((times) => times.type === type)
      .flatMap((times) => typeLosses(times, day, { others, quietHours }));
  const impressions = of("impression");
  const known = others.flatMap((other) => wholeOf(other, "impression"));
  const isKnown =
    day.eventTimes.length > 0 && known.reduce((sum, times) => sum + timedEvents(times), 0) >= FEWEST_EXPECTED;
  const edges = isKnown || impressions.length > 0 ? [] : quietEdges(day, input);
  return [...edges, ...firstOf(impressions), ...firstOf(of("click"))];
}

/** Of all events together, by `quiet_hours`. */
export function quietEdges(
  { date, startGapHours, endGapHours }: TrafficDay,
  { config }: JudgeInput,
): readonly Loss[] {
  const { quietHours } = config.completeness;
  const loss = (text: string, when: string): readonly Loss[] => [
    { type: null, what: "events", text, accept: `lost:${date}:${when}` },
  ];
  const [late, early] = [startGapHours ?? 0, endGapHours ?? 0];
  const text = (hours: number) => `${sizeBeside(hours, [quietHours], 1)} h`;
  if (late > quietHours)
    return loss(`its first event comes ${text(late)} after its start`, `first-${late.toFixed(1)}-h`);
  if (early > quietHours)
    return loss(`its last event is ${text(early)} before its end`, `last-${early.toFixed(1)}-h`);
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

/**
 * A handful of events a day may be absent by chance. A source that rollout.yaml no longer names is settled. One that brings much of the
 * events is missed from the second day on, and when nearly nothing of it comes: half of the people are gone with it, without any gap.
 */
function silentSources(
  day: TrafficDay,
  complete: readonly TrafficDay[],
  { config }: JudgeInput,
): readonly Loss[] {
  const last = complete.at(-1);
  if (last === undefined || day.sourceEvents.length === 0) return [];
  return config.sources
    .filter(({ kind }) => kind === "events")
    .flatMap(({ name }) => {
      const events = eventsOf(day, name);
      const gave = steadily(name, complete.slice(-LAST_DAYS), events) ?? largely(name, complete, events);
      if (gave === null) return [];
      const few = events === 0 ? "nothing" : `only ${plural(events, "event")}`;
      return [
        {
          type: null,
          what: `events of ${name}`,
          text: `${few} of ${name}, which gave ${gave}`,
          accept: `source:${name}:${last.date}`,
        },
      ];
    });
}

function steadily(name: string, last: readonly TrafficDay[], events: number): string | null {
  const gave = last.map((one) => eventsOf(one, name));
  if (events > 0 || last.length < LAST_DAYS || gave.includes(0)) return null;
  if (gave.reduce((sum, each) => sum + each, 0) < FEWEST_DUE) return null;
  return `events on each of the last ${plural(LAST_DAYS, "complete day")}`;
}

function largely(name: string, complete: readonly TrafficDay[], events: number): string | null {
  const isLarge = (one: TrafficDay): boolean =>
    eventsOf(one, name) >= MUCH * one.sourceEvents.reduce((sum, each) => sum + each.events, 0);
  const least = Math.min(...complete.map((one) => eventsOf(one, name)));
  if (!complete.every(isLarge) || least < FEWEST_EXPECTED || events >= least * NEARLY_NOTHING) return null;
  const days = complete.length === 1 ? "the complete day" : `each of the ${complete.length} complete days`;
  return `at least ${countText(least)} on ${days} before`;
}

function eventsOf({ sourceEvents }: TrafficDay, name: string): number {
  return sourceEvents.find(({ source }) => source === name)?.events ?? 0;
}
