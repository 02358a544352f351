/**
 * A staging file, queries/sources/NAME.sql: one SELECT over the raw relation of its source's name that yields canonical rows. In CSV
 * and JSONL every raw column is text, in Parquet it has the file's type. It is run once per file.
 */
import { relative } from "node:path";
import type { Engine, QueryFile } from "../../engine/engine.ts";
import { EngineError, isEngineError } from "../../engine/engine-error.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import { formatPlace, GatebookError } from "../../model/error.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { isRefusal, refusal } from "../files/refusal.ts";
import { looksLikeHeader } from "../formats/header-words.ts";
import { countRows, isName, type RawRelation } from "../formats/readers.ts";
import type { ValidRecords } from "../formats/valid-records.ts";
import { readStaging } from "./staging-file.ts";

const staged = "staged_rows";

/** The rows the staging file selects, or the raw ones where there is none. Throws a refusal when it cannot be run. */
export async function stageRelation(
  engine: Engine,
  file: DiscoveredFile,
  raw: RawRelation,
  config: Config,
): Promise<RawRelation> {
  const { source } = file;
  if (source.staging === null) return raw;
  await nameRawRows(engine, source, raw);
  const from = `temp.${staged}`;
  try {
    // one SELECT and nothing else, with places in the file; then as a view, which takes a trailing `;` or comment as it is
    const name = relative(config.root, source.staging);
    const query = { file: name, sql: await readStaging(source.staging, name) };
    await engine.describe(query);
    await refuseUnsteady(engine, query);
    await engine.execute(`CREATE OR REPLACE TEMP VIEW ${staged} AS ${query.sql}`);
    const rows = await engine.rows(`DESCRIBE ${from}`);
    const found = rows.map((row) => String(row["column_name"]));
    const columns = rows.map((row, index) => {
      const name = found[index] ?? "";
      return { name, sql: sqlName(name), type: String(row["column_type"]) };
    });
    return { from, fromMany: null, columns, found, tolerantOnly: raw.tolerantOnly };
  } catch (error) {
    const refused = stagingRefusal(file, error);
    // what the engine suggests instead of a missing column are words of the file's first line
    throw isRefusal(refused) && !looksLikeHeader(raw.found, source)
      ? refusal(file.file, refused.message, "nothing in the file looks like the header of an export", error)
      : refused;
  }
}

/** Under the name of its source, as a staging query reads them. */
export async function nameRawRows(engine: Engine, { name }: Source, raw: RawRelation): Promise<void> {
  const columns = raw.columns
    .filter((column) => isName(column.name))
    .map((column) => `${column.sql} AS ${sqlName(column.name)}`);
  await engine.execute(
    `CREATE OR REPLACE TEMP VIEW ${sqlName(name)} AS SELECT ${columns.join(", ")} FROM ${raw.from}`,
  );
}

/** The same file must give the same rows whenever it is read: duplicates and closed days are found by them. */
async function refuseUnsteady(engine: Engine, query: QueryFile): Promise<void> {
  const [first] = await engine.unsteadyNames(query);
  if (first === undefined) return;
  const { text, line, column } = first;
  throw new GatebookError("query", `${text} differs from run to run: the source cannot be loaded again`, {
    where: { file: query.file, line, column },
    hint: "take a time from the export, and an id from its columns, e.g. md5(concat_ws('|', user, ts, item))",
  });
}

/** The staged rows in a table, numbered: the tolerant way reads them more than once and has to distinguish them. */
export async function keepStagedRows(
  engine: Engine,
  relation: RawRelation,
): Promise<Pick<ValidRecords, "relation" | "line" | "valid" | "rawTexts">> {
  // in the order of their content: which rows of a closed day come too late must not depend on threads
  await engine.execute(`CREATE OR REPLACE TEMP TABLE kept_staged AS
    SELECT row_number() OVER (ORDER BY ${relation.columns.map(({ sql }) => sql).join(", ")}) AS "gatebook row", *
    FROM ${relation.from}`);
  const row = relation.columns.map(({ name, sql }) => `${sqlText(name)}: ${sql}`).join(", ");
  const line = '"gatebook row"';
  const texts = `(SELECT ${line} AS line, CAST(to_json({${row}}) AS VARCHAR) AS raw FROM kept_staged)`;
  return {
    relation: { ...relation, from: "kept_staged" },
    line,
    valid: await countRows(engine, "kept_staged"),
    rawTexts: () => Promise.resolve(texts),
  };
}

export async function dropStage(engine: Engine, source: Source): Promise<void> {
  if (source.staging === null) return;
  await engine.execute(
    `DROP VIEW IF EXISTS temp.${staged}; DROP VIEW IF EXISTS temp.${sqlName(source.name)}`,
  );
}

/** The file is valid, the query over it is not: what is wrong, and where. */
export function stagingRefusal(file: DiscoveredFile, error: unknown): unknown {
  if (!(error instanceof GatebookError) || error.code === "input") return error;
  if (isEngineError(error, "disk_full", "memory", "crashed")) return error;
  const place = error.where === undefined ? "" : `${formatPlace(error.where)}: `;
  const message = error instanceof EngineError ? error.reason : error.message;
  return refusal(
    file.file,
    `cannot be staged: ${place}${message}`,
    error.code === "query" && error.hint !== undefined
      ? error.hint
      : `fix queries/sources/${file.source.name}.sql; TRY_CAST instead of CAST lets a bad value be one reject`,
    error,
  );
}
