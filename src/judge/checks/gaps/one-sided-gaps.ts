/**
 * Do the events of both variants come at the same hours? A day is complete when either variant's clicks go on, since a candidate whose
 * clicks stop has collapsed and must be judged. But where only the baseline's stop, a worse candidate looks better: that blocks as a gap
 * in a log, unless a person accepts it. Rollbacks fire all the same.
 */
import { finding } from "../../../model/check-result.ts";
import type { EventTimes, TrafficDay, VariantTimes } from "../../../model/measurement.ts";
import type { CheckResult } from "../../../model/result.ts";
import type { Slot, Variant } from "../../../model/words.ts";
import { acceptedText } from "../../../text/acceptance.ts";
import { countText } from "../../../text/numbers.ts";
import { listText, plural } from "../../../text/words.ts";
import type { JudgeInput } from "../../input.ts";
import { dueIn, gapsOf, MINUTES_A_DAY, minuteText, timedEvents } from "./due-events.ts";
import { FEWEST_DUE, FEWEST_DUE_UNITS } from "./event-gaps.ts";

interface OneSidedGap {
  readonly date: Slot;
  readonly variant: Variant;
  readonly type: EventTimes["type"];
  /** "clicks of the baseline end at 19:12; 412 were due after that" */
  readonly text: string;
}

export function oneSidedGapsCheck(input: JudgeInput, days: ReadonlySet<Slot>): CheckResult {
  const describe = finding("events_by_hour", "Events of both variants come at the same hours");
  if (input.comparison === "before-after") return describe("not_checked", "the variants are different weeks");
  const known = input.traffic.days.filter(
    ({ date, variantTimes }) => days.has(date) && variantTimes.length > 0,
  );
  if (known.length === 0) return describe("not_checked", "when the events of each variant came is not known");
  const gaps = known.flatMap(gapsOfDay);
  const [first] = gaps;
  if (first === undefined) return describe("pass", `${plural(known.length, "day")}, no one-sided gap`);
  const dates = [...new Set(gaps.map(({ date }) => date))];
  const gap = `on ${first.date} ${first.text}, while those of the other variant go on`;
  const more =
    dates.length > 1 ? `; so on ${listText(dates.slice(1, 4))}${dates.length > 4 ? " and more" : ""}` : "";
  const accept = `one-sided:${first.variant}:${first.type}s:${dates.at(-1)}`;
  const accepted = input.ledger.accepted.findLast(({ what }) => what === accept);
  const options = { observed: gaps.length, expected: 0 };
  if (accepted !== undefined) return describe("warn", `${gap}${more}; ${acceptedText(accepted)}`, options);
  return describe("fail", `${gap}${more}: events are lost, or only one variant is served then`, {
    ...options,
    accept,
  });
}

function gapsOfDay({ date, variantTimes, baseline, candidate }: TrafficDay): readonly OneSidedGap[] {
  const of = (variant: Variant, type: EventTimes["type"]) =>
    variantTimes.find((times) => times.variant === variant && times.type === type);
  const units = { baseline: baseline.units, candidate: candidate.units };
  /** A unit's events come together: fewer than those of some units are there, or not, by chance. */
  const fewestOf = ({ variant, events }: VariantTimes) =>
    Math.max(FEWEST_DUE, (FEWEST_DUE_UNITS * events) / Math.max(1, units[variant]));
  return variantTimes.flatMap((times) => {
    const { variant, type } = times;
    const other = of(variant === "baseline" ? "candidate" : "baseline", type);
    if (other === undefined || times.events === 0) return [];
    const shown = type === "click" ? of(variant, "impression") : undefined;
    const references = (shown === undefined ? [other] : [other, shown]).map(
      (reference): Reference => [reference, fewestOf(reference)],
    );
    return gapTexts(times, references, fewestOf(times)).map((text) => ({ date, variant, type, text }));
  });
}

/** Other events, and how many of them must lie in the gap to prove anything. */
type Reference = readonly [EventTimes, number];

/** What is due is the least that the other variant's same events and, for clicks, the variant's own impressions say. */
function gapTexts(times: VariantTimes, references: readonly Reference[], fewest: number): readonly string[] {
  const noun = `${times.type}s of the ${times.variant}`;
  const came = timedEvents(times);
  return gapsOf(times).flatMap((gap) => {
    const dues = references.map(([reference, least]) => {
      const due = dueIn(gap, times, [reference]) ?? 0;
      const inside = (timedEvents(reference) * due) / Math.max(1, came + due);
      return inside < least ? 0 : due;
    });
    const due = Math.min(...dues);
    if (due < fewest) return [];
    const [from, to, count] = [minuteText(gap.from), minuteText(gap.to), countText(due)];
    if (gap.to === MINUTES_A_DAY) return [`${noun} end at ${from}; ${count} were due after that`];
    if (gap.from === 0) return [`${noun} begin at ${to}; ${count} were due before that`];
    return [`there are no ${noun} between ${from} and ${to}; ${count} were due`];
  });
}
