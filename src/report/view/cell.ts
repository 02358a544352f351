/** A notebook cell: title, prose, SQL, table, chart, number of rows, and the error in place of the table when it failed. */

import type { CellColumn, CellResult } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";
import { amountText, countText, minus } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import { sqlTokens } from "./sql-tokens.ts";
import { anchor, errorView, type Made, slug } from "./text.ts";

export interface CellView extends Made<typeof cellText> {
  /** Inline SVG, filled in by `attachCharts`. */
  readonly chart: string | null;
  readonly chartError: string | null;
}

/** What a report shows of a cell; the result may hold more, also one that was written by hand. */
const shownRows = 200;
const shownColumns = 100;
const shownCharacters = 2_000;
const shownSql = 20_000;
/** Bytes of HTML of a cell's rows, and of those of all cells together. */
const cellWeight = 100_000;
const allWeight = 400_000;
const longTable = 12;
const longText = 40;

/** `all`: the cells of the report, which share its room. */
export function cellView(whole: CellResult, index: number, all: readonly CellResult[]): CellView {
  const columns = whole.columns.slice(0, shownColumns);
  const rows = whole.rows.slice(0, shownRows).map((row) => row.slice(0, shownColumns).map(shortValue));
  const room = Math.min(cellWeight, Math.floor(allWeight / all.length));
  const shown = { ...whole, columns, rows: upToWeight(rows, room) };
  return { ...cellText(shown, index, cutText(whole, shown)), chart: null, chartError: null };
}

function shortValue(value: Scalar): Scalar {
  if (typeof value !== "string" || value.length <= shownCharacters + 1) return value;
  return `${value.slice(0, shownCharacters)}…`;
}

function upToWeight(rows: CellResult["rows"], most: number): CellResult["rows"] {
  let bytes = 0;
  const end = rows.findIndex((row) => {
    bytes += row.reduce<number>((sum, value) => sum + htmlBytes(String(value)), 0);
    return bytes > most;
  });
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
}

/** An escaped character takes some five bytes, the tags of a table's cell twenty. */
function htmlBytes(text: string): number {
  return 20 + Buffer.byteLength(text) + 4 * (text.match(/[<>&"'`=]/g)?.length ?? 0);
}

function cellText(cell: CellResult, index: number, cut: string | null) {
  const { rows } = cell;
  const failed = cell.error !== null;
  const valuesOf = (at: number) => rows.map((row) => row[at] ?? null);
  const formats = cell.columns.map((column, at) => columnFormat(column, valuesOf(at)));
  const sql = shortSql(cell.sql.trimEnd(), cell.path);
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
    /** How long it took, `gatebook query` says. */
    size: failed ? "failed" : plural(cell.rowCount, "row"),
    cut,
    /** Too many rows to show at once: the table scrolls in its own box. */
    isLong: rows.length > longTable,
    isEmpty: !failed && cell.rowCount === 0,
    error: errorView(cell.error),
  };
}

function shortSql(sql: string, path: string): string {
  if (sql.length <= shownSql) return sql;
  return `${sql.slice(0, shownSql)}\n-- … cut here: ${countText(sql.length)} characters in ${path}`;
}

function cutText({ name, rowCount, columns, rows, error }: CellResult, shown: CellResult): string | null {
  if (error !== null) return null;
  const first = (part: number, all: number, what: string): readonly string[] =>
    part < all ? [`first ${countText(part)} of ${countText(all)} ${what}`] : [];
  const isShort = rows.some((row) =>
    row.some((value) => typeof value === "string" && value.length > shownCharacters),
  );
  const cuts = [
    ...first(shown.rows.length, rowCount, "rows"),
    ...first(shown.columns.length, columns.length, "columns"),
    ...(isShort ? [`first ${countText(shownCharacters)} characters of a value`] : []),
  ];
  if (cuts.length === 0) return null;
  return `The ${cuts.join(", the ")}; all of them as CSV: gatebook run --export, or gatebook query ${name} --csv`;
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
