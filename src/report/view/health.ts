/** Data health: the checks, how units split, and the accounting of every file that was loaded. */

import type {
  CheckResult,
  CheckRowResult,
  Result,
  SampleRatio,
  TrafficDayResult,
} from "../../model/result.ts";
import type { CheckStatus } from "../../model/words.ts";
import { countText, percentText, pValueText } from "../../text/numbers.ts";
import { slotNoun, weekdayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { statusBadge, wordSummary } from "./badge.ts";
import { coverageView } from "./coverage.ts";
import { loadsView } from "./loads.ts";
import { anchor, errorView, type Made, scalarText } from "./text.ts";

export interface HealthView extends Made<typeof healthView> {}
export interface CheckView extends Made<typeof checkView> {}

export interface TrafficView {
  /** What a row is: "day" or "hour". */
  readonly slot: string;
  /** One sentence on the sample ratio, or why there is none. */
  readonly sampleRatio: string;
  readonly crossover: string;
  readonly days: readonly Made<typeof trafficDay>[];
  /** Inline SVG, filled in by `attachCharts`. */
  readonly chart: string | null;
}

export function healthView(result: Result) {
  const checks = [...result.checks].sort((a, b) => severity(a) - severity(b));
  return {
    summary: statusSummary(checks),
    /** All of them, what is wrong first, and the same cut in two. */
    checks: checks.map(checkView),
    ...openAndSettled(checks, checkView),
    /** Null: not known. */
    coverage: coverageView(result.metrics),
    traffic: trafficView(result),
    loads: loadsView(result.loads),
  };
}

function trafficView({ traffic, phase }: Result): TrafficView {
  return {
    slot: slotNoun(phase),
    sampleRatio: sampleRatioText(traffic.sampleRatio),
    crossover: crossoverText(traffic.crossoverUnits),
    days: traffic.days.map(trafficDay),
    chart: null,
  };
}

const order: readonly CheckStatus[] = ["error", "fail", "warn", "not_checked", "pass"];

/** What is wrong first, what blocks before what warns; otherwise as run. */
function severity(check: CheckResult): number {
  return order.indexOf(check.status) * 2 + (check.effect === "block" ? 0 : 1);
}

interface HasStatus {
  readonly status: CheckStatus;
}

/** Settled: nothing to look at, since it passes, or there was nothing to check. */
export function openAndSettled<Line extends HasStatus, Shown>(
  lines: readonly Line[],
  show: (line: Line) => Shown,
) {
  const isSettled = ({ status }: Line) => status === "pass" || status === "not_checked";
  const settled = lines.filter(isSettled);
  return {
    open: lines.filter((line) => !isSettled(line)).map(show),
    settled: settled.map(show),
    settledTitle: statusSummary(settled),
  };
}

/** "6 pass, 1 warn"; worst first. */
export function statusSummary(lines: readonly HasStatus[]): string {
  return wordSummary(
    lines.map(({ status }) => statusBadge(status).word),
    order.map((status) => statusBadge(status).word),
  );
}

function checkView(check: CheckResult) {
  return {
    anchor: anchor("check", check.name),
    name: check.name,
    title: check.title,
    description: check.description,
    ...rowView(check),
    observed: observedText(check),
    effect: effectText(check),
    owner: check.owner,
    /** A shell line that shows what it found; may be null. */
    inspect: check.inspect,
    /** The SQL file, or "built in". */
    origin: check.path ?? "built in",
    rows: check.rows.map(rowView),
    error: errorView(check.error),
  };
}

/** What it does tonight: a check that may block promote does so only when it fails. */
function effectText({ effect, status }: CheckResult): string {
  switch (status) {
    case "fail":
    case "error":
      return effect === "block" ? "blocks promote" : "does not block";
    case "warn":
      return "does not block";
    case "pass":
    case "not_checked":
      return effect === "block" ? "would block" : "would not block";
  }
}

/** A check's worst row, or one of its rows. */
function rowView({ status, observed, expected, detail }: CheckRowResult) {
  return {
    badge: statusBadge(status),
    observed: scalarText(observed),
    expected: scalarText(expected),
    detail,
  };
}

/** Of several rows of that status each: the first is not the sum of them. */
function observedText({ rows, status, observed }: CheckResult): string {
  const own = status === "pass" ? [] : rows.filter((row) => row.status === status);
  return own.length < 2 ? scalarText(observed) : listed(own.map((row) => scalarText(row.observed)));
}

/** "30, 26", of more than three "30, 26, 4 …" */
function listed(texts: readonly string[]): string {
  return texts.slice(0, 3).join(", ") + (texts.length > 3 ? " …" : "");
}

function crossoverText(units: number): string {
  if (units === 0) return "No unit saw both algorithms.";
  return `${plural(units, "unit")} saw both algorithms and ${units === 1 ? "is" : "are"} left out of every change.`;
}

function sampleRatioText(ratio: SampleRatio | null): string {
  if (ratio === null || ratio.observedShare === null) return "No units to compare the traffic split with.";
  const { candidateUnits, baselineUnits, observedShare, expectedShare, p } = ratio;
  const units = countText(candidateUnits + baselineUnits);
  const shares = `${percentText(observedShare)} of ${units} new units got the candidate, ${percentText(expectedShare)} expected`;
  return `${shares} (${pValueText(p)}; below 0.001 the split is broken).`;
}

function trafficDay(day: TrafficDayResult) {
  return {
    label: weekdayText(day.date),
    isComplete: day.complete,
    /** "clicks end at 08:31; 412 were due after that" */
    missing: day.missing,
    events: countText(day.events),
    baselineImpressions: countText(day.baselineImpressions),
    candidateImpressions: countText(day.candidateImpressions),
    baselineClicks: countText(day.baselineClicks),
    candidateClicks: countText(day.candidateClicks),
    baselineUnits: countText(day.baselineUnits),
    candidateUnits: countText(day.candidateUnits),
    candidateShare: percentText(day.candidateShare),
    p: pValueText(day.sampleRatioP),
  };
}
