/** Preflight, checklist, changes since the last run, decision trace and provenance: short tables around the numbers. */

import type { LedgerNight } from "../../model/ledger.ts";
import type { StageTime } from "../../model/profile.ts";
import type { ChecklistItem, PreflightLine, Provenance, Result } from "../../model/result.ts";
import { countText } from "../../text/numbers.ts";
import { ageText, durationText, instantText, weekdayText } from "../../text/times.ts";
import { plural, shortHash } from "../../text/words.ts";
import { type Badge, statusBadge } from "./badge.ts";
import { isSettled, statusSummary } from "./health.ts";
import type { Fact } from "./metric-facts.ts";
import { ruleText } from "./verdict.ts";

export interface PreflightView {
  readonly summary: string;
  /** All of them, and the same cut in two: what is not as expected, and the rest. */
  readonly lines: readonly PreflightLineView[];
  readonly open: readonly PreflightLineView[];
  readonly settled: readonly PreflightLineView[];
  readonly settledTitle: string;
}

export interface PreflightLineView {
  readonly key: string;
  readonly expected: string;
  readonly actual: string;
  readonly source: string;
  readonly age: string;
  readonly badge: Badge;
  /** What is wrong; null on a line that passes. */
  readonly note: string | null;
}

export function preflightView(lines: readonly PreflightLine[]): PreflightView {
  const settled = lines.filter(({ status }) => isSettled(status));
  return {
    summary: lines.length === 0 ? "not configured" : statusSummary(lines.map(({ status }) => status)),
    lines: lines.map(preflightLine),
    open: lines.filter(({ status }) => !isSettled(status)).map(preflightLine),
    settled: settled.map(preflightLine),
    settledTitle: statusSummary(settled.map(({ status }) => status)),
  };
}

function preflightLine(line: PreflightLine): PreflightLineView {
  return {
    key: line.key,
    expected: line.expected === "" ? "(empty)" : line.expected,
    actual: line.actual === null ? "(not set)" : line.actual === "" ? "(empty)" : line.actual,
    source: line.source ?? "–",
    age: line.ageHours === null ? "–" : ageText(line.ageHours),
    badge: statusBadge(line.status),
    note: line.status === "pass" ? null : line.detail,
  };
}

export interface ChecklistView {
  readonly title: string;
  readonly summary: string;
  readonly items: readonly ChecklistItemView[];
}

export interface ChecklistItemView {
  readonly text: string;
  readonly isDone: boolean;
  /** "done" or "open" */
  readonly state: string;
  readonly evidence: string;
}

export function checklistView({ phase, checklist }: Result): ChecklistView {
  const done = checklist.filter((item) => item.done).length;
  return {
    title: phase === "first-24h" ? "First 24 hours checklist" : "Daily operator checklist",
    summary: checklist.length === 0 ? "empty" : `${countText(done)} of ${countText(checklist.length)} done`,
    items: checklist.map(checklistItem),
  };
}

function checklistItem({ text, done, evidence }: ChecklistItem): ChecklistItemView {
  return { text, isDone: done, state: done ? "done" : "open", evidence };
}

export interface ChangesView {
  /** "Since last night", "Since the last run" */
  readonly title: string;
  /** Which night that was: "Compared with Fri 2026-02-06", or null where it is not known. */
  readonly since: string | null;
  /** What is said when there is none. */
  readonly nothing: string;
  readonly summary: string;
  readonly items: readonly ChangeView[];
}

export interface ChangeView {
  readonly kind: string;
  readonly text: string;
}

export function changesView(result: Pick<Result, "changes" | "phase" | "ledger">): ChangesView {
  const { changes, phase, ledger } = result;
  const last = phase === "daily" ? "last night" : "the last run";
  const earlier = phase === "daily" ? "night" : "run";
  const before = ledger.nights.findLast((night) => night.phase === phase);
  const isFirst = changes.length === 0 && before === undefined;
  return {
    title: `Since ${last}`,
    since: before === undefined ? null : `Compared with ${nightText(before)}`,
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

export interface TraceView {
  readonly number: string;
  readonly rule: string;
  readonly meaning: string;
  /** "decides", "also matches" or "no" */
  readonly outcome: string;
  readonly decides: boolean;
  readonly because: string;
}

/** The first rule that matches decides; a later match is shown as such. */
export function traceView({
  decision: { trace },
  phase,
}: Pick<Result, "decision" | "phase">): readonly TraceView[] {
  const first = trace.findIndex((entry) => entry.matched);
  return trace.map(({ rule, matched, because }, index) => ({
    number: String(index + 1),
    rule,
    meaning: ruleText(rule, phase),
    outcome: index === first ? "decides" : matched ? "also matches" : "no",
    decides: index === first,
    because,
  }));
}

export interface ProvenanceView {
  readonly facts: readonly Fact[];
  readonly queries: readonly { readonly kind: string; readonly path: string; readonly hash: string }[];
  readonly config: string;
  /** Stage by stage, and below each its slowest statements; null when the run was not profiled. */
  readonly profile: readonly ProfileRow[] | null;
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

export function provenanceView({ tool, window, provenance }: Result): ProvenanceView {
  return {
    facts: provenanceFacts(`${tool.name} ${tool.version}`, provenance, window.asOf),
    queries: Object.entries(provenance.queries)
      .map(([path, { kind, sha256 }]) => ({ kind, path, hash: shortHash(sha256) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    config: provenance.configText,
    profile: profileRows(provenance.stages),
  };
}

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

function provenanceFacts(tool: string, provenance: Provenance, asOf: string): readonly Fact[] {
  const { git, stages, durationMs } = provenance;
  const commit =
    git === null
      ? "not a git repository"
      : `${git.commit.slice(0, 12)}${git.dirty ? ", with uncommitted changes" : ""}`;
  const parts = stages.map((stage) => `${stage.name} ${durationText(stage.durationMs)}`);
  return [
    { label: "Tool", value: tool },
    { label: "DuckDB", value: provenance.duckdb },
    { label: "Node", value: provenance.node },
    { label: "Git", value: commit },
    { label: "rollout.yaml", value: `sha256 ${shortHash(provenance.configSha256)}` },
    { label: "Judged as of", value: instantText(asOf) },
    { label: "Generated", value: instantText(provenance.generatedAt) },
    { label: "Took", value: [durationText(durationMs), ...parts].join(" · ") },
  ];
}
