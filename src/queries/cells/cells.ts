/**
 * Runs the notebook cells. What comes in: files that return anything. What goes out: their rows (as many as the result may
 * hold), their columns with units, and a checked chart. It draws nothing; a cell that fails carries its error in place.
 */

import type { DataEngine } from "../../engine/engine.ts";
import { sideBySide } from "../../engine/side-by-side.ts";
import type { ChartCheck } from "../../model/chart-fault.ts";
import type { CellResult } from "../../model/result.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { toQueryError } from "../catalog/query-problem.ts";
import { absentColumns, type Readiness, readReadiness, refuseUnready } from "../catalog/readiness.ts";
import type { RunOptions } from "../measures/checks.ts";
import { describeKept } from "../relations/kept-events.ts";
import { asQueryFile } from "../validation/inspect.ts";
import { readCellRows } from "./cell-rows.ts";
import { readChart } from "./charts.ts";

export interface CellOptions extends RunOptions {
  /** Rows of a cell that are kept; all are counted. */
  readonly rowLimit: number;
  readonly checkChart: ChartCheck;
}

/** In the catalog's order. Throws only when the store itself fails. */
export async function runCells(
  engine: DataEngine,
  catalog: Catalog,
  options: CellOptions,
): Promise<CellResult[]> {
  const readiness = await readReadiness(engine, options.failedRelations);
  // charts are looked at while the cells after them run: in an object, since a promise that is returned would be waited for
  const found = await sideBySide(catalog.cells, engine.concurrency, async (file) => {
    const cell = await runCell(engine, file, readiness, options);
    return { charted: cell.columns.length === 0 ? cell : withChart(file, cell, options.checkChart) };
  });
  return await Promise.all(found.map(({ charted }) => charted));
}

async function runCell(
  engine: DataEngine,
  file: CatalogFile,
  readiness: Readiness,
  options: CellOptions,
): Promise<CellResult> {
  const cell = emptyCell(file);
  const absent = absentColumns(file, options.presentColumns);
  if (absent !== null) {
    return { ...cell, description: [cell.description, `Not available: ${absent}.`].join("\n\n").trim() };
  }
  try {
    await refuseUnready(engine, file, readiness);
    const { timeoutMs, rowLimit, keptFrom = null } = options;
    const read = await readCellRows(engine, file, { timeoutMs, rowLimit });
    const { columns, rows, rowCount, durationMs, cuts } = read;
    const kept = await describeKept(engine, file, keptFrom);
    const seen = {
      ...cell,
      description: [kept, ...(await unsteadyNotes(engine, file)), ...cutNotes(cuts)].join("\n\n").trim(),
    };
    const found = { ...seen, rows, rowCount, durationMs, truncated: rowCount > rows.length };
    const described = columns.map(({ name, type }) => ({
      name,
      type,
      unit: file.header.columnUnits.get(name) ?? null,
    }));
    return { ...found, columns: described };
  } catch (error) {
    return { ...cell, error: toQueryError(error, file) };
  }
}

function cutNotes(cuts: readonly string[]): readonly string[] {
  return cuts.length === 0 ? [] : [`Cut for the report: it has ${cuts.join(", and ")}.`];
}

async function unsteadyNotes(engine: DataEngine, file: CatalogFile): Promise<readonly string[]> {
  const names = [...new Set((await engine.unsteadyNames(asQueryFile(file))).map(({ text }) => text))];
  if (names.length === 0) return [];
  return [`Uses ${names.join(", ")}, which differs from run to run: these rows cannot be replayed.`];
}

/** Of a cell that has run. A chart that cannot be drawn leaves the table as it is. */
async function withChart(file: CatalogFile, cell: CellResult, checkChart: ChartCheck): Promise<CellResult> {
  try {
    return { ...cell, chart: await readChart(file, cell, checkChart) };
  } catch (error) {
    return { ...cell, error: toQueryError(error, file) };
  }
}

function emptyCell(file: CatalogFile): CellResult {
  const { name, path, sql, sha256, header } = file;
  return {
    name,
    title: header.title,
    description: header.description,
    owner: header.owner,
    path,
    sql,
    sqlSha256: sha256,
    columns: [],
    rows: [],
    rowCount: 0,
    truncated: false,
    chart: null,
    durationMs: 0,
    error: null,
  };
}
