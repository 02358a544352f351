/** What approvers moved between two nights: thresholds, the gate, the judge, anything else in rollout.yaml. */

import type { Change, MetricResult, MetricThresholds, Result } from "../../model/result.ts";
import { lineText } from "../../text/numbers.ts";

export function thresholdChanges(
  previous: readonly MetricResult[],
  current: readonly MetricResult[],
): readonly Change[] {
  const earlier = new Map(previous.map((metric) => [metric.name, metric]));
  return current.flatMap((metric) => {
    const was = earlier.get(metric.name);
    if (was === undefined) return [];
    const [before, after] = [described(was), described(metric)];
    if (before === after) return [];
    const text = `Thresholds of ${metric.name}: ${before} → ${after}`;
    return [{ kind: "threshold" as const, subject: metric.name, before, after, text }];
  });
}

/** "guardrail, drop 3% / 5% / 10%" */
function described({ role, required, thresholds }: MetricResult): string {
  const lines = thresholds === null ? "no lines" : `${thresholds.harm} ${linesText(thresholds)}`;
  return `${role}, ${lines}${required ? "" : ", not required"}`;
}

function linesText({ warning, rollback, severe }: MetricThresholds): string {
  return [warning, rollback, severe].map((line) => (line === null ? "none" : lineText(line))).join(" / ");
}

export function settingChanges(previous: Result, current: Result): readonly Change[] {
  const named = settings(previous).flatMap(([subject, before], at) => {
    const after = settings(current)[at]?.[1] ?? "";
    if (before === after) return [];
    return [{ kind: "config" as const, subject, before, after, text: `${subject}: ${before} → ${after}` }];
  });
  const edited = previous.provenance.configSha256 !== current.provenance.configSha256;
  const thresholds = thresholdChanges(previous.metrics, current.metrics);
  if (!edited || named.length > 0 || thresholds.length > 0) return named;
  const [before, after] = [previous, current].map(({ provenance }) => provenance.configSha256.slice(0, 8));
  const text = "rollout.yaml was edited (nothing that is listed here)";
  return [{ kind: "config", subject: "rollout.yaml", before: before ?? null, after: after ?? null, text }];
}

function settings({ rollout, window }: Result): readonly (readonly [string, string])[] {
  const active = rollout.gates.find((gate) => gate.active);
  const wants = (gate: Result["rollout"]["gates"][number]) =>
    `${gate.name} ${lineText(gate.exposure)}, at least ${gate.minDays} days, ${gate.consecutiveHealthyDays} quiet in a row, at most ${gate.maxDays ?? "any"}`;
  return [
    ["Gate", `${rollout.gate} since ${active?.started ?? "no day"}`],
    ["Gates", rollout.gates.map(wants).join("; ")],
    ["Judge", rollout.judge],
    ["Comparison", rollout.comparison],
    ["Algorithms", `${rollout.candidate} against ${rollout.baseline}`],
    ["Observation window", `from ${window.from}`],
  ];
}
