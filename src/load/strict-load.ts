/**
 * A valid file: one strict INSERT, then counts that show whether every row met the rules, and lines that are counted independently of
 * the reader. Anything else is left to the tolerant load, which reads the file again and reports which row and why.
 */
import type { Engine } from "../engine/engine.ts";
import { isEngineError } from "../engine/engine-error.ts";
import { eventRules } from "./events/rules.ts";
import { canonicalSelect, eventRowsSelect, rowColumnNames } from "./events/select-events.ts";
import type { PreparedFile } from "./files/prepare.ts";
import { isRefusal, needsLeniency, needsTolerance } from "./files/refusal.ts";
import { dialectOf } from "./formats/csv-scanner.ts";
import { countRows } from "./formats/readers.ts";
import { eachRecord } from "./formats/text-records.ts";
import type { OpenFile } from "./open-file.ts";
import type { LoadPlan } from "./plan.ts";

/**
 * Rows inserted. Throws `needsTolerance` when a row breaks a rule, or lines do not explain the rows; `needsLeniency` when one is
 * malformed and mode "lenient" might read it.
 */
export async function loadStrict(
  engine: Engine,
  file: OpenFile,
  plan: LoadPlan,
  mode: "strict" | "lenient",
): Promise<number> {
  const { task, bound } = file;
  if (bound.relation.tolerantOnly) throw needsTolerance;
  const rows = canonicalSelect(bound, task.file.source, plan.config, { mode });
  await insertStrictly(engine, eventRowsSelect(rows, task.fileId, plan.hasLookups));
  const breach = eventRules(plan).map((rule) => `(${rule.breach})`);
  const [found] = await engine.rows(`SELECT count(*) AS rows, count(*) FILTER (${breach.join(" OR ")}) AS bad
    FROM event_rows WHERE file_id = ${task.fileId}`);
  if (Number(found?.["bad"]) > 0) throw needsTolerance;
  file.onRead();
  const read = Number(found?.["rows"]);
  await checkLines(engine, file, read);
  return read;
}

/** Rows of `eventRowsSelect` into event_rows. Throws `needsLeniency` when one is malformed. */
export async function insertStrictly(engine: Engine, select: string): Promise<void> {
  try {
    await engine.execute(`INSERT INTO event_rows (${rowColumnNames.join(", ")}) ${select}`);
  } catch (error) {
    throw isEngineError(error, "data") ? needsLeniency : error;
  }
}

/**
 * Compares the rows with the physical lines. Blank lines and line breaks inside quoted values explain a difference; anything else
 * is for the tolerant load. `rows`: what the source yielded; with a staging query the raw rows are counted.
 */
async function checkLines(engine: Engine, { prepared, raw }: OpenFile, rows: number): Promise<void> {
  const { file } = prepared;
  const { lines, hasNul } = await prepared.fingerprint();
  if (lines === null) return;
  // DuckDB takes a NUL byte for a character; here it is an error of the row
  if (hasNul) throw needsTolerance;
  const yielded = file.source.staging === null ? rows : await countRows(engine, raw.from);
  if (everyLineIsARow(prepared, lines, yielded)) return;
  if ((await recordsIn(prepared)) !== yielded) throw needsTolerance;
}

/** But for the header; Parquet has no lines. */
export function everyLineIsARow(prepared: PreparedFile, lines: number | null, rows: number): boolean {
  if (lines === null) return true;
  if (prepared.file.format !== "csv") return rows === lines;
  const { header, skip = 0 } = dialectOf(prepared);
  return rows === lines - skip - (header ? 1 : 0);
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
