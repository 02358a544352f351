/** What is different about the metrics of two nights: their classes, the guardrails' numbers, their thresholds. */
import type { Change, MetricResult } from "../../model/result.ts";
import { thresholdLines } from "../../text/beside.ts";
import { changeText, lineText } from "../../text/numbers.ts";
import { classText } from "../../text/words.ts";

type Metrics = readonly MetricResult[];

/** A metric crosses a line when its class changes; under one class, when the bare reading does. */
export function metricChanges(previous: Metrics, current: Metrics): readonly Change[] {
  const change = (
    { name }: MetricResult,
    before: string | null,
    after: string | null,
    text: string,
  ): Change => ({
    kind: "metric",
    subject: name,
    before,
    after,
    text,
  });
  const seen = current.flatMap((metric) => {
    const { title, name } = metric;
    const was = previous.find((one) => one.name === name);
    const after = classOf(metric);
    if (was === undefined) return [change(metric, null, after, `${title}: new, ${after}`)];
    const before = classOf(was);
    // What a metric is for is said with its thresholds.
    if (was.role !== metric.role) return [];
    if (before !== after) return [change(metric, before, after, `${title}: ${before} → ${after}`)];
    const [read, reads] = [was.observation.reading, metric.observation.reading];
    if (read === reads || metric.role !== "guardrail") return [];
    return [
      change(metric, read, reads, `${title}: still ${after}; its raw number reads ${reads} after ${read}`),
    ];
  });
  const gone = previous.filter(({ name }) => !current.some((metric) => metric.name === name));
  return [
    ...seen,
    ...gone.map((metric) => change(metric, classOf(metric), null, `${metric.title}: no longer measured`)),
  ];
}

/** Of an informational metric only whether there is data. */
function classOf({ observation, role }: MetricResult): string {
  const { classification } = observation;
  return role === "guardrail" || classification === "no_data" ? classText(classification) : "informational";
}

/** Metrics of both nights of which something is described in other words. */
function described(previous: Metrics, current: Metrics, describe: (metric: MetricResult) => string) {
  return current.flatMap((metric) => {
    const was = previous.find(({ name }) => name === metric.name);
    if (was === undefined) return [];
    const [before, after] = [describe(was), describe(metric)];
    return before === after ? [] : [{ metric, before, after }];
  });
}

/** How far each guardrail moved: one line for all, since they move every night. */
export function numberChanges(previous: Metrics, current: Metrics): readonly Change[] {
  const moved = described(previous, current, numberText).filter(({ metric }) => metric.role === "guardrail");
  if (moved.length === 0) return [];
  const joined = (text: (one: (typeof moved)[number]) => string) =>
    moved.map((one) => `${one.metric.title} ${text(one)}`).join("; ");
  return [
    {
      kind: "numbers",
      subject: "guardrails",
      before: joined(({ before }) => before),
      after: joined(({ after }) => after),
      text: joined(({ before, after }) => `${before} → ${after}`),
    },
  ];
}

/** The change over the window, signed: "−4.1%", "0.0%"; or why there is none. */
function numberText({ observation, thresholds }: MetricResult): string {
  const { delta, unbounded } = observation;
  if (unbounded) return "from zero";
  return delta === null ? "no number" : changeText(delta, thresholdLines(thresholds));
}

export function thresholdChanges(previous: Metrics, current: Metrics): readonly Change[] {
  return described(previous, current, thresholdsText).map(({ metric: { name }, before, after }) => {
    const text = `Thresholds of ${name}: ${before} → ${after}`;
    return { kind: "threshold", subject: name, before, after, text };
  });
}

/** "guardrail, drop 3% / 5% / 10%" */
function thresholdsText({ role, required, thresholds }: MetricResult): string {
  const lines =
    thresholds === null
      ? ["no lines"]
      : [thresholds.warning, thresholds.rollback, thresholds.severe].map((line) =>
          line === null ? "none" : lineText(line),
        );
  return `${role}, ${thresholds === null ? "" : `${thresholds.harm} `}${lines.join(" / ")}${required ? "" : ", not required"}`;
}
