/** What an edit changed, in words: "value 3.1% → 2.7%", "rows 24 → 23", "classification warning → healthy". Pure. */
import type { CellResult, CheckResult, MetricResult, Result } from "../model/result.ts";
import type { Scalar, Unit } from "../model/words.ts";
import { deltaText } from "../report/view/metric.ts";
import { scalarText } from "../report/view/text.ts";
import { thresholdLines } from "../text/beside.ts";
import { countText, lineText, notAvailable, percentText, quantityText } from "../text/numbers.ts";
import { plural } from "../text/words.ts";

/** Values of a cell that are listed one by one. */
const LISTED_VALUES = 3;
const ARROW = "→";

export function metricDifference(before: MetricResult, after: MetricResult): readonly string[] {
  const [was, is] = [before.observation, after.observation];
  const value = (name: string, part: "candidate" | "baseline") => {
    const [before, now] = [was[part].value, is[part].value];
    return change(name, [before, now], [quantityText(before, after.unit), quantityText(now, after.unit)]);
  };
  const days = after.days.filter(({ date, ...day }) => {
    const other = before.days.find((each) => each.date === date);
    return other === undefined || other.delta !== day.delta || other.classification !== day.classification;
  }).length;
  return [
    ...value("value", "candidate"),
    ...value("baseline", "baseline"),
    ...change(
      "change",
      [was.delta, is.delta],
      [deltaText(was, thresholdLines(before.thresholds)), deltaText(is, thresholdLines(after.thresholds))],
    ),
    ...words("classification", was.classification, is.classification),
    ...words("reading", was.reading, is.reading),
    ...words("role", before.role, after.role),
    ...words("thresholds", thresholdText(before), thresholdText(after)),
    ...words("title", before.title, after.title),
    ...(days === 0 ? [] : [`${days} of ${after.days.length} days changed`]),
  ];
}

function thresholdText({ thresholds }: MetricResult): string {
  if (thresholds === null) return "none";
  const lines = [thresholds.warning, thresholds.rollback, thresholds.severe].filter((line) => line !== null);
  return `${thresholds.harm} ${lines.map(lineText).join(" / ")}`;
}

export function checkDifference(before: CheckResult, after: CheckResult): readonly string[] {
  return [
    ...words("status", before.status, after.status),
    ...words("observed", scalarText(before.observed), scalarText(after.observed)),
    ...words("expected", scalarText(before.expected), scalarText(after.expected)),
    ...words("effect", before.effect, after.effect),
    ...words("rows", String(before.rows.length), String(after.rows.length)),
  ];
}

export function verdictDifference(before: Result, after: Result): readonly string[] {
  const verdict = ({ decision }: Result) => `${decision.action} (${decision.rule})`;
  const [was, is] = [verdict(before), verdict(after)];
  return was === is ? [] : [`${was} ${ARROW} ${is}`];
}

export function cellDifference(before: CellResult, after: CellResult): readonly string[] {
  const names = (cell: CellResult) => cell.columns.map(({ name }) => name);
  const [had, has] = [names(before), names(after)];
  const fresh = has.filter((name) => !had.includes(name));
  const gone = had.filter((name) => !has.includes(name));
  return [
    ...words("rows", countText(before.rowCount), countText(after.rowCount)),
    ...(fresh.length === 0 ? [] : [`new column ${fresh.join(", ")}`]),
    ...(gone.length === 0 ? [] : [`column ${gone.join(", ")} gone`]),
    ...valueDifferences(before, after),
    ...(chartKey(before) === chartKey(after) ? [] : ["another chart"]),
    ...words("title", before.title, after.title),
  ];
}

function chartKey({ chart }: CellResult): string {
  return JSON.stringify(chart?.spec ?? null);
}

/** Rows are matched by what names them (dates, texts) where that is unique, else by their place. */
function valueDifferences(before: CellResult, after: CellResult): readonly string[] {
  const columns = after.columns.filter(({ name }) => before.columns.some((other) => other.name === name));
  const keys = columns.filter(({ type }) => !isNumber(type)).map(({ name }) => name);
  const [was, is] = [keyedRows(before, keys), keyedRows(after, keys)];
  const lines: string[] = [];
  let rows = 0;
  for (const [key, row] of is) {
    const other = was.get(key);
    if (other === undefined) continue;
    const changed = columns.filter(({ name }) => other.get(name) !== row.get(name));
    if (changed.length > 0) rows += 1;
    for (const { name, unit } of changed) {
      const [from, to] = [other.get(name) ?? null, row.get(name) ?? null];
      lines.push(
        `${name}${is.size > 1 ? ` (${key})` : ""} ${valueText(from, unit)} ${ARROW} ${valueText(to, unit)}`,
      );
    }
  }
  if (lines.length <= LISTED_VALUES) return lines;
  const rest = plural(lines.length - LISTED_VALUES, "value");
  return [...lines.slice(0, LISTED_VALUES), `and ${rest} more, in ${plural(rows, "row")} altogether`];
}

function keyedRows(
  cell: CellResult,
  keys: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, Scalar>> {
  const rows = cell.rows.map(
    (row) => new Map(cell.columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
  const named = rows.map((row) => keys.map((key) => String(row.get(key) ?? "null")).join(" "));
  const isUnique = keys.length > 0 && new Set(named).size === named.length;
  return new Map(rows.map((row, index) => [isUnique ? (named[index] ?? "") : `row ${index + 1}`, row]));
}

function isNumber(type: string): boolean {
  return /INT|DECIMAL|DOUBLE|FLOAT/.test(type);
}

function valueText(value: Scalar, unit: Unit | null): string {
  if (value === null) return "null";
  return unit === "percent" && typeof value === "number" ? percentText(value) : scalarText(value);
}

/** Numbers that round to the same text get more digits: a change is never "5.1% → 5.1%". */
function change(
  name: string,
  [before, after]: readonly [number | null, number | null],
  [was, is]: readonly [string, string],
): readonly string[] {
  if (before === after) return [];
  return was === is
    ? words(name, String(before ?? notAvailable), String(after ?? notAvailable))
    : words(name, was, is);
}

function words(name: string, before: string, after: string): readonly string[] {
  return before === after ? [] : [`${name} ${before} ${ARROW} ${after}`];
}
