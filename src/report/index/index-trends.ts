/** What became of each guardrail and of the gates, night by night. Pure. */

import { daysFrom } from "../../model/calendar.ts";
import type { NightMetric, NightResult } from "../../model/result.ts";
import { signedLines } from "../../text/beside.ts";
import { changeText, intervalText, lineText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import { sparkline } from "../charts/sparkline.ts";
import { deltaText, metricBadge } from "../view/metric.ts";
import { comparisonLabel } from "../view/subject.ts";
import { type IndexNight, nightsByDate } from "./index-nights.ts";

/** The guardrails of the newest night, each over all nights. */
export function trends(nights: readonly IndexNight[], prefix: string) {
  const daily = [...nightsByDate(nights).values()];
  const newest = daily.at(-1);
  if (newest === undefined) return [];
  const guardrails = newest.result.metrics.filter((metric) => metric.role === "guardrail");
  return guardrails.map((metric) => trend(metric, daily, { prefix, result: newest.result }));
}

function trend(
  metric: NightMetric,
  nights: readonly IndexNight[],
  { prefix, result }: { readonly prefix: string; readonly result: NightResult },
) {
  const lines = signedLines(metric.thresholds);
  const at = lines.map((entry) => entry.at);
  const byDate = new Map(nights.map((night) => [night.date, night]));
  const days = daysFrom(nights[0]?.date ?? "", nights.at(-1)?.date ?? "");
  const deltas = days.map((date) => deltaOf(byDate.get(date), metric.name));
  const known = deltas.filter((value) => value !== null);
  const range = rangeText(known, at);
  return {
    title: metric.title,
    badge: metricBadge(metric, metric.observation),
    delta: deltaText(metric.observation, at),
    interval: intervalText(metric.observation.interval, at),
    comparison: comparisonLabel(result),
    range,
    /** Inline SVG; empty when no night has a number. */
    sparkline: sparkline(deltas, {
      id: `${prefix}-${metric.name.replace(/[^\w-]/g, "_")}`,
      title: `${metric.title}, change over the window as of each night: ${range}`,
      zero: 0,
      limit: lines.find((entry) => entry.level === "rollback")?.at,
      marks: gateChanges(days.map((date) => byDate.get(date)?.result.rollout.gate ?? null)),
      width: 260,
      height: 44,
    }),
  };
}

/** "34 nights, lowest −7.4%, highest +0.9%" */
function rangeText(known: readonly number[], at: readonly number[]): string {
  if (known.length === 0) return "no night has a number";
  if (known.length === 1) return "1 night";
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return `${plural(known.length, "night")}, lowest ${changeText(low, at)}, highest ${changeText(high, at)}`;
}

function deltaOf(night: IndexNight | undefined, name: string): number | null {
  return night?.result.metrics.find((metric) => metric.name === name)?.observation.delta ?? null;
}

/** Places at which the gate is another than at the last night before. */
function gateChanges(gates: readonly (string | null)[]): readonly number[] {
  let last: string | null = null;
  return gates.flatMap((gate, index) => {
    if (gate === null) return [];
    const isChange = last !== null && gate !== last;
    last = gate;
    return isChange ? [index - 0.5] : [];
  });
}

/** Rows of nights in the same gate, oldest first. */
export function gateSpans(nights: readonly IndexNight[]) {
  const runs: IndexNight[][] = [];
  for (const night of nightsByDate(nights).values()) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]?.result.rollout.gate === night.result.rollout.gate) run.push(night);
    else runs.push([night]);
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { gate, exposure } = first.result.rollout;
    const dates = run.length === 1 ? first.date : `${first.date} to ${last.date}`;
    return [{ gate, exposure: lineText(exposure), dates, summary: summary(run) }];
  });
}

/** "9 nights: 8 HOLD, 1 PROMOTE" */
function summary(run: readonly IndexNight[]): string {
  const words = run.map((night) => night.result.decision.action.toUpperCase());
  const counts = [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`);
  return `${plural(run.length, "night")}: ${counts.join(", ")}`;
}
