/**
 * The records of a file that are records, each with its line and raw text; what is none goes to reject_rows at once.
 * Runs inside the transaction of the load.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlText } from "../engine/sql-text.ts";
import { GatebookError } from "../model/error.ts";
import { cleanRead } from "./clean-csv.ts";
import type { PreparedFile } from "./prepare.ts";
import type { RawRelation } from "./raw-relation.ts";
import { type SortedLines, sortLines } from "./sort-lines.ts";

export interface SoundRecords {
  /** The raw columns, and for `line` and `raw` the expressions below. */
  readonly relation: RawRelation;
  readonly line: string;
  readonly raw: string;
  /** Sound ones and broken ones. */
  readonly read: number;
}

export interface RecordsRequest {
  readonly fileId: number;
  readonly temporary: string;
}

/** Throws a refusal when a quote is left open. Parquet has no broken records: there it only counts. */
export async function soundRecords(
  engine: Engine,
  prepared: PreparedFile,
  raw: RawRelation,
  request: RecordsRequest,
): Promise<SoundRecords> {
  if (prepared.file.format === "parquet") return parquetRecords(engine, raw);
  const header = prepared.file.format === "csv" ? raw.found : [];
  const sorted = await sortLines(prepared, header, request.temporary);
  await engine.execute(`INSERT INTO reject_rows SELECT ${request.fileId}, CAST(line AS BIGINT), NULL, reason, raw
    FROM ${cleanRead(sorted.broken, ["line", "reason", "raw"], [])}`);
  const relation =
    header.length > 0 ? csvRecords(prepared, raw, sorted) : await jsonRecords(engine, raw, sorted, request);
  return { relation, line: "CAST(line AS BIGINT)", raw: "raw", read: sorted.soundRows + sorted.brokenRows };
}

async function parquetRecords(engine: Engine, raw: RawRelation): Promise<SoundRecords> {
  const numbered = raw.from.replace("file_row_number = false", "file_row_number = true");
  const row = raw.columns.map(({ name, sql }) => `${sqlText(name)}: ${sql}`).join(", ");
  return {
    relation: { ...raw, from: numbered },
    line: "file_row_number + 1",
    raw: `CAST(to_json({${row}}) AS VARCHAR)`,
    read: await countRows(engine, raw.from),
  };
}

function csvRecords(prepared: PreparedFile, raw: RawRelation, sorted: SortedLines): RawRelation {
  const names = ["line", "raw", ...raw.columns.map(({ sql }) => sql)];
  return { ...raw, from: cleanRead(sorted.sound, names, prepared.file.source.options.nullText) };
}

async function jsonRecords(
  engine: Engine,
  raw: RawRelation,
  sorted: SortedLines,
  { fileId }: RecordsRequest,
): Promise<RawRelation> {
  const document = "CASE WHEN json_valid(raw) AND json_type(raw) = 'OBJECT' THEN CAST(raw AS JSON) END";
  await engine.execute(`
    CREATE OR REPLACE TEMP TABLE json_lines AS
      SELECT line, raw, ${document} AS document FROM ${cleanRead(sorted.sound, ["line", "raw"], [])};
    INSERT INTO reject_rows
      SELECT ${fileId}, CAST(line AS BIGINT), NULL, 'bad_json', raw FROM json_lines WHERE document IS NULL;
  `);
  const found = await countRows(engine, "json_lines");
  if (found !== sorted.soundRows) {
    throw new GatebookError(
      "store",
      `${sorted.soundRows} lines written to a temporary file, ${found} read back`,
    );
  }
  const values = raw.columns.map(({ name, sql }) => `document ->> ${sqlText(jsonPointer(name))} AS ${sql}`);
  const from = `(SELECT line, raw, ${values.join(", ")} FROM json_lines WHERE document IS NOT NULL)`;
  return { ...raw, from };
}

/** As a JSON pointer, since a plain `a.b` or `$x` would be taken for a path: `a/b` → `/a~1b`. */
function jsonPointer(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export async function countRows(engine: Engine, relation: string): Promise<number> {
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM ${relation}`);
  return Number(row?.["rows"]);
}
