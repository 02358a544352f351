/**
 * Result in, View out: every word and number of the report as text, once, for every format. Pure: no clock, no files,
 * no markup. Templates only test and loop over it; templates/README.md documents it.
 */

import { wallClockAt } from "../../model/calendar.ts";
import type { Result } from "../../model/result.ts";
import { glossary } from "../../text/glossary.ts";
import { instantText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { wordSummary } from "./badge.ts";
import { type CellView, cellView } from "./cell.ts";
import { type ContentsEntry, contents } from "./contents.ts";
import { daysView } from "./days.ts";
import { calibrationText, errorRatesText } from "./error-rates.ts";
import { changesView, checklistView, preflightView, provenanceView, traceView } from "./evidence.ts";
import { healthView } from "./health.ts";
import { type MetricView, metricView } from "./metric.ts";
import { nextView } from "./next.ts";
import { subjectView } from "./subject.ts";
import { type Made, visibleView } from "./text.ts";
import { verdictView } from "./verdict.ts";

export interface View extends Made<typeof sections> {
  readonly contents: readonly ContentsEntry[];
  /** Inline SVG, filled in by `attachCharts`. */
  readonly gateTimeline: string | null;
  /** Charts of gatebook's own that could not be drawn, one sentence each. */
  readonly chartErrors: readonly string[];
}

export function buildView(result: Result): View {
  const parts = sections(result);
  return visibleView({ ...parts, contents: contents(parts), gateTimeline: null, chartErrors: [] });
}

function sections(result: Result) {
  const verdict = verdictView(result);
  const subject = subjectView(result);
  const metrics = result.metrics.map((metric) => metricView(metric, result));
  const guardrails = worstFirst(metrics.filter((metric) => metric.isGuardrail));
  const informational = metrics.filter((metric) => !metric.isGuardrail);
  const cells = result.cells.map(cellView);
  return {
    /** "HOLD · clip-cosine-v2 at g10 · 2026-02-07": the page's title and every printed page's head. */
    title: `${verdict.word} · ${subject.candidate} at ${subject.gate} · ${titleTime(result)}`,
    tool: `${result.tool.name} ${result.tool.version}`,
    generatedAt: instantText(result.provenance.generatedAt),
    report: reportView(result),
    subject,
    verdict,
    next: nextView(result),
    changes: changesView(result),
    guardrails,
    /** "1 rollback, 4 healthy" */
    guardrailSummary: wordSummary(
      guardrails.map((metric) => metric.classification.word),
      order,
    ),
    /** What the verdict's bounds promise; null where nothing can be. */
    errorRates: errorRatesText(result),
    /** What the newest calibration found; null without one. */
    calibration: calibrationText(result),
    informational,
    days: daysView(
      result,
      [...guardrails, ...informational].map(({ name }) => name),
    ),
    health: healthView(result),
    preflight: preflightView(result.preflight),
    checklist: checklistView(result),
    cells,
    cellSummary: cellSummary(cells),
    trace: traceView(result),
    provenance: provenanceView(result),
    glossary,
  };
}

/** Where the page is: as text, null where it is not known, and as an address, null where it is not published. */
function reportView({ reportAt }: Result) {
  const isPublished = reportAt !== null && /^https?:\/\/[^\s"'<>]+$/.test(reportAt);
  return { place: reportAt, url: isPublished ? reportAt : null };
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
  "not enough data yet",
  "healthy",
];

/** On a bad night the culprit leads; otherwise as in rollout.yaml. */
function worstFirst(guardrails: readonly MetricView[]): readonly MetricView[] {
  const rank = (metric: MetricView) => order.indexOf(metric.classification.word);
  return [...guardrails].sort((a, b) => rank(a) - rank(b));
}

function cellSummary(cells: readonly CellView[]): string {
  const failed = cells.filter((cell) => cell.error !== null).length;
  return plural(cells.length, "cell") + (failed === 0 ? "" : `, ${failed} failed`);
}
