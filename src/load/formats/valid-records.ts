/**
 * The records of a file that are records, each with its line; what is none goes to reject_rows at once. Runs inside the
 * transaction of the load.
 */
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { PreparedFile } from "../files/prepare.ts";
import { cleanRead, createCleanCsv } from "./clean-csv.ts";
import { dialectOf, needsCopy } from "./csv-scanner.ts";
import type { ReadableFile } from "./raw-relation.ts";
import { countRows, csvRead, jsonPointer, jsonRead, numbered, type RawRelation } from "./readers.ts";
import { lineMember, MOST_SHOWN, type RewriteMode, separateRecords, shownText } from "./separate-records.ts";
import { eachRecord } from "./text-records.ts";

export interface ValidRecords {
  readonly relation: RawRelation;
  /** SQL expression of a record's line (row number in Parquet) over `relation`; no two have the same. */
  readonly line: string;
  /** How many the relation has. */
  readonly valid: number;
  /** How many were rejected here. */
  readonly broken: number;
  /**
   * Makes a relation of `line`, `record` and `raw` for the lines of `lines`, a table or subquery: the line in the file, null where
   * it is not known, and the text.
   */
  readonly rawTexts: (lines: string) => Promise<string>;
}

/** Throws a refusal when a quote is left open. Parquet has no broken records. */
export async function validRecords(
  engine: Engine,
  file: ReadableFile,
  asked: RewriteMode,
): Promise<ValidRecords> {
  const { prepared, raw, temporary } = file;
  const { fileId } = file.task;
  if (prepared.file.format === "parquet") return parquetRecords(engine, raw);
  const isCsv = prepared.file.format === "csv";
  const mode = isReadAsLines(prepared, raw) ? asked : "values";
  const separate = await separateRecords(prepared, { mode, temporary, header: isCsv ? raw.found : [] });
  await engine.execute(`INSERT INTO reject_rows SELECT ${fileId}, CAST(line AS BIGINT), NULL, reason, raw
    FROM ${cleanRead(separate.brokenPath, ["line", "reason", "raw"], [])}`);
  const rawTexts = (lines: string): Promise<string> => textsOf(engine, file, lines);
  const records = { line: "CAST(line AS BIGINT)", ...separate, rawTexts };
  const relation = isCsv
    ? csvRecords(prepared, raw, separate, mode)
    : mode === "lines"
      ? jsonRecords(raw, separate)
      : null;
  if (relation !== null) return { ...records, relation };
  const bad = await rejectBadJson(engine, separate, fileId);
  return {
    ...records,
    relation: jsonValues(raw),
    valid: records.valid - bad,
    broken: records.broken + bad,
  };
}

/** Else DuckDB cannot read the lines with their number in front. */
function isReadAsLines({ file, head }: PreparedFile, raw: RawRelation): boolean {
  if (file.format === "csv") {
    const dialect = dialectOf({ file, head });
    // without a quote there is no way to write a value that holds a carriage return
    return dialect.quote !== "" && !needsCopy(dialect, file.source.options.nullText);
  }
  return raw.isExact !== true && raw.columns.every(({ name }) => name.toLowerCase() !== lineMember);
}

async function parquetRecords(engine: Engine, raw: RawRelation): Promise<ValidRecords> {
  const from = raw.from.replace("file_row_number = false", "file_row_number = true");
  const row = raw.columns.map(({ name, sql }) => `${sqlText(name)}: ${sql}`).join(", ");
  const line = "file_row_number + 1";
  return {
    relation: { ...raw, from },
    line,
    valid: await countRows(engine, raw.from),
    broken: 0,
    rawTexts: () =>
      Promise.resolve(
        `(SELECT ${line} AS line, ${line} AS record, CAST(to_json({${row}}) AS VARCHAR) AS raw FROM ${from})`,
      ),
  };
}

type Separated = Awaited<ReturnType<typeof separateRecords>>;

function csvRecords(
  prepared: PreparedFile,
  raw: RawRelation,
  { path, longest }: Separated,
  mode: RewriteMode,
): RawRelation {
  const names = ["line", ...raw.columns.map((_, index) => `c${index}`)];
  const { nullText } = prepared.file.source.options;
  const dialect = { ...dialectOf(prepared), header: false, skip: 0, endsInFeeds: true, longest };
  const from =
    mode === "values" ? cleanRead(path, names, nullText, longest) : csvRead(path, dialect, names, nullText);
  return { ...raw, from };
}

function jsonRecords(raw: RawRelation, { path, longest }: Separated): RawRelation {
  const names = raw.columns.map(({ name }) => name);
  const read = jsonRead(path, [lineMember, ...names], { longest, compression: "uncompressed" });
  return { ...raw, from: `(SELECT "${lineMember}" AS line, ${numbered(names)} FROM ${read})` };
}

/** Lines that DuckDB and JavaScript disagree on are settled by DuckDB, one by one. Returns how many are no object. */
async function rejectBadJson(engine: Engine, { path, longest }: Separated, fileId: number): Promise<number> {
  const document = "CASE WHEN json_valid(raw) AND json_type(raw) = 'OBJECT' THEN CAST(raw AS JSON) END";
  await engine.execute(`
    CREATE OR REPLACE TEMP TABLE json_lines AS
      SELECT line, raw, ${document} AS document FROM ${cleanRead(path, ["line", "raw"], [], longest)};
    INSERT INTO reject_rows
      SELECT ${fileId}, CAST(line AS BIGINT), NULL, 'bad_json', ${shownSql("raw")} FROM json_lines WHERE document IS NULL;
  `);
  return countRows(engine, "json_lines WHERE document IS NULL");
}

/** As `shownText` cuts it. */
export function shownSql(text: string): string {
  return `CASE WHEN strlen(${text}) > ${MOST_SHOWN} THEN left(${text}, ${MOST_SHOWN}) || '…' ELSE ${text} END`;
}

function jsonValues(raw: RawRelation): RawRelation {
  const values = raw.columns.map(
    ({ name }, index) => `document ->> ${sqlText(jsonPointer(name))} AS c${index}`,
  );
  return { ...raw, from: `(SELECT line, ${values.join(", ")} FROM json_lines WHERE document IS NOT NULL)` };
}

/** More than this, and the texts of all lines are handed over rather than those asked for. */
const mostAskedFor = 200_000;

async function textsOf(
  engine: Engine,
  { prepared, temporary }: ReadableFile,
  lines: string,
): Promise<string> {
  const bad = await countRows(engine, lines);
  const rows = bad > mostAskedFor ? [] : await engine.rows(`SELECT line FROM ${lines}`);
  const asked = new Set(rows.map((row) => Number(row["line"])));
  const path = join(temporary, "texts");
  const target = await createCleanCsv(path);
  try {
    await eachRecord(
      prepared,
      ({ line, raw }) => {
        if (bad > mostAskedFor || asked.has(line)) target.add([String(line), shownText(raw)]);
      },
      target.flush,
    );
  } finally {
    await target.close();
  }
  const texts = cleanRead(path, ["line", "raw"], []);
  return `(SELECT CAST(line AS BIGINT) AS line, CAST(line AS BIGINT) AS record, raw FROM ${texts})`;
}
