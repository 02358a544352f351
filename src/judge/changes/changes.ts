/**
 * What changed since last night: the verdict, metrics that crossed a line, their numbers, checks that turned, moved
 * thresholds, other settings, edited SQL, restated days, files that vanished. In: two results. Out: lines, the most
 * important first.
 */

import type { Change, CheckResult, MetricResult, Result } from "../../model/result.ts";
import { countText } from "../../text/numbers.ts";
import { slotText } from "../../text/times.ts";
import { listText } from "../../text/words.ts";
import { numberChanges } from "./number-changes.ts";
import { settingChanges, thresholdChanges } from "./setting-changes.ts";

/** Null, a first night, has nothing to compare with: no line. */
export function changesSince(previous: Result | null, current: Result): readonly Change[] {
  if (previous === null) return [];
  // A night before the gate's first day has no numbers: that they went, and that they come, is no change.
  const awaits = previous.window.opensOn !== null || current.window.opensOn !== null;
  return [
    ...verdictChange(previous, current),
    ...(awaits ? [] : metricChanges(previous.metrics, current.metrics)),
    ...(awaits ? [] : numberChanges(previous.metrics, current.metrics)),
    ...checkChanges(previous.checks, current.checks).filter(
      ({ before, after }) => !awaits || (before !== "not_checked" && after !== "not_checked"),
    ),
    ...thresholdChanges(previous.metrics, current.metrics),
    ...settingChanges(previous, current),
    ...queryChanges(previous, current),
    ...restatedDays(previous, current),
    ...loadChanges(previous, current),
  ];
}

function change(kind: Change["kind"], subject: string, part: Omit<Change, "kind" | "subject">): Change {
  return { kind, subject, ...part };
}

function verdictChange(previous: Result, current: Result): readonly Change[] {
  const told = ({ decision }: Result) => `${decision.action} (${decision.rule})`;
  const [before, after] = [told(previous), told(current)];
  return before === after
    ? []
    : [change("verdict", "verdict", { before, after, text: `Verdict: ${before} → ${after}` })];
}

/** A metric crosses a line when its class changes; under one class, when the bare reading does. */
function metricChanges(
  previous: readonly MetricResult[],
  current: readonly MetricResult[],
): readonly Change[] {
  const earlier = new Map(previous.map((metric) => [metric.name, metric]));
  const seen = current.flatMap((metric) => {
    const was = earlier.get(metric.name);
    if (was === undefined) {
      return [
        change("metric", metric.name, {
          before: null,
          after: classOf(metric),
          text: `${metric.title}: new, ${classOf(metric)}`,
        }),
      ];
    }
    const [before, after] = [classOf(was), classOf(metric)];
    if (before !== after)
      return [
        change("metric", metric.name, { before, after, text: `${metric.title}: ${before} → ${after}` }),
      ];
    const [read, reads] = [was.observation.reading, metric.observation.reading];
    if (read === reads) return [];
    const text = `${metric.title}: still ${after}, but reads ${reads} after ${read}`;
    return [change("metric", metric.name, { before: read, after: reads, text })];
  });
  const names = new Set(current.map((metric) => metric.name));
  const gone = previous.filter((metric) => !names.has(metric.name));
  return [
    ...seen,
    ...gone.map((metric) =>
      change("metric", metric.name, {
        before: classOf(metric),
        after: null,
        text: `${metric.title}: no longer measured`,
      }),
    ),
  ];
}

function classOf(metric: MetricResult): string {
  return metric.observation.classification.replace("_", " ");
}

function checkChanges(previous: readonly CheckResult[], current: readonly CheckResult[]): readonly Change[] {
  const earlier = new Map(previous.map((check) => [check.name, check.status]));
  const turned = current.flatMap(({ name, status, title, detail }) => {
    const before = earlier.get(name) ?? null;
    if (before === status || (before === null && (status === "pass" || status === "not_checked"))) return [];
    return [
      change("check", name, {
        before,
        after: status,
        text: `${title}: ${statusWord(before ?? "new")} → ${statusWord(status)}${detail === "" ? "" : ` (${detail})`}`,
      }),
    ];
  });
  const names = new Set(current.map(({ name }) => name));
  const gone = previous.filter(({ name, path }) => path !== null && !names.has(name));
  return [
    ...turned,
    ...gone.map(({ name, title, status }) =>
      change("check", name, { before: status, after: null, text: `${title}: no longer checked` }),
    ),
  ];
}

/** "not_checked" → "not checked", as the report says it. */
function statusWord(status: string): string {
  return status.replace("_", " ");
}

function queryChanges(previous: Result, current: Result): readonly Change[] {
  const [before, after] = [previous.provenance.queries, current.provenance.queries];
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [before[path]?.sha256.slice(0, 8) ?? null, after[path]?.sha256.slice(0, 8) ?? null];
    if (before[path]?.sha256 === after[path]?.sha256) return [];
    const what = was === null ? "is new" : is === null ? "is gone" : "was edited";
    return [change("query", path, { before: was, after: is, text: `${path} ${what}` })];
  });
}

/** Days that an earlier night had judged, and that have other counts tonight. */
function restatedDays(previous: Result, current: Result): readonly Change[] {
  const earlier = new Map(previous.traffic.days.filter((day) => day.complete).map((day) => [day.date, day]));
  return current.traffic.days.flatMap((day) => {
    const was = earlier.get(day.date);
    if (was === undefined) return [];
    const counts = [
      ["events", was.events, day.events],
      ["baseline impressions", was.baselineImpressions, day.baselineImpressions],
      ["candidate impressions", was.candidateImpressions, day.candidateImpressions],
      ["baseline clicks", was.baselineClicks, day.baselineClicks],
      ["candidate clicks", was.candidateClicks, day.candidateClicks],
    ] as const;
    const moved = counts.filter(([, before, after]) => before !== after);
    const first = moved[0];
    if (first === undefined) return [];
    const named = moved.map(
      ([what, before, after]) => `${countText(after)} ${what} after ${countText(before)}`,
    );
    return [
      change("restated", day.date, {
        before: `${countText(first[1])} ${first[0]}`,
        after: `${countText(first[2])} ${first[0]}`,
        text: `${slotText(day.date)} restated: ${listText(named)}`,
      }),
    ];
  });
}

function loadChanges(previous: Result, current: Result): readonly Change[] {
  const earlier = new Map(previous.loads.map((load) => [`${load.source} ${load.file}`, load.status]));
  return current.loads.flatMap(({ source, file, status }) => {
    const before = earlier.get(`${source} ${file}`) ?? null;
    if (status === "loaded" || status === before) return [];
    return [change("load", file, { before, after: status, text: `${file} is ${status}` })];
  });
}
