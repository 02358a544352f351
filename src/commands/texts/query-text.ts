/** The answer of `gatebook query` as text: rows as table, JSON or CSV, and a metric's comparison per window. */

import type { QueryResult } from "../../engine/engine.ts";
import { csvLine } from "../../model/csv.ts";
import type { MetricResult, WindowResult } from "../../model/result.ts";
import type { Scalar, Unit } from "../../model/words.ts";
import { judgedOnFact } from "../../report/view/coverage.ts";
import { metricBadge } from "../../report/view/metric.ts";
import { thresholdLines } from "../../text/beside.ts";
import { changeText, countText, intervalText, quantitiesText, quantityText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import { problemLines } from "../terminal/errors.ts";
import { formatTable, left, right } from "../terminal/table.ts";

export function rowsTable(result: QueryResult, units: ReadonlyMap<string, Unit>, columns: number): string {
  const table = formatTable(result.columns, result.rows, { columns, showTypes: true, units });
  const { rowCount, rows, durationMs } = result;
  const more = rowCount > rows.length ? `, ${countText(rows.length)} shown (--limit)` : "";
  return `${table}\n${plural(rowCount, "row")}${more}, ${durationMs.toFixed(0)} ms`;
}

export function rowsJson({ columns, rows }: QueryResult): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
  return JSON.stringify(objects, null, 2);
}

export function rowsCsv({ columns, rows }: QueryResult): string {
  const names = columns.map(({ name }) => name);
  return [names, ...rows].map(csvLine).join("\n");
}

/** The plan as the engine prints it: the last column of its one row. */
export function planText({ rows }: QueryResult): string {
  return rows.map((row) => String(row.at(-1) ?? "").trimEnd()).join("\n");
}

const HEAD = [
  ...left("window"),
  ...right("baseline", "candidate", "delta"),
  ...left("95% interval", "classification"),
];

/** One line per day and one for the whole window, which counts. */
export function comparisonText(metric: MetricResult, window: string, columns: number): string {
  const days = metric.days.map((day) => line(day.complete ? day.date : `${day.date} (part)`, day, metric));
  const whole = line(window, metric.observation, metric);
  const role = metric.role === "guardrail" ? "guardrail" : "informational: no threshold in rollout.yaml";
  const heading = `${metric.title} · ${metric.unit} · ${role}`;
  const table = formatTable(HEAD, [...days, whole], { columns });
  const judgedOn = judgedOnFact(metric);
  const covered = judgedOn === null ? [] : [`  judged on ${judgedOn}`];
  // Rows that are no measurement, e.g. a unit that is NULL: the query itself ran.
  const { error } = metric;
  const problem =
    error === null ? [] : problemLines({ level: "error", message: error.message, hint: error.hint });
  return [heading, ...problem, table, `  ${metric.observation.because}`, ...covered].join("\n");
}

function line(name: string, found: WindowResult, metric: MetricResult): readonly Scalar[] {
  const word = metricBadge(metric, found).word;
  return [name, ...valueCells(found, metric.unit), ...changeCells(found, metric.thresholds), word];
}

/** A value in its unit; null where there is none. */
export function valueCell(value: number | null, unit: Unit): string | null {
  return value === null ? null : quantityText(value, unit);
}

/** Baseline and candidate in the metric's unit, with as many places as tell them apart. */
export function valueCells(
  { baseline, candidate }: Pick<WindowResult, "baseline" | "candidate">,
  unit: Unit,
): readonly [string | null, string | null] {
  const [one, other] = [baseline.value, candidate.value];
  if (one !== null && other !== null) return quantitiesText([one, other], unit);
  return [valueCell(one, unit), valueCell(other, unit)];
}

/** Change and interval of a window: "−2.996%", "−10.3% to −4.4%"; null where there is none. */
export function changeCells(
  { delta, unbounded, interval }: Pick<WindowResult, "delta" | "unbounded" | "interval">,
  thresholds: MetricResult["thresholds"],
): readonly [string | null, string | null] {
  const lines = thresholdLines(thresholds);
  const change = unbounded ? "from zero" : delta === null ? null : changeText(delta, lines);
  return [change, interval === null ? null : intervalText(interval, lines)];
}
