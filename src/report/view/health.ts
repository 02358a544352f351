/** Data health: the checks, how units split, and the accounting of every file that was loaded. */

import type { CheckResult, Result, SampleRatio, TrafficDayResult } from "../../model/result.ts";
import type { CheckStatus } from "../../model/words.ts";
import { countText, percentText, pValueText } from "../../text/numbers.ts";
import { slotNoun, weekdayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { type Badge, statusBadge } from "./badge.ts";
import { type CoverageView, coverageView } from "./coverage.ts";
import { type LoadsView, loadsView } from "./loads.ts";
import { anchor, type ErrorView, errorView, scalarText } from "./text.ts";

export interface HealthView {
  /** "5 pass, 1 warns" */
  readonly summary: string;
  /** All of them, what is wrong first. */
  readonly checks: readonly CheckView[];
  /** Those that warn, fail or could not run, and the others. */
  readonly open: readonly CheckView[];
  readonly settled: readonly CheckView[];
  /** "2 not checked, 18 pass" */
  readonly settledTitle: string;
  /** Null: not known. */
  readonly coverage: CoverageView | null;
  readonly traffic: TrafficView;
  readonly loads: LoadsView;
}

export interface CheckView {
  readonly anchor: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly badge: Badge;
  /** "blocks promote" or "warns" */
  readonly effect: string;
  readonly observed: string;
  readonly expected: string;
  readonly detail: string;
  /** The SQL file, or "built in". */
  readonly origin: string;
  readonly rows: readonly CheckRowView[];
  readonly error: ErrorView | null;
}

export interface CheckRowView {
  readonly badge: Badge;
  readonly observed: string;
  readonly expected: string;
  readonly detail: string;
}

export interface TrafficView {
  /** What a row is: "day" or "hour". */
  readonly slot: string;
  /** One sentence on the sample ratio, or why there is none. */
  readonly sampleRatio: string;
  readonly crossover: string;
  readonly days: readonly TrafficDayView[];
  readonly chart: string | null;
}

export interface TrafficDayView {
  readonly label: string;
  readonly isComplete: boolean;
  /** "clicks end at 08:31; 412 were due after that" */
  readonly missing: string | null;
  readonly events: string;
  readonly baselineImpressions: string;
  readonly candidateImpressions: string;
  readonly baselineClicks: string;
  readonly candidateClicks: string;
  readonly baselineUnits: string;
  readonly candidateUnits: string;
  readonly candidateShare: string;
  readonly p: string;
}

export function healthView(result: Result): HealthView {
  const checks = [...result.checks].sort((a, b) => severity(a) - severity(b));
  const settled = checks.filter(({ status }) => isSettled(status));
  return {
    summary: statusSummary(checks.map(({ status }) => status)),
    checks: checks.map(checkView),
    open: checks.filter(({ status }) => !isSettled(status)).map(checkView),
    settled: settled.map(checkView),
    settledTitle: statusSummary(settled.map(({ status }) => status)),
    coverage: coverageView(result.metrics),
    traffic: {
      slot: slotNoun(result.phase),
      sampleRatio: sampleRatioText(result.traffic.sampleRatio),
      crossover: crossoverText(result.traffic.crossoverUnits),
      days: result.traffic.days.map(trafficDay),
      chart: null,
    },
    loads: loadsView(result.loads),
  };
}

const order: readonly CheckStatus[] = ["error", "fail", "warn", "not_checked", "pass"];

/** What is wrong first, what blocks before what warns; otherwise as run. */
function severity(check: CheckResult): number {
  return order.indexOf(check.status) * 2 + (check.effect === "block" ? 0 : 1);
}

/** Nothing to look at: it passes, or there was nothing to check. */
export function isSettled(status: CheckStatus): boolean {
  return status === "pass" || status === "not_checked";
}

/** "6 pass, 1 warn"; worst first. */
export function statusSummary(statuses: readonly CheckStatus[]): string {
  if (statuses.length === 0) return "none configured";
  return order
    .map((status) => ({ status, many: statuses.filter((entry) => entry === status).length }))
    .filter(({ many }) => many > 0)
    .map(({ status, many }) => `${countText(many)} ${statusBadge(status).word}`)
    .join(", ");
}

function checkView(check: CheckResult): CheckView {
  return {
    anchor: anchor("check", check.name),
    name: check.name,
    title: check.title,
    description: check.description,
    badge: statusBadge(check.status),
    effect: check.effect === "block" ? "blocks promote" : "warns",
    observed: scalarText(check.observed),
    expected: scalarText(check.expected),
    detail: check.detail,
    origin: check.path ?? "built in",
    rows: check.rows.map(({ status, observed, expected, detail }) => ({
      badge: statusBadge(status),
      observed: scalarText(observed),
      expected: scalarText(expected),
      detail,
    })),
    error: errorView(check.error),
  };
}

function crossoverText(units: number): string {
  if (units === 0) return "No unit saw both algorithms.";
  return `${plural(units, "unit")} saw both algorithms and ${units === 1 ? "is" : "are"} left out of every change.`;
}

function sampleRatioText(ratio: SampleRatio | null): string {
  if (ratio === null || ratio.observedShare === null) return "No units to compare the traffic split with.";
  const { candidateUnits, baselineUnits, observedShare, expectedShare, p, sequentialP } = ratio;
  const units = countText(candidateUnits + baselineUnits);
  const shares = `${percentText(observedShare)} of ${units} new units got the candidate, ${percentText(expectedShare)} expected`;
  const sequential = sequentialP === null ? "" : `; valid at every night: ${pValueText(sequentialP)}`;
  return `${shares} (chi-square ${pValueText(p)}${sequential}).`;
}

function trafficDay(day: TrafficDayResult): TrafficDayView {
  return {
    label: weekdayText(day.date),
    isComplete: day.complete,
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
