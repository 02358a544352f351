/** Preflight, checklist, changes since the last run, decision trace and provenance: short tables around the numbers. */

import type { LedgerNight } from "../../model/ledger.ts";
import type { StageTime } from "../../model/profile.ts";
import type { ChecklistItem, PreflightLine, Provenance, Result } from "../../model/result.ts";
import { countText } from "../../text/numbers.ts";
import { ageText, durationText, instantText, weekdayText } from "../../text/times.ts";
import { plural, shortHash } from "../../text/words.ts";
import { statusBadge } from "./badge.ts";
import { openAndSettled, statusSummary } from "./health.ts";
import type { Fact } from "./metric-facts.ts";
import { ruleText } from "./verdict.ts";

/** All lines, and the same cut in two: what is not as expected, and the rest. */
export function preflightView(lines: readonly PreflightLine[]) {
  return {
    summary: lines.length === 0 ? "not configured" : statusSummary(lines),
    lines: lines.map(preflightLine),
    ...openAndSettled(lines, preflightLine),
  };
}

function preflightLine(line: PreflightLine) {
  return {
    key: line.key,
    expected: line.expected === "" ? "(empty)" : line.expected,
    actual: line.actual === null ? "(not set)" : line.actual === "" ? "(empty)" : line.actual,
    source: line.source ?? "–",
    age: line.ageHours === null ? "–" : ageText(line.ageHours),
    badge: statusBadge(line.status),
    /** What is wrong; null on a line that passes. */
    note: line.status === "pass" ? null : line.detail,
  };
}

export function checklistView({ phase, checklist }: Result) {
  const done = checklist.filter((item) => item.done).length;
  return {
    title: phase === "first-24h" ? "First 24 hours checklist" : "Daily operator checklist",
    summary: checklist.length === 0 ? "empty" : `${countText(done)} of ${countText(checklist.length)} done`,
    items: checklist.map(checklistItem),
  };
}

function checklistItem({ text, done, evidence }: ChecklistItem) {
  return { text, isDone: done, state: done ? "done" : "open", evidence };
}

export function changesView({ changes, phase, ledger }: Pick<Result, "changes" | "phase" | "ledger">) {
  const last = phase === "daily" ? "last night" : "the last run";
  const earlier = phase === "daily" ? "night" : "run";
  const before = ledger.nights.findLast((night) => night.phase === phase);
  const isFirst = changes.length === 0 && before === undefined;
  return {
    title: `Since ${last}`,
    /** Which night that was: "Compared with Fri 2026-02-06", or null where it is not known. */
    since: before === undefined ? null : `Compared with ${nightText(before)}`,
    /** Shown where nothing changed. */
    nothing: isFirst
      ? `This is the first ${earlier}: there is no earlier one to compare with.`
      : `Nothing changed since ${last}.`,
    summary: isFirst
      ? `first ${earlier}`
      : changes.length === 0
        ? "nothing"
        : plural(changes.length, "change"),
    items: changes.map(({ kind, text }) => ({ kind, text })),
  };
}

function nightText({ phase, date, asOf }: LedgerNight): string {
  return phase === "daily" ? weekdayText(date) : instantText(asOf);
}

/** The first rule that matches decides; a later match is shown as such. */
export function traceView({ decision: { trace }, phase }: Pick<Result, "decision" | "phase">) {
  const first = trace.findIndex((entry) => entry.matched);
  return trace.map(({ rule, matched, because }, index) => ({
    number: String(index + 1),
    rule,
    meaning: ruleText(rule, phase),
    /** "decides", "also matches" or "no" */
    outcome: index === first ? "decides" : matched ? "also matches" : "no",
    decides: index === first,
    because,
  }));
}

export interface ProfileRow {
  /** A statement is listed below its stage. */
  readonly isStage: boolean;
  readonly what: string;
  readonly took: string;
  readonly cpu: string;
  /** The slowest steps of the plan: "hash_group_by 1.2 s, seq_scan 0.3 s". */
  readonly steps: string;
}

export function provenanceView({ tool, window, provenance }: Result) {
  return {
    facts: provenanceFacts(`${tool.name} ${tool.version}`, provenance, window),
    queries: Object.entries(provenance.queries)
      .map(([path, { kind, sha256 }]) => ({ kind, path, hash: shortHash(sha256) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    config: provenance.configText,
    profile: profileRows(provenance.stages),
  };
}

/** Stage by stage, and below each its slowest statements; null when the run was not profiled. */
function profileRows(stages: readonly StageTime[]): readonly ProfileRow[] | null {
  if (stages.every(({ statements }) => statements === undefined)) return null;
  return stages.flatMap(({ name, durationMs, cpuMs, statements = [] }) => [
    { isStage: true, what: name, ...times(durationMs, cpuMs ?? null), steps: "" },
    ...statements.map((statement) => ({
      isStage: false,
      what: statement.times === undefined ? statement.what : `${statement.times} × ${statement.what}`,
      ...times(statement.durationMs, statement.cpuMs),
      steps: statement.operators
        .filter(({ durationMs: took }) => took >= 1)
        .map((step) => `${step.name.toLowerCase()} ${durationText(step.durationMs)}`)
        .join(", "),
    })),
  ]);
}

function times(durationMs: number, cpuMs: number | null): Pick<ProfileRow, "took" | "cpu"> {
  return {
    took: durationText(durationMs),
    cpu: cpuMs === null ? "–" : durationText(cpuMs),
  };
}

/** Of what came back the bytes as the cluster sent them. */
function clusterFacts(engine: Provenance["engine"]): readonly Fact[] {
  if (engine === null) return [];
  const { name, version, statements, rows, bytes, scannedRows, splits } = engine;
  const workers = splits.map(({ worker, splits: count }) => `${worker} ${countText(count)}`).join(", ");
  return [
    { label: name, value: version },
    {
      label: "Asked of it",
      value: `${countText(statements)} statements over ${countText(scannedRows)} rows; ${countText(rows)} rows came back (${countText(Math.ceil(bytes / 1000))} kB)`,
    },
    ...(workers === "" ? [] : [{ label: "Splits by worker", value: workers }]),
  ];
}

function provenanceFacts(tool: string, provenance: Provenance, window: Result["window"]): readonly Fact[] {
  const { asOf, preFrom, preTo } = window;
  const { git, stages, durationMs } = provenance;
  const commit =
    git === null
      ? "not a git repository"
      : `${git.commit.slice(0, 12)}${git.dirty ? ", with uncommitted changes" : ""}`;
  const parts = stages.map((stage) => `${stage.name} ${durationText(stage.durationMs)}`);
  return [
    { label: "Tool", value: tool },
    { label: "DuckDB", value: provenance.duckdb },
    ...clusterFacts(provenance.engine),
    { label: "Node", value: provenance.node },
    { label: "Git", value: commit },
    { label: "rollout.yaml", value: `sha256 ${shortHash(provenance.configSha256)}` },
    { label: "Judged as of", value: instantText(asOf) },
    ...(preFrom === null || preTo === null
      ? []
      : [{ label: "Days before the rollout", value: `${preFrom} to ${preTo}` }]),
    { label: "Generated", value: instantText(provenance.generatedAt) },
    { label: "Took", value: [durationText(durationMs), ...parts].join(" · ") },
  ];
}
