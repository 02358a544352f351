/**
 * Result in, View out: every word and number of the report as text, once, for every format. Pure: no clock, no files,
 * no markup. Templates only test and loop over it; templates/README.md documents it.
 */

import { wallClockAt } from "../../model/calendar.ts";
import type { Result } from "../../model/result.ts";
import { instantText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { type CellView, cellView } from "./cell.ts";
import { type ContentsEntry, contents } from "./contents.ts";
import { type DaysView, daysView } from "./days.ts";
import {
  type ChangesView,
  type ChecklistView,
  changesView,
  checklistView,
  type PreflightView,
  type ProvenanceView,
  preflightView,
  provenanceView,
  type TraceView,
  traceView,
} from "./evidence.ts";
import { type HealthView, healthView } from "./health.ts";
import { type MetricView, metricView } from "./metric.ts";
import { type NextView, nextView } from "./next.ts";
import { type SubjectView, subjectView } from "./subject.ts";
import { visibleView } from "./text.ts";
import { type VerdictView, verdictView } from "./verdict.ts";

export interface View {
  /** "HOLD · clip-cosine-v2 at g10 · 2026-02-07", or "… · first 24 hours to 2026-02-01 12:20": the page's title and every printed page's head. */
  readonly title: string;
  readonly tool: string;
  readonly generatedAt: string;
  readonly subject: SubjectView;
  readonly verdict: VerdictView;
  readonly next: NextView;
  readonly changes: ChangesView;
  readonly guardrails: readonly MetricView[];
  /** "5 healthy" */
  readonly guardrailSummary: string;
  readonly informational: readonly MetricView[];
  readonly days: DaysView;
  readonly health: HealthView;
  readonly preflight: PreflightView;
  readonly checklist: ChecklistView;
  readonly cells: readonly CellView[];
  readonly cellSummary: string;
  readonly trace: readonly TraceView[];
  readonly provenance: ProvenanceView;
  readonly contents: readonly ContentsEntry[];
  /** Inline SVG, filled in by `attachCharts`. */
  readonly gateTimeline: string | null;
  /** Charts of gatebook's own that could not be drawn, one sentence each. */
  readonly chartErrors: readonly string[];
}

export function buildView(result: Result): View {
  const verdict = verdictView(result);
  const subject = subjectView(result);
  const metrics = result.metrics.map((metric) => metricView(metric, result));
  const guardrails = worstFirst(metrics.filter((metric) => metric.isGuardrail));
  const cells = result.cells.map(cellView);
  const parts = {
    title: `${verdict.word} · ${subject.candidate} at ${subject.gate} · ${titleTime(result)}`,
    tool: `${result.tool.name} ${result.tool.version}`,
    generatedAt: instantText(result.provenance.generatedAt),
    subject,
    verdict,
    next: nextView(result),
    changes: changesView(result),
    guardrails,
    guardrailSummary: wordSummary(guardrails),
    informational: metrics.filter((metric) => !metric.isGuardrail),
    days: daysView(result),
    health: healthView(result),
    preflight: preflightView(result.preflight),
    checklist: checklistView(result),
    cells,
    cellSummary: cellSummary(cells),
    trace: traceView(result),
    provenance: provenanceView(result),
    gateTimeline: null,
    chartErrors: [],
  };
  return visibleView({ ...parts, contents: contents(parts) });
}

/** "2026-02-07", "first 24 hours to 2026-02-01 12:20" */
function titleTime({ phase, window }: Result): string {
  if (phase === "daily") return window.reportDate;
  const clock = wallClockAt(new Date(window.asOf), window.timeZone);
  return `first 24 hours to ${clock.slice(0, 16).replace("T", " ")}`;
}

const order: readonly string[] = [
  "rollback",
  "error",
  "warning",
  "no data",
  "not available",
  "insufficient",
  "healthy",
];

/** On a bad night the culprit leads; otherwise as in rollout.yaml. */
function worstFirst(guardrails: readonly MetricView[]): readonly MetricView[] {
  const rank = (metric: MetricView) => order.indexOf(metric.classification.word);
  return [...guardrails].sort((a, b) => rank(a) - rank(b));
}

/** "1 rollback, 4 healthy", worst first. */
function wordSummary(guardrails: readonly MetricView[]): string {
  const words = guardrails.map((metric) => metric.classification.word);
  const counted = order
    .map((word) => ({ word, many: words.filter((entry) => entry === word).length }))
    .filter(({ many }) => many > 0);
  return counted.length === 0
    ? "none configured"
    : counted.map(({ word, many }) => `${many} ${word}`).join(", ");
}

function cellSummary(cells: readonly CellView[]): string {
  const failed = cells.filter((cell) => cell.error !== null).length;
  return plural(cells.length, "cell") + (failed === 0 ? "" : `, ${failed} failed`);
}
