/** What changed since last night. In: two results. Out: lines, the most important first. */
import type { Change, CheckResult, Result } from "../../model/result.ts";
import { countText, lineText } from "../../text/numbers.ts";
import { slotText } from "../../text/times.ts";
import { listText } from "../../text/words.ts";
import { metricChanges, numberChanges, thresholdChanges } from "./metric-changes.ts";

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
  const [before = "", after = ""] = [previous, current].map(
    ({ decision }) => `${decision.action} (${decision.rule})`,
  );
  return before === after
    ? []
    : [change("verdict", "verdict", { before, after, text: `Verdict: ${before} → ${after}` })];
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
  const gone = previous.filter(
    ({ name, path }) => path !== null && !current.some((check) => check.name === name),
  );
  return [
    ...turned,
    ...gone.map(({ name, title, status }) =>
      change("check", name, { before: status, after: null, text: `${title}: no longer checked` }),
    ),
  ];
}

/** "not_checked" → "not checked" */
function statusWord(status: string): string {
  return status.replace("_", " ");
}

/** The gate, the judge, anything else in rollout.yaml. */
function settingChanges(previous: Result, current: Result): readonly Change[] {
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
