/**
 * Holds the rows the reader found against the lines counted without it. Blank lines and line breaks inside quoted
 * values explain a difference; anything else is for the tolerant path, which refuses a quote left open.
 */
import type { Engine } from "../../engine/engine.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import type { Fingerprint, PreparedFile } from "../files/prepare.ts";
import { isRefusal } from "../files/refusal.ts";
import { needsTolerance } from "../strict-load.ts";
import { dialectOf } from "./csv-scanner.ts";
import type { RawRelation } from "./raw-relation.ts";
import { eachRecord } from "./text-records.ts";

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
  if (everyLineIsARow(file, fingerprint.lines, yielded)) return;
  if ((await recordsIn(prepared)) !== yielded) throw needsTolerance;
}

/** But for the header; Parquet has no lines. */
export function everyLineIsARow(file: DiscoveredFile, lines: number | null, rows: number): boolean {
  const hasHeader = file.format === "csv" && dialectOf(file).header;
  return lines === null || rows === lines - (hasHeader ? 1 : 0);
}

async function rawRows(engine: Engine, relation: RawRelation): Promise<number> {
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM ${relation.from}`);
  return Number(row?.["rows"]);
}

/** Null when a quote is left open. */
async function recordsIn(prepared: PreparedFile): Promise<number | null> {
  let found = 0;
  try {
    await eachRecord(prepared, () => {
      found++;
    });
    return found;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}
