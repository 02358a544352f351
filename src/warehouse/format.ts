/**
 * Of which make a store is: so that a gatebook that is too old for it says so, instead of reading half of it and writing over the
 * rest. Without a mark it was made by 0.1.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlText } from "../engine/sql-text.ts";
import { GatebookError } from "../model/error.ts";

/** Raised when an older gatebook could not work on the store any more; added tables and columns alone are no reason. */
const STORE_FORMAT = 2;

/** Inside the transaction that brings the tables up to date. */
export async function markFormat(engine: Engine, version: string): Promise<void> {
  if ((await readFormat(engine))?.format === STORE_FORMAT) return;
  await engine.execute(`CREATE OR REPLACE TABLE store_format AS
    SELECT ${STORE_FORMAT} AS format, ${sqlText(version)} AS gatebook`);
}

/** Throws GatebookError `input` for a store or warehouse of a newer gatebook; nothing of it is changed. */
export async function refuseNewer(engine: Engine, file: string): Promise<void> {
  const mark = await readFormat(engine);
  if (mark === null || mark.format <= STORE_FORMAT) return;
  throw new GatebookError(
    "input",
    `it was written by a newer gatebook (${mark.gatebook}, format ${mark.format})`,
    {
      where: { file },
      hint: `this one reads up to format ${STORE_FORMAT}: update gatebook; nothing was changed`,
    },
  );
}

interface Mark {
  readonly format: number;
  readonly gatebook: string;
}

async function readFormat(engine: Engine): Promise<Mark | null> {
  const [table] = await engine.rows(
    "SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'store_format'",
  );
  if (table === undefined) return null;
  const [row] = await engine.rows("SELECT format, gatebook FROM store_format");
  return row === undefined ? null : { format: Number(row["format"]), gatebook: String(row["gatebook"]) };
}
