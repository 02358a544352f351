/** How far each guardrail moved between two nights: one line for all, since they move every night. */

import type { Change, MetricResult } from "../../model/result.ts";
import { thresholdLines } from "../../text/beside.ts";
import { changeText } from "../../text/numbers.ts";

export function numberChanges(
  previous: readonly MetricResult[],
  current: readonly MetricResult[],
): readonly Change[] {
  const earlier = new Map(previous.map((metric) => [metric.name, metric]));
  const moved = current.flatMap((metric) => {
    const was = earlier.get(metric.name);
    if (was === undefined || metric.role !== "guardrail") return [];
    const [before, after] = [told(was), told(metric)];
    return before === after ? [] : [{ title: metric.title, before, after }];
  });
  if (moved.length === 0) return [];
  const joined = (pick: (one: (typeof moved)[number]) => string) => moved.map(pick).join("; ");
  return [
    {
      kind: "numbers",
      subject: "guardrails",
      before: joined(({ title, before }) => `${title} ${before}`),
      after: joined(({ title, after }) => `${title} ${after}`),
      text: joined(({ title, before, after }) => `${title} ${before} → ${after}`),
    },
  ];
}

/** The change over the window, signed: "−4.1%", "0.0%"; or why there is none. */
function told({ observation, thresholds }: MetricResult): string {
  const { delta, unbounded } = observation;
  if (unbounded) return "from zero";
  if (delta === null) return "no number";
  return changeText(delta, thresholdLines(thresholds));
}
