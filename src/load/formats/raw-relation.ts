/**
 * The rows of one file as they stand, as something to select FROM: CSV and JSONL with every value as text, Parquet in
 * its own types. Strict: a malformed row is an error here, and the tolerant path's to sort out.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import { acceptedNames } from "../events/binding.ts";
import { canonicalNames } from "../events/columns.ts";
import type { PreparedFile } from "../files/prepare.ts";
import { readCsvHeader } from "./csv-records.ts";
import { type CsvDialect, dialectOf } from "./csv-scanner.ts";
import { sampleKeys } from "./json-keys.ts";
import { unreadableParquet } from "./parquet-faults.ts";

interface RawColumn {
  /** As found in the file. */
  readonly name: string;
  /** How to refer to it in SQL over `from`. */
  readonly sql: string;
  /** "VARCHAR" in CSV and JSONL; the file's own type in Parquet. */
  readonly type: string;
}

export interface RawRelation {
  readonly from: string;
  /** The same over several files of this shape, with `file_index` from 0 beside the columns; null when they cannot be read at once. */
  readonly fromMany: ((paths: readonly string[]) => string) | null;
  readonly columns: readonly RawColumn[];
  /** Columns the file really has; JSONL reads more, all that could be in a later line. */
  readonly found: readonly string[];
  /** The fast path cannot read this file right, e.g. blank lines stand before the header. */
  readonly tolerantOnly: boolean;
  /** JSONL: two of its keys differ in case only, which the reader of JSON would not tell apart. */
  readonly isExact?: boolean;
}

export async function rawRelation(engine: Engine, prepared: PreparedFile): Promise<RawRelation> {
  switch (prepared.file.format) {
    case "csv":
      return csvRelation(prepared);
    case "jsonl":
      return jsonRelation(prepared);
    case "parquet":
      return parquetRelation(engine, prepared);
  }
}

export function csvRead(
  path: string | readonly string[],
  dialect: CsvDialect,
  columns: readonly string[],
  nullText: readonly string[],
  compression: "uncompressed" | "zstd" = "uncompressed",
): string {
  const types = columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ");
  const nulls = [...new Set(["", ...nullText])].map(sqlText).join(", ");
  // else the reader guesses, and takes a carriage return within the first record's quotes for the end of lines
  const lineEnd = dialect.endsInFeeds === true ? "new_line = '\\n', " : "";
  return `read_csv(${pathText(path)}, auto_detect = false, header = ${dialect.header},
    delim = ${sqlText(dialect.delimiter)}, quote = ${sqlText(dialect.quote)}, escape = ${sqlText(dialect.escape)},
    nullstr = [${nulls}], ${lineEnd}strict_mode = true, hive_partitioning = false,
    compression = '${compression}', columns = {${types}})`;
}

function pathText(path: string | readonly string[]): string {
  return typeof path === "string" ? sqlText(path) : `[${path.map(sqlText).join(", ")}]`;
}

export function jsonRead(
  path: string | readonly string[],
  columns: readonly string[],
  compression: "uncompressed" | "zstd" = "uncompressed",
): string {
  const types = columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ");
  return `read_json(${pathText(path)}, format = 'newline_delimited', auto_detect = false,
    hive_partitioning = false, compression = '${compression}', columns = {${types}})`;
}

function strictCompression(prepared: PreparedFile): "uncompressed" | "zstd" {
  return prepared.strictPath === prepared.path ? "uncompressed" : "zstd";
}

function csvRelation(prepared: PreparedFile): RawRelation {
  const { file } = prepared;
  const dialect = dialectOf(file);
  const header = readCsvHeader(file, prepared.head, dialect);
  // by position: names of a header may clash in case ("ID", "id"), c0, c1, … never do
  const names = header.columns.map((_, index) => `c${index}`);
  const read = (path: string | readonly string[]): string =>
    csvRead(path, dialect, names, file.source.options.nullText, strictCompression(prepared));
  return {
    from: read(prepared.strictPath),
    fromMany: header.startsBlank ? null : read,
    columns: numberedColumns(header.columns),
    found: header.columns,
    tolerantOnly: header.startsBlank,
  };
}

async function jsonRelation(prepared: PreparedFile): Promise<RawRelation> {
  const { file } = prepared;
  const found = (await sampleKeys(prepared)).filter(isName);
  const accepted = canonicalNames.flatMap((canonical) => acceptedNames(file.source, canonical));
  const compression = strictCompression(prepared);
  if (clashIn(found, accepted)) return exactKeys(prepared, [...new Set([...found, ...accepted])], found);
  const names = jsonNames(found, accepted);
  const read = (path: string | readonly string[], more = ""): string =>
    `(SELECT ${more}${numbered(names)} FROM ${jsonRead(path, names, compression)})`;
  return {
    from: read(prepared.strictPath),
    fromMany: hasFileIndex(names) ? null : (paths) => read(paths, `${FILE_INDEX}, `),
    columns: numberedColumns(names),
    found,
    tolerantOnly: false,
  };
}

/** The engine's own name for the place of a row's file in the list that it reads. */
export const FILE_INDEX = "file_index";

/** A column of the export under that name would stand in front of the engine's. */
function hasFileIndex(names: readonly string[]): boolean {
  return names.some((name) => name.toLowerCase() === FILE_INDEX);
}

/** What SQL can call a column: `""` and a name with a NUL are sound keys in JSON and can be none there. */
export function isName(name: string): boolean {
  return name !== "" && !name.includes("\0");
}

/** `"user_id" AS c0, …`: whatever a key is called, it clashes with no name of ours. */
export function numbered(names: readonly string[]): string {
  return names.map((name, index) => `${sqlName(name)} AS c${index}`).join(", ");
}

function numberedColumns(names: readonly string[]): RawColumn[] {
  return names.map((name, index) => ({ name, sql: `c${index}`, type: "VARCHAR" }));
}

/** Two keys that differ in case only, and one of them is wanted: the reader would take the one and lose the other. */
function clashIn(found: readonly string[], accepted: readonly string[]): boolean {
  const wanted = new Set(accepted.map((name) => name.toLowerCase()));
  const keys = found.map((name) => name.toLowerCase()).filter((key) => wanted.has(key));
  return new Set(keys).size < keys.length;
}

/** Slower: every line is taken as a whole, and each key of it by its exact name. */
function exactKeys(prepared: PreparedFile, names: readonly string[], found: readonly string[]): RawRelation {
  const values = names.map((name, index) => `json ->> ${sqlText(jsonPointer(name))} AS c${index}`);
  const objects = `read_json_objects(${sqlText(prepared.strictPath)}, format = 'newline_delimited',
    hive_partitioning = false, compression = '${strictCompression(prepared)}')`;
  return {
    from: `(SELECT ${values.join(", ")} FROM ${objects})`,
    fromMany: null,
    columns: numberedColumns(names),
    found,
    tolerantOnly: false,
    isExact: true,
  };
}

/** As a JSON pointer, since a plain `a.b` or `$x` would be taken for a path: `a/b` → `/a~1b`. */
export function jsonPointer(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * All keys seen, as they are written, and every accepted name that a later line might still bring. Keys that differ in case
 * only clash in DuckDB.
 */
function jsonNames(found: readonly string[], accepted: readonly string[]): string[] {
  const names = new Map<string, string>();
  for (const name of [...found, ...accepted]) {
    const key = name.toLowerCase();
    if (!names.has(key)) names.set(key, name);
  }
  return [...names.values()];
}

async function parquetRelation(engine: Engine, prepared: PreparedFile): Promise<RawRelation> {
  const read = (path: string | readonly string[]): string =>
    `read_parquet(${pathText(path)}, hive_partitioning = false, file_row_number = false)`;
  const from = read(prepared.path);
  try {
    const rows = await engine.rows(`DESCRIBE SELECT * FROM ${from}`);
    const columns = rows.flatMap((row) => {
      const name = String(row["column_name"]);
      return isName(name) ? [{ name, sql: sqlName(name), type: String(row["column_type"]) }] : [];
    });
    const found = columns.map(({ name }) => name);
    return { from, fromMany: hasFileIndex(found) ? null : read, columns, found, tolerantOnly: false };
  } catch (error) {
    throw unreadableParquet(prepared, error);
  }
}
