/**
 * Every row of every cell as `cells/NAME.csv` beside the report, where result.json keeps the first few hundred. Rows pass through in
 * chunks, so that a million take no more memory than a thousand. A cell that fails is reported and does not stop the night.
 */

import { createWriteStream, existsSync, type WriteStream } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { DataEngine, Table } from "../../engine/engine.ts";
import type { Context } from "../../model/context.ts";
import { csvLine } from "../../model/csv.ts";
import { messageOf } from "../../model/error.ts";
import type { CellResult } from "../../model/result.ts";
import { plural } from "../../text/words.ts";
import { moveOver } from "../../warehouse/files.ts";
import { temporaryName } from "./write-reports.ts";

const cellsFolder = "cells";

export interface ExportRequest {
  readonly cells: readonly CellResult[];
  /** The report's folder. */
  readonly folder: string;
  readonly timeoutMs: number;
}

/** How many cells could not be written. A cell that failed in the report, or has no data, gets no file. */
export async function exportCells(
  engine: DataEngine,
  request: ExportRequest,
  context: Context,
): Promise<number> {
  const { folder, timeoutMs } = request;
  const cells = request.cells.filter(({ columns }) => columns.length > 0);
  await clearExport(folder);
  await mkdir(join(folder, cellsFolder), { recursive: true });
  let failures = 0;
  for (const cell of cells) {
    const path = `${cellsFolder}/${cell.name}.csv`;
    try {
      const rowCount = await exportCell(engine, cell, { file: join(folder, path), timeoutMs });
      context.progress({ stage: "render", text: `${path}: ${plural(rowCount, "row")}` });
    } catch (error) {
      failures += 1;
      const why = messageOf(error);
      context.progress({ stage: "render", text: `${path} was not written: ${why}` });
    }
  }
  return failures;
}

async function exportCell(
  engine: DataEngine,
  cell: CellResult,
  { file, timeoutMs }: { readonly file: string; readonly timeoutMs: number },
): Promise<number> {
  const temporary = temporaryName(file);
  const out = createWriteStream(temporary);
  const closed = finished(out);
  closed.catch(() => {}); // awaited below; a disk that fills up in between must not end the process
  try {
    const source = { file: cell.path, sql: cell.sql };
    // the report may show fewer columns
    const columns = await engine.describe(source);
    await write(out, `${csvLine(columns.map(({ name }) => name))}\n`);
    const rowCount = await engine.stream(source, (part) => write(out, lines(part)), { timeoutMs });
    out.end();
    await closed;
    await moveOver(temporary, file);
    return rowCount;
  } catch (error) {
    out.destroy();
    await rm(temporary, { force: true });
    throw error;
  }
}

function lines({ rows }: Table): string {
  return rows.map((row) => `${csvLine(row)}\n`).join("");
}

/** Resolves when the text is on its way to the disk: the next rows are fetched only then. */
async function write(out: WriteStream, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    out.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Files of an earlier run of the same night would contradict the report beside them. */
export async function clearExport(folder: string): Promise<void> {
  await rm(join(folder, cellsFolder), { recursive: true, force: true });
}

/** Without an export there is none in the copy either. */
export async function copyExport(from: string, to: string): Promise<void> {
  await clearExport(to);
  if (existsSync(join(from, cellsFolder)))
    await cp(join(from, cellsFolder), join(to, cellsFolder), { recursive: true });
}
