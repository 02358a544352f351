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
import { isRefusal, needsTolerance, refusal } from "../files/refusal.ts";
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
    await engine.describe(query).catch(async (error: unknown) => {
      throw (await refusedLookup(engine, file, query)) ?? error;
    });
    await refuseUnsteady(engine, query);
    await engine.execute(`CREATE OR REPLACE TEMP VIEW ${staged} AS ${query.sql}`);
    const rows = await engine.rows(`DESCRIBE ${from}`);
    const found = rows.map((row) => String(row["column_name"]));
    const columns = rows.map((row, index) => {
      const name = found[index] ?? "";
      return { name, sql: sqlName(name), type: String(row["column_type"]) };
    });
    // what it makes of the file's texts is written as the file writes numbers
    const { tolerantOnly, hasSemicolons = false } = raw;
    return { from, fromMany: null, columns, found, tolerantOnly, hasSemicolons };
  } catch (error) {
    const refused = stagingRefusal(file, error);
    // what the engine suggests instead of a missing column are words of the file's first line
    throw isRefusal(refused) && !looksLikeHeader(raw.found, source)
      ? refusal(file.file, refused.message, "nothing in the file looks like the header of an export", error)
      : refused;
  }
}

/** A lookup without a single file that could be read is an empty table, which lacks the columns that the query asks for. */
async function refusedLookup(
  engine: Engine,
  { file }: DiscoveredFile,
  query: QueryFile,
): Promise<GatebookError | null> {
  const refused = await engine.rows(`SELECT source, min(file) AS file FROM load_files
    WHERE kind = 'lookup' GROUP BY source HAVING bool_and(status = 'refused') ORDER BY source`);
  const read = await engine.references(query).catch(() => []);
  const lost = refused.find((row) =>
    read.some(({ name }) => name.toLowerCase() === String(row["source"]).toLowerCase()),
  );
  if (lost === undefined) return null;
  const message = `cannot be staged: the lookup ${lost["source"]}, which its query reads, was refused (${lost["file"]})`;
  return refusal(file, message, "fix the lookup first");
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

export interface StagedFile {
  readonly file: DiscoveredFile;
  /** What the staging query read. */
  readonly records: ValidRecords;
  readonly config: Config;
  /** False where running the query over single records has failed before: it takes the load's transaction with it. */
  readonly tracesRecords: boolean;
}

/** The staged rows in a table, numbered: the tolerant way reads them more than once and has to distinguish them. */
export async function keepStagedRows(
  engine: Engine,
  relation: RawRelation,
  staged: StagedFile,
): Promise<Pick<ValidRecords, "relation" | "line" | "valid" | "rawTexts">> {
  // in the order of their content: which rows of a closed day come too late must not depend on threads
  await engine.execute(`CREATE OR REPLACE TEMP TABLE kept_staged AS
    SELECT row_number() OVER (ORDER BY ${relation.columns.map(({ sql }) => sql).join(", ")}) AS "gatebook row", *
    FROM ${relation.from}`);
  return {
    relation: { ...relation, from: "kept_staged" },
    line: '"gatebook row"',
    valid: await countRows(engine, "kept_staged"),
    rawTexts: (lines) => stagedTexts(engine, relation, staged, lines),
  };
}

/** The text of the record that a staged row was made of; where none is found, the staged row itself. */
async function stagedTexts(
  engine: Engine,
  relation: RawRelation,
  staged: StagedFile,
  lines: string,
): Promise<string> {
  const row = relation.columns.map(({ name, sql }) => `${sqlText(name)}: s.${sql}`).join(", ");
  const text = `CAST(to_json({${row}}) AS VARCHAR)`;
  // equal rows are distinguished by their order: the first of the file is the first here
  await engine.execute(`CREATE OR REPLACE TEMP TABLE staged_texts AS
    SELECT "gatebook row" AS line, ${text} AS text, row_number() OVER (PARTITION BY text ORDER BY line) AS place
    FROM kept_staged s WHERE "gatebook row" IN (SELECT line FROM ${lines})`);
  const origins = await recordsOf(engine, staged, text);
  if (origins === null) return "(SELECT line, CAST(NULL AS BIGINT) AS record, text AS raw FROM staged_texts)";
  const raw = await staged.records.rawTexts(`(SELECT DISTINCT record AS line FROM ${origins})`);
  return `(SELECT s.line, r.record, coalesce(r.raw, s.text) AS raw FROM staged_texts s
    LEFT JOIN ${origins} o ON o.text = s.text AND o.place = s.place LEFT JOIN ${raw} r ON r.line = o.record)`;
}

/**
 * A table of `text`, `place` and `record`: the staging query run over each record by itself, as far as that makes the same rows. A
 * query that puts several records together finds none; null where it cannot be run so. Throws `needsTolerance` where it fails on
 * a record, since that ends the load's transaction.
 */
async function recordsOf(
  engine: Engine,
  { file, records, config, tracesRecords }: StagedFile,
  text: string,
): Promise<string | null> {
  const { source } = file;
  if (source.staging === null || !tracesRecords) return null;
  const columns = records.relation.columns.filter(({ name }) => isName(name));
  const values = columns.map(({ name, sql }) => `${sql} AS ${sqlName(name)}`).join(", ");
  const own = columns.map(({ name }) => `r.${sqlName(name)} AS ${sqlName(name)}`).join(", ");
  const name = relative(config.root, source.staging);
  const query = {
    file: name,
    sql: await readStaging(source.staging, name),
    before: `SELECT r."gatebook record" AS record, ${text} AS text, row_number() OVER (PARTITION BY text ORDER BY record) AS place
      FROM (SELECT ${records.line} AS "gatebook record", ${values} FROM ${records.relation.from}) r,
      LATERAL (WITH ${sqlName(source.name)} AS (SELECT ${own}) SELECT * FROM (`,
    after: `)) s WHERE ${text} IN (SELECT text FROM staged_texts)`,
  };
  const isQuery = (error: unknown): boolean => error instanceof GatebookError && error.code === "query";
  const isBound = await engine.describe(query).then(
    () => true,
    (error: unknown) => {
      if (isQuery(error)) return false;
      throw error;
    },
  );
  if (!isBound) return null;
  await engine.scratch("staged_records", query).catch((error: unknown) => {
    throw isQuery(error) ? needsTolerance : error;
  });
  return "temp.staged_records";
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
  const advice = isEngineError(error, "data")
    ? "; TRY_CAST instead of CAST, or TRY(…) around what fails, lets a bad value be one reject"
    : "";
  const hint = error.code === "query" ? error.hint : undefined;
  return refusal(
    file.file,
    `cannot be staged: ${place}${message}`,
    hint ?? `fix queries/sources/${file.source.name}.sql${advice}`,
    error,
  );
}
