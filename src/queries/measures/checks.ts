/**
 * Runs the analysts' data checks. What comes in: files that return rows of status, observed, expected, detail. What goes out:
 * those rows, or why there are none. Whether a check blocks anything is the judge's matter.
 */

import type { DataEngine, QueryResult } from "../../engine/engine.ts";
import { sideBySide } from "../../engine/side-by-side.ts";
import type { CheckMeasurement, CheckRow, QueryError } from "../../model/measurement.ts";
import { suggestion } from "../../model/suggest.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { queryPlace } from "../catalog/header-lines.ts";
import { queryProblem, toQueryError } from "../catalog/query-problem.ts";
import { absentColumns, type Readiness, readReadiness, refuseUnready } from "../catalog/readiness.ts";
import { cutColumn, joined, mostBytes } from "../cells/cell-rows.ts";
import { describeKept } from "../relations/kept-events.ts";
import { describeFile } from "../validation/contract.ts";
import { asQueryFile } from "../validation/inspect.ts";

export interface RunOptions {
  readonly timeoutMs?: number | undefined;
  /** Canonical columns that hold data; not given, all are taken to. */
  readonly presentColumns?: ReadonlySet<string> | undefined;
  /** Relations that could not be built, by name; not given: none. */
  readonly failedRelations?: ReadonlyMap<string, QueryError> | undefined;
  /** The first day of the window whose single events are kept; null or not given: all are. */
  readonly keptFrom?: Day | null | undefined;
}

/** So many rows of one check are kept; of more, or of heavier ones, those that do not pass come first. */
const ROW_LIMIT = 1000;
const STATUSES = ["pass", "warn", "fail"] as const;
const COLUMNS: readonly string[] = ["status", "observed", "expected", "detail"];

/** In the catalog's order. Throws only when the store itself fails. */
export async function runChecks(
  engine: DataEngine,
  catalog: Catalog,
  options: RunOptions = {},
): Promise<CheckMeasurement[]> {
  const readiness = await readReadiness(engine, options.failedRelations);
  return await sideBySide(catalog.checks, engine.concurrency, (file) =>
    runCheck(engine, file, readiness, options),
  );
}

async function runCheck(
  engine: DataEngine,
  file: CatalogFile,
  readiness: Readiness,
  options: RunOptions,
): Promise<CheckMeasurement> {
  const { title, description, owner, effect } = file.header;
  const check = { name: file.name, title, description, owner, effect, path: file.path };
  const absent = absentColumns(file, options.presentColumns);
  if (absent !== null) return { ...check, rows: [notChecked(absent)], error: null };
  try {
    await refuseUnready(engine, file, readiness);
    const described = await describeFile(engine, file);
    const columns = described.filter(({ name }) => COLUMNS.includes(name.toLowerCase()));
    const select = columns.flatMap((column) => cutColumn(column, engine.dialect)).join(", ");
    const { timeoutMs, keptFrom = null } = options;
    const rows = await worstRows(file, async (condition) => {
      const wrapped = { before: `SELECT ${select} FROM (`, after: `) AS found${condition}` };
      const limits = { timeoutMs, rowLimit: ROW_LIMIT, ordered: true };
      const result = await engine.query({ ...asQueryFile(file), ...wrapped }, limits);
      return { ...result, columns, rows: result.rows.map((row) => joined(row, columns)) };
    });
    const kept = await describeKept(engine, file, keptFrom);
    return { ...check, description: kept, rows, error: null };
  } catch (error) {
    return { ...check, rows: [], error: toQueryError(error, file) };
  }
}

/** A row that fails may be the last of many: where not all are kept, it is asked for by its status. */
async function worstRows(
  file: CatalogFile,
  ask: (condition: string) => Promise<QueryResult>,
): Promise<readonly CheckRow[]> {
  const result = await ask("");
  const first = readRows(file, result);
  if (result.rowCount <= ROW_LIMIT) return withinWeight(first);
  const odd = await ask(" WHERE status IS NULL OR status NOT IN ('pass', 'warn')");
  const warned = await ask(" WHERE status = 'warn'");
  const passed = first.filter(({ status }) => status === "pass");
  return withinWeight([...readRows(file, odd), ...readRows(file, warned), ...passed].slice(0, ROW_LIMIT));
}

function withinWeight(rows: readonly CheckRow[]): readonly CheckRow[] {
  const weightOf = (row: CheckRow): number => JSON.stringify(row).length;
  if (rows.reduce((sum, row) => sum + weightOf(row), 0) <= mostBytes) return rows;
  const rank = ({ status }: CheckRow): number => (status === "fail" ? 0 : status === "warn" ? 1 : 2);
  const worstFirst = rows.toSorted((a, b) => rank(a) - rank(b));
  let bytes = 0;
  const end = worstFirst.findIndex((row) => {
    bytes += weightOf(row);
    return bytes > mostBytes;
  });
  return worstFirst.slice(0, Math.max(1, end));
}

function notChecked(absent: string): CheckRow {
  return { status: "not_checked", observed: null, expected: null, detail: `not available: ${absent}` };
}

function readRows(file: CatalogFile, { columns, rows }: QueryResult): readonly CheckRow[] {
  const place = (name: string) => columns.findIndex((column) => column.name.toLowerCase() === name);
  const [status, observed, expected, detail] = ["status", "observed", "expected", "detail"].map(place);
  return rows.map((row, index) => ({
    status: readStatus(file, row[status ?? -1] ?? null, index + 1),
    observed: row[observed ?? -1] ?? null,
    expected: row[expected ?? -1] ?? null,
    detail: String(row[detail ?? -1] ?? ""),
  }));
}

function readStatus(file: CatalogFile, value: unknown, row: number): CheckRow["status"] {
  const status = STATUSES.find((word) => word === value);
  if (status !== undefined) return status;
  const found = value === null ? "NULL" : `"${String(value)}"${suggestion(String(value), STATUSES)}`;
  throw queryProblem(file, `the status of row ${row} is ${found}`, {
    ...queryPlace(file.sql),
    hint: `a status is one of ${STATUSES.join(", ")}`,
  });
}
