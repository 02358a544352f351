/** The three rules that guardrails decide: a severe day, a rollback, a warning that lasts. */

import type { DayResult } from "../../model/result.ts";
import { thresholdLines } from "../../text/beside.ts";
import { directionText } from "../../text/numbers.ts";
import { clockText, inSlot, slotNoun } from "../../text/times.ts";
import { listText, plural } from "../../text/words.ts";
import { chanceText, dayAndChange, severeDoubts } from "../checks/severe-days.ts";
import { daysText } from "../window/days.ts";
import { type DecisionContext, judgedDays, severeChance } from "./decision-context.ts";
import { no, type RuleOutcome, yes } from "./verdict.ts";

export function severe(context: DecisionContext): RuleOutcome {
  const fired = context.guardrails.flatMap((metric) => severeSentence(judgedDays(metric, context)));
  if (fired.length > 0) return yes(fired);
  const noun = slotNoun(context.input.phase);
  const judged = context.days.filter((day) => day.judged);
  const looked = `No guardrail has a severe ${noun} (${plural(judged.length, noun)} looked at)`;
  return no(`${looked}${doubtedText(context)}.`);
}

/** Days past their severe line that do not fire: who must judge them, or how often chance shows one. */
function doubtedText(context: DecisionContext): string {
  const kinds = { person: "a person must judge", accepted: "accepted by a person", chance: "past the line" };
  const doubted = severeDoubts(context.guardrails);
  const texts = (["person", "accepted", "chance"] as const).flatMap((kind) => {
    const days = doubted.filter(({ day }) => day.doubt?.kind === kind);
    const named = days
      .slice(0, 3)
      .map(({ metric, day }) => `${metric.title} ${dayAndChange(day, thresholdLines(metric.thresholds))}`);
    const more = days.length > 3 ? ` and ${days.length - 3} more` : "";
    const odds =
      kind === "chance" ? `, ${chanceText(severeChance(context), slotNoun(context.input.phase))}` : "";
    return days.length === 0 ? [] : [`; ${kinds[kind]}: ${named.join(", ")}${more}${odds}`];
  });
  return texts.join("");
}

/** The worst day of one guardrail in full, the others by date. */
function severeSentence(days: readonly DayResult[]): readonly string[] {
  const size = (day: DayResult) => Math.abs(day.delta ?? Number.POSITIVE_INFINITY);
  const [worst, ...others] = days
    .filter((day) => day.fires === "severe")
    .toSorted((a, b) => size(b) - size(a) || (a.date < b.date ? -1 : 1));
  if (worst === undefined) return [];
  return [others.length === 0 ? worst.because : `${worst.because} So do ${daysText(others)}.`];
}

export function rollback({ guardrails, input }: DecisionContext): RuleOutcome {
  const fired = guardrails.filter((metric) => metric.observation.classification === "rollback");
  if (fired.length > 0) return yes(fired.map((metric) => metric.observation.because));
  const deltas = guardrails.flatMap(({ title, observation, thresholds }) => {
    if (observation.delta === null) return [];
    return [`${title} ${directionText(observation.delta, thresholdLines(thresholds))}`];
  });
  const { from, openedAt } = input.window;
  const since = `since ${openedAt === undefined ? from : clockText(openedAt, input.config.rollout.timeZone)}`;
  return no(
    `No guardrail calls for rollback ${since}${deltas.length === 0 ? "" : `: ${deltas.join(", ")}`}.`,
  );
}

/** The gate so far warns, or the last N complete days do. A single warning day alone does not stop a gate. */
export function warning({ guardrails, complete, input }: DecisionContext): RuleOutcome {
  const now = guardrails.filter((metric) => metric.observation.classification === "warning");
  const last = complete.slice(-input.config.persistentWarningDays);
  const dates = new Set(last.map((day) => day.date));
  const trends = guardrails.filter((metric) => {
    const days = metric.days.filter((day) => dates.has(day.date));
    return (
      last.length === input.config.persistentWarningDays &&
      days.length === last.length &&
      days.every((day) => day.fires !== null)
    );
  });
  const persistent = trends.map(
    (metric) =>
      `${metric.title} warned on each of the last ${plural(last.length, "complete day")} (${daysText(last)}).`,
  );
  if (now.length + persistent.length > 0)
    return yes([...now.map((metric) => metric.observation.because), ...persistent]);
  const noun = slotNoun(input.phase);
  const lasting =
    noun === "hour" ? "" : ` or over the last ${plural(input.config.persistentWarningDays, "complete day")}`;
  const single = guardrails.flatMap((metric) =>
    metric.days
      .filter((day) => day.observed && day.fires === "warning")
      .map((day) => `${metric.title} ${inSlot(day.date)}`),
  );
  const alone =
    single.length === 0
      ? ""
      : ` (single warning ${noun}s, which do not count alone: ${listText(single.slice(0, 3))})`;
  return no(`No guardrail warns over the window${lasting}${alone}.`);
}
