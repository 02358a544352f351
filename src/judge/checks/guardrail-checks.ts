/**
 * Was every guardrail measured, also tonight? One that is configured and not measured must not pass silently; one whose rows stop while
 * the traffic goes on would stay healthy by its first days.
 */
import { finding } from "../../model/check-result.ts";
import type { Guardrail } from "../../model/config.ts";
import type { CheckResult, MetricResult } from "../../model/result.ts";
import { plural } from "../../text/words.ts";
import { affectsVerdict, type Judged } from "../decision/decision-context.ts";
import type { JudgeInput } from "../input.ts";
import { linesFor, roomToRise, unreachableLine } from "../metric/criteria.ts";
import { noRoomText } from "../metric/explanation.ts";
import { daysText } from "../window/days.ts";
import { queryLine } from "./inspect.ts";

type MeasuredGuardrails = Pick<Judged, "metrics" | "days">;

export function guardrailsCheck(input: JudgeInput, measured: MeasuredGuardrails): CheckResult {
  const describe = finding("guardrails_measured", "Every guardrail was measured");
  const { thresholds } = input.config;
  const configured = [...thresholds.values()].filter((guardrail) => guardrail.role === "guardrail");
  if (configured.length === 0)
    return describe("error", "rollout.yaml names no guardrail, so nothing can prove health");
  const missing = configured.flatMap((guardrail) => withoutData(guardrail, measured.metrics));
  const gaps = configured.flatMap((guardrail) => missingDays(guardrail, input, measured));
  const stale = gaps.filter((gap) => gap.blocks);
  const faults = [...missing, ...stale.map((gap) => gap.text)];
  const expected = configured.length;
  if (faults.length > 0)
    return describe("fail", faults.join("; "), { observed: expected - faults.length, expected });
  const options = { observed: expected, expected };
  if (gaps.length > 0) return describe("warn", gaps.map((gap) => gap.text).join("; "), options);
  return describe("pass", `${plural(configured.length, "guardrail")}, none without data`, options);
}

function withoutData(guardrail: Guardrail, metrics: readonly MetricResult[]): readonly string[] {
  const result = metrics.find((metric) => metric.name === guardrail.metric);
  if (result === undefined) return [`rollout.yaml names ${guardrail.metric} and nothing measured it`];
  if (!guardrail.required && result.unavailable !== null) return [];
  return result.observation.classification === "no_data"
    ? [result.observation.because.replace(/\.$/, "")]
    : [];
}

interface MissingDays {
  readonly text: string;
  /** Nothing was measured tonight, or on too few days for the gate. An earlier gap is only named. */
  readonly blocks: boolean;
}

/** Days with enough traffic in both variants of which a guardrail has no number. */
function missingDays(
  { metric: name }: Guardrail,
  input: JudgeInput,
  { metrics, days }: MeasuredGuardrails,
): readonly MissingDays[] {
  const result = metrics.find((metric) => metric.name === name);
  if (result === undefined || !affectsVerdict(result) || result.observation.classification === "no_data")
    return [];
  if (input.phase === "first-24h" || input.comparison === "before-after") return [];
  const measured = new Set(
    result.days.filter((day) => day.classification !== "no_data").map((day) => day.date),
  );
  const sampled = days.filter((day) => day.judged && day.sampled);
  const gap = sampled.filter((day) => !measured.has(day.date));
  if (gap.length === 0) return [];
  const isTonight = gap.some((day) => day.date === input.window.reportDate);
  const isTooFew = sampled.length - gap.length < input.config.activeGate.minDays;
  return [{ text: `${name} has no data on ${daysText(gap)}`, blocks: isTonight || isTooFew }];
}

/** Lines of a rise that a share has no room for never fire, so that they guard nothing. */
export function reachChecks({ config, comparison }: JudgeInput, metrics: readonly MetricResult[]) {
  const texts = metrics.filter(affectsVerdict).flatMap((metric) => {
    const { baseline } = metric.observation;
    const lines = linesFor(config.thresholds.get(metric.name), comparison);
    const line = unreachableLine(lines, roomToRise(baseline.value, metric.unit));
    if (metric.role !== "guardrail" || line === null || baseline.value === null) return [];
    return [`${metric.name} ${noRoomText(line, baseline.value)}; guard its complement with a drop line`];
  });
  if (texts.length === 0) return [];
  const describe = finding("lines_within_reach", "Every line of a rise can be reached");
  return [describe("warn", texts.join("; "), { effect: "warn", observed: texts.length, expected: 0 })];
}

/** One failing file, an informational one too, keeps the verdict from promote. */
export function queriesCheck(metrics: readonly MetricResult[]): CheckResult {
  const describe = finding("metric_queries", "Every metric file ran");
  const failed = metrics.filter((metric) => metric.error !== null);
  if (failed.length === 0) return describe("pass", `${plural(metrics.length, "file")} ran`);
  const named = failed.map((metric) => `${metric.path}: ${metric.error?.message ?? ""}`);
  const [first] = failed;
  const inspect = first === undefined ? null : queryLine(first.path);
  return { ...describe("error", named.join("; "), { observed: failed.length, expected: 0 }), inspect };
}
