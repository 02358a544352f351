/**
 * Days past their severe line that do not fire severe. Either chance shows such a day now and then, which is said as
 * a number, or it does not, or one unit made the day: then a person must judge it before the gate moves on.
 */

import { finding } from "../../model/check-result.ts";
import type { Acceptance, LedgerState } from "../../model/ledger.ts";
import type { CheckResult, DayResult, MetricResult, SevereDoubt } from "../../model/result.ts";
import type { Denominator, Slot } from "../../model/words.ts";
import { chanceOfAny } from "../../statistics/chance.ts";
import { acceptedText } from "../../text/acceptance.ts";
import { thresholdLines } from "../../text/beside.ts";
import { changeText, lineText } from "../../text/numbers.ts";
import { dayText, type SlotNoun } from "../../text/times.ts";
import { listText } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";

/** What `gatebook record accept` takes for one day, or one hour. */
function dayWord(date: Slot): string {
  return `day:${date}`;
}

export function acceptanceOf(date: Slot, { accepted }: LedgerState): Acceptance | null {
  return accepted.findLast(({ what }) => what === dayWord(date)) ?? null;
}

interface SevereLooks extends Pick<MetricResult, "thresholds"> {
  /** The days that the severe rule looks at. */
  readonly days: readonly DayResult[];
}

/** Of a day past a severe line by now, in a rollout that changes nothing. */
export interface Chance {
  readonly chance: number;
  /** Some days are too small for an error of their own, and would add to it. */
  readonly isFloor: boolean;
  /** Of one guardrail's days alone: the rollout has others with a severe line, which were not measured. */
  readonly isOfOne: boolean;
}

/** `isOfOne`: these are not all guardrails of the rollout. */
export function chanceOfSevereDay(guardrails: readonly SevereLooks[], isOfOne = false): Chance {
  const looks = guardrails.flatMap(({ thresholds, days }) => {
    const line = thresholds?.severe ?? null;
    if (thresholds === null || line === null) return [];
    const compared = days.filter(({ delta }) => delta !== null);
    return compared.map(({ standardError }) => ({ standardError, line, harm: thresholds.harm }));
  });
  const known = looks.flatMap(({ standardError, ...look }) =>
    standardError === null ? [] : [{ ...look, standardError }],
  );
  return { chance: chanceOfAny(known), isFloor: known.length < looks.length, isOfOne };
}

/** "chance alone shows such a day in 38 of 100 harmless rollouts" */
export function chanceText({ chance, isFloor, isOfOne }: Chance, noun: SlotNoun): string {
  const such = `${noun === "day" ? "a day" : "an hour"}${isOfOne ? " of this guardrail" : ""}`;
  const times = Math.round(chance * 100);
  if (isFloor && times < 1) return `there is too little traffic to say how often chance shows such ${such}`;
  const many =
    times < 1 ? "fewer than 1" : times > 99 ? "more than 99" : `${isFloor ? "at least " : ""}${times}`;
  return `chance alone shows such ${such} in ${many} of 100 harmless rollouts`;
}

/** "6 Feb (−16.9%)" */
export function dayAndChange(
  { date, delta }: Pick<DayResult, "date" | "delta">,
  lines: readonly number[],
): string {
  return delta === null ? dayText(date) : `${dayText(date)} (${changeText(delta, lines)})`;
}

/** ": unit u1 has 60% of the candidate's impressions, and without it the change is −2.1%", or nothing. */
export function unitsText(
  { units, deltaWithout }: SevereDoubt,
  noun: Denominator,
  lines: readonly number[],
): string {
  if (units.length === 0) return "";
  const named = units.map(
    ({ variant, unit, share }) =>
      `unit ${unit} has ${lineText(Number(share.toFixed(2)))} of the ${variant}'s ${noun}`,
  );
  const rest =
    deltaWithout === null ? "nothing can be compared" : `the change is ${changeText(deltaWithout, lines)}`;
  return `: ${listText(named)}, and without ${units.length === 1 ? "it" : "them"} ${rest}`;
}

/** What the sentence of the whole window adds about such days; "" without any. */
export function severeDaysSuffix(
  days: readonly DayResult[],
  of: { readonly chance: Chance; readonly slot: SlotNoun } & Pick<MetricResult, "thresholds">,
): string {
  const { thresholds, chance, slot } = of;
  const past = `past the ${lineText(thresholds?.severe ?? 0)} severe line`;
  const sentence = (kind: SevereDoubt["kind"], before: string, after = "") => {
    const found = days.filter(({ doubt }) => doubt?.kind === kind);
    const named = listText(firstThree(found, (day) => dayAndChange(day, thresholdLines(thresholds))));
    // Without its heaviest unit a day may be past a line that it does not reach as a whole.
    const where = found.every(({ reading }) => reading === "rollback") ? `, ${past}` : "";
    return found.length === 0 ? "" : `; ${before}${named}${where}${after}`;
  };
  return [
    sentence("person", "a person must judge "),
    sentence("accepted", "a person has accepted "),
    sentence("chance", "", `: ${chanceText(chance, slot)}`),
  ].join("");
}

/** "6 Feb", "7 Feb", "8 Feb", "2 more" */
export function firstThree<One>(all: readonly One[], text: (one: One) => string): readonly string[] {
  return [...all.slice(0, 3).map(text), ...(all.length > 3 ? [`${all.length - 3} more`] : [])];
}

export interface DoubtfulDay {
  readonly metric: MetricResult;
  readonly day: DayResult;
}

/** Days past a severe line that do not fire, with their guardrail, oldest first. */
export function severeDoubts(metrics: readonly MetricResult[]): readonly DoubtfulDay[] {
  return metrics
    .flatMap((metric) => metric.days.map((day) => ({ metric, day })))
    .filter(({ day }) => day.doubt !== null)
    .toSorted((a, b) => (a.day.date < b.day.date ? -1 : a.day.date > b.day.date ? 1 : 0));
}

/** One check for each day that waits for a person, or was accepted by one: each is settled by a word of its own. */
export function severeDaysChecks(
  { ledger }: JudgeInput,
  metrics: readonly MetricResult[],
): readonly CheckResult[] {
  const doubted = severeDoubts(metrics).filter(({ day }) => day.doubt?.kind !== "chance");
  return [...new Set(doubted.map(({ day }) => day.date))].map((date) => {
    const days = doubted.filter(({ day }) => day.date === date);
    const subjects = days.map(({ metric, day }) => subject(metric, day)).join("; ");
    const describe = finding(`severe_day_${date}`, `${dayText(date)} is within its severe line, or accepted`);
    const acceptance = acceptanceOf(date, ledger);
    if (acceptance !== null) return describe("pass", `${subjects}; ${acceptedText(acceptance)}`);
    const accept = dayWord(date);
    const detail = `a person must judge ${subjects} (gatebook record accept ${accept})`;
    const inspect = `gatebook query ${days[0]?.metric.name}`;
    return describe("fail", detail, { observed: days.length, expected: 0, accept, inspect });
  });
}

/** "6 Feb (−16.9%): Click-through rate is past its 10% severe line" */
function subject({ title, thresholds, denominator }: MetricResult, day: DayResult): string {
  const line = thresholds?.severe ?? 0;
  const units = day.doubt === null ? "" : unitsText(day.doubt, denominator, thresholdLines(thresholds));
  const past =
    day.reading === "rollback" ? `is past its ${lineText(line)} severe line` : "depends on one unit";
  return `${dayAndChange(day, thresholdLines(thresholds))}: ${title} ${past}${units}`;
}
