/**
 * Result in, results.csv out: one row per metric and window, the gate so far first, then its cuts by dimensions, then each day (in the
 * first 24 hours each hour). Numbers are unrounded, changes and shares are fractions, an empty field is unknown.
 */
import { coveredShare } from "../../model/coverage.ts";
import { csvLine } from "../../model/csv.ts";
import type { DayResult, DimensionCut, MetricResult, Result, WindowResult } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";

type Row = Readonly<Record<string, Scalar>>;

export function resultsCsv(result: Result): string {
  const rows = result.metrics.flatMap((metric) => [
    gateRow(result, metric),
    ...metric.dimensions.flatMap((dimension) =>
      dimension.values.map((cut) => cutRow(result, metric, dimension.name, cut)),
    ),
    ...metric.days.map((day) => dayRow(result, metric, day)),
  ]);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => csvLine(columns.map((column) => inert(row[column] ?? null))));
  return [csvLine(columns), ...lines].map((line) => `${line}\n`).join("");
}

function gateRow(result: Result, metric: MetricResult): Row {
  const { from, to, completeDays } = result.window;
  const { observation } = metric;
  const { adjusted, coverage } = observation;
  return {
    ...subject(result, metric),
    window: "gate",
    from,
    to,
    observed: true,
    complete: completeDays > 0,
    ...numbers(observation),
    adjusted_delta: adjusted?.delta ?? null,
    adjusted_low: adjusted?.interval?.[0] ?? null,
    adjusted_high: adjusted?.interval?.[1] ?? null,
    ...words(metric, observation),
    baseline_coverage: coverage === null ? null : coveredShare(coverage.baseline),
    candidate_coverage: coverage === null ? null : coveredShare(coverage.candidate),
  };
}

/** `value` is empty unless `value_kind` is "value". Shares are of the variant's denominator, contributions parts of the gate's delta. */
function cutRow(result: Result, metric: MetricResult, dimension: string, cut: DimensionCut): Row {
  const { from, to } = result.window;
  return {
    ...subject(result, metric),
    window: "cut",
    from,
    to,
    observed: true,
    ...numbers({ ...cut, unbounded: false }),
    dimension,
    value_kind: cut.kind,
    value: cut.value,
    baseline_share: cut.baselineShare,
    candidate_share: cut.candidateShare,
    contribution: cut.contribution,
    contribution_mix: cut.mix,
    stands_out: cut.standsOut,
  };
}

function dayRow(result: Result, metric: MetricResult, day: DayResult): Row {
  const { date, observed, complete } = day;
  return {
    ...subject(result, metric),
    window: result.phase === "daily" ? "day" : "hour",
    from: date,
    to: date,
    observed,
    complete,
    ...numbers(day),
    ...words(metric, day),
  };
}

function subject({ rollout, window, phase, decision }: Result, metric: MetricResult): Row {
  return {
    rollout: rollout.name,
    gate: rollout.gate,
    report_date: window.reportDate,
    phase,
    verdict: decision.action,
    baseline: rollout.baseline,
    candidate: rollout.candidate,
    comparison: rollout.comparison,
    metric: metric.name,
    role: metric.role,
    unit: metric.unit,
  };
}

/** `from_zero`: zero in the baseline alone, so that there is no delta. */
function numbers({
  baseline,
  candidate,
  delta,
  interval,
  unbounded,
}: Pick<WindowResult, "baseline" | "candidate" | "delta" | "interval" | "unbounded">): Row {
  return {
    baseline_value: baseline.value,
    candidate_value: candidate.value,
    baseline_units: baseline.units,
    candidate_units: candidate.units,
    delta,
    delta_low: interval?.[0] ?? null,
    delta_high: interval?.[1] ?? null,
    from_zero: unbounded,
  };
}

/** A metric without a number is none of the classes, whatever its window holds. */
function words({ error, unavailable }: MetricResult, { classification, reading, fires }: WindowResult): Row {
  if (error !== null) return { classification: "error", reading: null, fires: null };
  if (unavailable !== null) return { classification: "unavailable", reading: null, fires: null };
  return { classification, reading, fires };
}

/** Text that a spreadsheet would run as a formula gets an apostrophe in front, which spreadsheets do not show. */
function inert(value: Scalar): Scalar {
  return typeof value === "string" && formula.test(value) ? `'${value}` : value;
}

const formula = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;
