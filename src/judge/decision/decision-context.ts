/** Everything the rules look at: gathered for tonight's judgement, and once more under the bare thresholds. */
import { addDays } from "../../model/calendar.ts";
import type { CheckResult, DayResult, MetricResult, TrafficResult } from "../../model/result.ts";
import type { Day, JudgeMode } from "../../model/words.ts";
import { readSwitches, type Switches } from "../checklist/switches.ts";
import { type Chance, chanceOfSevereDay } from "../checks/severe-days.ts";
import type { JudgeInput } from "../input.ts";
import { completeDays, type DayState, missedNights, sufficientDays } from "../window/days.ts";
import { isJudgeable } from "../window/hour-states.ts";

export interface DecisionContext {
  readonly input: JudgeInput;
  readonly mode: JudgeMode;
  readonly days: readonly DayState[];
  readonly traffic: TrafficResult;
  readonly checks: readonly CheckResult[];
  /** Metrics whose verdict counts, in the order of rollout.yaml's metrics. */
  readonly guardrails: readonly MetricResult[];
  readonly blockers: readonly CheckResult[];
  readonly switches: Switches;
  readonly complete: readonly DayState[];
  /** Complete days with the minimum sample: what min_days counts. */
  readonly sufficient: readonly DayState[];
  /** Sufficient days on which nothing fires. */
  readonly quiet: readonly DayState[];
  /** How many quiet days end with the report date: what consecutive_healthy_days counts. */
  readonly quietRun: QuietRun;
}

export interface QuietRun {
  readonly length: number;
  /** What ended it, going back: "2026-02-04 was not looked at". Null when the window itself begins there. */
  readonly brokenBy: string | null;
}

export type Judged = Pick<DecisionContext, "days" | "traffic" | "checks" | "mode"> & {
  readonly metrics: readonly MetricResult[];
};

export function decisionContext(input: JudgeInput, judged: Judged): DecisionContext {
  const { days, metrics, checks, traffic, mode } = judged;
  const guardrails = metrics.filter((metric) => metric.role === "guardrail");
  return {
    input,
    mode,
    days,
    traffic,
    checks,
    guardrails,
    blockers: checks.filter(blocks),
    switches: readSwitches(input.preflight),
    complete: completeDays(days),
    sufficient: sufficientDays(days),
    quiet: completeDays(days).filter((day) => whyNotQuiet(day, guardrails) === null),
    quietRun: quietRun(input, days, guardrails),
  };
}

/** What keeps the verdict from promote: a blocking check that failed, and any check that could not be made. */
function blocks(check: CheckResult): boolean {
  return check.status === "error" || (check.effect === "block" && check.status === "fail");
}

/** A guardrail that may be absent and is, does not count. */
export function affectsVerdict(metric: MetricResult): boolean {
  return metric.required || metric.unavailable === null;
}

/** Days (hours) of a guardrail that the severe rule looks at. */
export function judgedDays(metric: MetricResult, { days, input }: DecisionContext): readonly DayResult[] {
  const judged = new Set(days.filter((day) => day.judged).map((day) => day.date));
  const minimum = input.config.minSample[metric.denominator];
  return metric.days.filter((day) => judged.has(day.date) && isJudgeable(day, minimum));
}

/** The chance that a harmless rollout shows a day past a severe line by now. */
export function severeChance(context: DecisionContext): Chance {
  const { guardrails } = context;
  return chanceOfSevereDay(
    guardrails.map((metric) => ({ thresholds: metric.thresholds, days: judgedDays(metric, context) })),
  );
}

/** Complete, looked at, with the minimum sample, and nothing fires; null when it is all of that. */
function whyNotQuiet(state: DayState, guardrails: readonly MetricResult[]): string | null {
  if (!state.complete) return `${state.date} is not complete (${state.missing ?? ""})`;
  if (!state.sampled) return `${state.date} is below the minimum sample`;
  for (const metric of guardrails.filter(affectsVerdict)) {
    const day = metric.days.find((one) => one.date === state.date);
    if (day === undefined || day.classification === "no_data")
      return `${metric.title} has no data on ${state.date}`;
    if (day.fires !== null)
      return `${metric.title} ${day.fires === "warning" ? "warns" : `is past its ${day.fires} line`} on ${state.date}`;
    if (day.doubt?.kind === "person") return `a person must judge ${metric.title} on ${state.date}`;
  }
  return null;
}

/** Back from the report date until a day is not quiet, was not looked at, or lies before the window. */
function quietRun(
  input: JudgeInput,
  days: readonly DayState[],
  guardrails: readonly MetricResult[],
): QuietRun {
  if (input.phase === "first-24h") return { length: 0, brokenBy: "in the first 24 hours no day is whole" };
  const states = new Map(days.filter((day) => day.observed).map((day) => [day.date, day]));
  const missed = missedNights(input);
  let length = 0;
  for (let date: Day = input.window.reportDate; date >= input.window.from; date = addDays(date, -1)) {
    const state = states.get(date);
    if (state === undefined) return { length, brokenBy: `${date} is in no gate` };
    const reason = missed.has(date)
      ? `nobody looked on ${date}: no run is recorded`
      : whyNotQuiet(state, guardrails);
    if (reason !== null) return { length, brokenBy: reason };
    length += 1;
  }
  return { length, brokenBy: null };
}
