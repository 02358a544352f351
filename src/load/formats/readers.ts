/** How a file is read: as something to select FROM. CSV and JSONL with every value as text, Parquet in its own types. */
import type { Engine } from "../../engine/engine.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { CsvDialect } from "./csv-scanner.ts";

export interface RawColumn {
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
  /** The strict way cannot read this file right, e.g. there are blank lines before the header. */
  readonly tolerantOnly: boolean;
  /** CSV with semicolons: written where numbers have a decimal comma. */
  readonly hasSemicolons?: boolean;
  /** JSONL: two of its keys differ in case only, which the reader of JSON would take for one. */
  readonly isExact?: boolean;
}

/** The engine's own limit for a record of CSV. */
const usualLine = 2_000_000;

/** A longer one takes a larger buffer, of which the engine would reserve sixteen times what the record needs. */
function lineLimit(longest: number): string {
  if (longest < usualLine) return "";
  const limit = longest + 100;
  return `max_line_size = ${limit}, buffer_size = ${Math.max(16 * usualLine, 2 * limit)}, `;
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
  return `read_csv(${pathText(path)}, auto_detect = false, header = ${dialect.header}, skip = ${dialect.skip ?? 0},
    delim = ${sqlText(dialect.delimiter)}, quote = ${sqlText(dialect.quote)}, escape = ${sqlText(dialect.escape)},
    nullstr = [${nulls}], ${lineEnd}${lineLimit(dialect.longest ?? 0)}strict_mode = true, hive_partitioning = false,
    compression = '${compression}', columns = {${types}})`;
}

export function pathText(path: string | readonly string[]): string {
  return typeof path === "string" ? sqlText(path) : `[${path.map(sqlText).join(", ")}]`;
}

/** What the engine takes for one JSON object by itself. */
const usualObject = 16_777_216;

/** `longest`: bytes that a line may have. */
export function jsonLimit(longest: number): string {
  return `maximum_object_size = ${Math.max(usualObject, longest + 100)}`;
}

export function jsonRead(
  path: string | readonly string[],
  columns: readonly string[],
  { longest, compression }: { readonly longest: number; readonly compression: "uncompressed" | "zstd" },
): string {
  const types = columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ");
  return `read_json(${pathText(path)}, format = 'newline_delimited', auto_detect = false, ${jsonLimit(longest)},
    hive_partitioning = false, compression = '${compression}', columns = {${types}})`;
}

/** The engine's own name for the place of a row's file in the list that it reads. */
export const FILE_INDEX = "file_index";

/** What SQL can call a column: unlike `""` and a name with a NUL, which are valid keys in JSON. */
export function isName(name: string): boolean {
  return name !== "" && !name.includes("\0");
}

/** `"user_id" AS c0, …`: whatever a key is called, it clashes with no name of ours. */
export function numbered(names: readonly string[]): string {
  return names.map((name, index) => `${sqlName(name)} AS c${index}`).join(", ");
}

export function numberedColumns(names: readonly string[]): RawColumn[] {
  return names.map((name, index) => ({ name, sql: `c${index}`, type: "VARCHAR" }));
}

/** As a JSON pointer, since a plain `a.b` or `$x` would be taken for a path: `a/b` → `/a~1b`. */
export function jsonPointer(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export async function countRows(engine: Engine, relation: string): Promise<number> {
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM ${relation}`);
  return Number(row?.["rows"]);
}
