/**
 * What is missing of a day: impressions or clicks in a stretch in which many were due; clicks per impression that halved in the
 * baseline; a source that fell silent. Complete days say what is due, so days are judged in order, then again beside all complete ones.
 */
import type { Acceptance } from "../../../model/ledger.ts";
import type { EventTimes, TrafficDay } from "../../../model/measurement.ts";
import type { Slot } from "../../../model/words.ts";
import { FEWEST_EXPECTED } from "../../../statistics/exact.ts";
import { sizeBeside } from "../../../text/beside.ts";
import { shareText } from "../../../text/numbers.ts";
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
