/** The answer of `gatebook query` as text: rows as table, JSON or CSV, and a metric's comparison per window. */

import type { Column, QueryResult } from "../../engine/engine.ts";
import { csvLine } from "../../model/csv.ts";
import type { MetricResult, WindowResult } from "../../model/result.ts";
import type { Scalar, Unit } from "../../model/words.ts";
import { judgedOnFact } from "../../report/view/coverage.ts";
import { thresholdLines } from "../../text/beside.ts";
import { changeText, countText, intervalText, quantityText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import { formatTable } from "../terminal/table.ts";

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

const text = (name: string): Column => ({ name, type: "VARCHAR" });
const number = (name: string): Column => ({ name, type: "DOUBLE" });
const HEAD = [
  text("window"),
  number("baseline"),
  number("candidate"),
  number("delta"),
  text("95% interval"),
  text("classification"),
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
  return [heading, ...errorLines(metric), table, `  ${metric.observation.because}`, ...covered].join("\n");
}

/** Rows that are no measurement, e.g. a unit that is NULL: the query itself ran. */
function errorLines({ error }: MetricResult): readonly string[] {
  if (error === null) return [];
  return [`error: ${error.message}`, ...(error.hint === null ? [] : [`  hint: ${error.hint}`])];
}

function line(name: string, found: WindowResult, { unit, thresholds }: MetricResult): readonly Scalar[] {
  const { baseline, candidate, classification } = found;
  return [
    name,
    baseline.value === null ? null : quantityText(baseline.value, unit),
    candidate.value === null ? null : quantityText(candidate.value, unit),
    ...changeCells(found, thresholds),
    classification,
  ];
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
