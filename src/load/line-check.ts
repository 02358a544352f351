/**
 * Holds the rows the reader found against the lines counted without it. Blank lines and line breaks inside quoted
 * values explain a difference; anything else is for the tolerant path, which refuses a quote left open.
 */
import type { Engine } from "../engine/engine.ts";
import { type CsvDialect, dialectOf } from "./csv-header.ts";
import { csvRecords } from "./csv-records.ts";
import { needsTolerance } from "./fast-load.ts";
import type { Fingerprint, PreparedFile } from "./prepare.ts";
import type { RawRelation } from "./raw-relation.ts";
import { forEachLine } from "./text-lines.ts";

/** `rows`: what the source yielded; behind a staging query the raw rows are counted here. */
export async function checkLines(
  engine: Engine,
  prepared: PreparedFile,
  relation: RawRelation,
  rows: number,
  fingerprint: Fingerprint,
): Promise<void> {
  const { file } = prepared;
  if (fingerprint.lines === null) return;
  // DuckDB takes a NUL byte for a character; here it is a fault of the row
  if (fingerprint.hasNul) throw needsTolerance;
  const yielded = file.source.staging === null ? rows : await rawRows(engine, relation);
  const dialect = file.format === "csv" ? dialectOf(file) : null;
  const expected = fingerprint.lines - (dialect?.header === true ? 1 : 0);
  if (yielded === expected) return;
  const explained = dialect === null ? await filledLines(prepared) : await records(prepared, dialect);
  if (explained !== yielded) throw needsTolerance;
}

async function rawRows(engine: Engine, relation: RawRelation): Promise<number> {
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM ${relation.from}`);
  return Number(row?.["rows"]);
}

async function filledLines(prepared: PreparedFile): Promise<number> {
  let filled = 0;
  await forEachLine(prepared.path, (line) => {
    if (line.trim() !== "") filled++;
  });
  return filled;
}

/** Null when a quote is left open. */
async function records(prepared: PreparedFile, dialect: CsvDialect): Promise<number | null> {
  let found = dialect.header ? -1 : 0;
  const reader = csvRecords(dialect, () => {
    found++;
  });
  await forEachLine(prepared.path, reader.take);
  reader.end();
  return reader.openQuote() === null ? found : null;
}
