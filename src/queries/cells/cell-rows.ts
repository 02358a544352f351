/**
 * What one cell may bring: the engine gives the first rows, cuts long values and leaves columns out before they reach this process; rows
 * are kept up to a weight, all are counted. What was cut is said; `gatebook query` and `--export` write the whole.
 */
import type { Dialect } from "../../engine/dialect.ts";
import type { DataEngine, QueryFile, QueryResult, TypedColumn } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { Scalar } from "../../model/words.ts";
import { countText } from "../../text/numbers.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { describeFile } from "../validation/contract.ts";
import { asQueryFile } from "../validation/inspect.ts";

const mostCharacters = 2_000;
const mostColumns = 100;
/** Of the rows of one cell or check. */
export const mostBytes = 250_000;

export interface CellRows extends QueryResult {
  /** e.g. "the first 100 of 3,000 columns"; empty: nothing but rows. */
  readonly cuts: readonly string[];
}

interface Limits {
  readonly rowLimit: number;
  readonly timeoutMs?: number | undefined;
}

type Row = readonly Scalar[];

/**
 * Throws GatebookError `query`. The engine is asked for one row more than are kept: it then need not sort all of them with their values,
 * which takes more memory than any limit knows of. Only where there are more it counts them, in a second run of the query.
 */
export async function readCellRows(
  engine: DataEngine,
  file: CatalogFile,
  { rowLimit, timeoutMs }: Limits,
): Promise<CellRows> {
  const all = await describeFile(engine, file);
  const columns = all.slice(0, mostColumns);
  const query = (sql: QueryFile, select: string, after: string) =>
    engine.query(
      { ...sql, before: `SELECT ${select} FROM (`, after },
      { timeoutMs, exact: true, ordered: true },
    );
  const whole = asQueryFile(file);
  const select = columns.flatMap((column) => cutColumn(column, engine.dialect)).join(", ");
  const first = await query(whole, select, `) AS cell LIMIT ${rowLimit + 1}`);
  const rows = upToWeight(first.rows.slice(0, rowLimit).map((row) => joined(row, columns)));
  const hasMore = first.rowCount > rowLimit;
  const counted = hasMore
    ? await query(await engine.unsorted(whole), "count(*)", ") AS cell")
    : { rows: [[first.rowCount]], durationMs: 0 };
  return {
    rows,
    // charts read the names of types as the embedded engine writes them
    columns: columns.map(({ name, type }) => ({ name, type: type.toUpperCase() })),
    rowCount: Number(counted.rows[0]?.[0]),
    durationMs: first.durationMs + counted.durationMs,
    cuts: cutsOf(rows, all),
  };
}

/** Nested and binary values keep their type when they are short: what is cut of a long one comes in a column of its own. */
export function cutColumn({ name, kind, type }: TypedColumn, { asText }: Dialect): readonly string[] {
  const value = sqlName(name);
  const text = asText(value, type);
  const isLong = `length(${text}) > ${mostCharacters}`;
  const cut = `substr(${text}, 1, ${mostCharacters}) || '…'`;
  if (kind === "text") return [`CASE WHEN ${isLong} THEN ${cut} ELSE ${value} END AS ${value}`];
  if (kind !== "other") return [value];
  return [
    `CASE WHEN ${isLong} THEN NULL ELSE ${value} END AS ${value}`,
    `CASE WHEN ${isLong} THEN ${cut} END AS ${sqlName(`${name} cut by gatebook`)}`,
  ];
}

/** The row of what `cutColumn` asked for. */
export function joined(row: Row, columns: readonly TypedColumn[]): Row {
  let at = 0;
  return columns.map(({ kind }) => {
    const value = row[at] ?? null;
    const cut = kind === "other" ? (row[at + 1] ?? null) : null;
    at += kind === "other" ? 2 : 1;
    return value ?? cut;
  });
}

function upToWeight(rows: readonly Row[]): readonly Row[] {
  let bytes = 0;
  const end = rows.findIndex((row) => {
    bytes += row.reduce<number>((sum, value) => sum + String(value).length + 3, 0);
    return bytes > mostBytes;
  });
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
}

function cutsOf(rows: readonly Row[], all: readonly TypedColumn[]): readonly string[] {
  const isCut = (value: Scalar): boolean =>
    typeof value === "string" && value.length > mostCharacters && value.endsWith("…");
  return [
    ...(all.length > mostColumns ? [`the first ${mostColumns} of ${countText(all.length)} columns`] : []),
    ...(rows.some((row) => row.some(isCut))
      ? [`the first ${countText(mostCharacters)} characters of long values`]
      : []),
  ];
}
