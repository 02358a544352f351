/** A notebook cell: title, prose, SQL, table, chart, timing, and the error in place of the table when it failed. */

import type { CellColumn, CellResult } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";
import { amountText, countText, minus } from "../../text/numbers.ts";
import { durationText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { sqlTokens } from "./sql-tokens.ts";
import { anchor, errorView, type Made, slug } from "./text.ts";

export interface CellView extends Made<typeof cellText> {
  /** Inline SVG, filled in by `attachCharts`. */
  readonly chart: string | null;
  readonly chartError: string | null;
}

/** Rows a report shows; the result may hold more. */
const shownRows = 200;
const longTable = 12;
const longText = 40;

export function cellView(cell: CellResult, index: number): CellView {
  return { ...cellText(cell, index), chart: null, chartError: null };
}

function cellText(cell: CellResult, index: number) {
  const rows = cell.rows.slice(0, shownRows);
  const failed = cell.error !== null;
  const valuesOf = (at: number) => rows.map((row) => row[at] ?? null);
  const formats = cell.columns.map((column, at) => columnFormat(column, valuesOf(at)));
  const sql = cell.sql.trimEnd();
  return {
    /** "1" in `In [1]` */
    number: String(index + 1),
    name: cell.name,
    anchor: anchor("cell", cell.name),
    /** Part of the name of its chart file. */
    slug: slug(cell.name),
    title: cell.title,
    description: cell.description,
    owner: cell.owner,
    path: cell.path,
    sql,
    tokens: sqlTokens(sql),
    sqlLines: plural(sql.split("\n").length, "line"),
    columns: failed ? [] : cell.columns.map(columnView),
    rows: failed ? [] : rows.map((row) => row.map((value, at) => cellValue(value, formats[at] ?? scalar))),
    timing: failed ? "failed" : `${plural(cell.rowCount, "row")} in ${durationText(cell.durationMs)}`,
    cut: cutText(cell, rows.length),
    /** Too many rows to show at once: the table scrolls in its own box. */
    isLong: rows.length > longTable,
    isEmpty: !failed && cell.rowCount === 0,
    error: errorView(cell.error),
  };
}

function cutText({ name, rowCount, error }: CellResult, shown: number): string | null {
  if (error !== null || rowCount <= shown) return null;
  return `The first ${countText(shown)} of ${countText(rowCount)} rows; all of them as CSV: gatebook run --export, or gatebook query ${name} --csv`;
}

const numericType = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC)/i;
const integerType = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/i;
/** Whole numbers that name or place a thing are not grouped: item 123456 is no quantity. */
const nameLike = /(^|_)(id|ids|year|bucket|position|rank|number|version|hash)$/i;

function columnView({ name, type }: CellColumn) {
  return { name, type, isNumeric: numericType.test(type) };
}

function cellValue(value: Scalar, text: Format) {
  if (value === null) return { text: "null", isNumeric: false, isNull: true, isLong: false };
  const shown = text(value);
  return {
    text: shown,
    isNumeric: typeof value === "number",
    isNull: false,
    /** Prose or a long id: it may wrap, where dates and names stay on one line. */
    isLong: shown.length > longText || shown.includes("\n"),
  };
}

type Format = (value: NonNullable<Scalar>) => string;

/** How a column's values are written: percents of one column share their places, so that their points line up. */
function columnFormat({ unit, type, name }: CellColumn, values: readonly Scalar[]): Format {
  const isCount = unit === "count" || (unit === null && integerType.test(type) && !nameLike.test(name));
  const sizes = values.filter((value) => typeof value === "number").map(Math.abs);
  const places = percentPlaces(Math.max(0, ...sizes));
  return (value) => {
    if (typeof value !== "number") return scalar(value);
    if (unit === "percent") return `${(value * 100).toFixed(places).replace("-", minus)}%`;
    return isCount ? amountText(value) : plainNumber(value) + (unit === "seconds" ? " s" : "");
  };
}

/** Three significant digits of the largest value, at least one place. */
function percentPlaces(largest: number): number {
  return largest === 0 ? 1 : Math.min(6, Math.max(1, -Math.floor(Math.log10(largest))));
}

function plainNumber(value: number): string {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
  return text.replace("-", minus);
}

/** Timestamps lose the T and the Z: the column's type has them. */
function scalar(value: NonNullable<Scalar>): string {
  const match =
    typeof value === "string" ? /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)Z$/.exec(value) : null;
  return match === null ? String(value) : `${match[1]} ${match[2]}`;
}
