/**
 * The rows of one file as they stand, as something to select FROM: CSV and JSONL with every value as text, Parquet in
 * its own types. Strict: a malformed row is an error here, and the tolerant path's to sort out.
 */
import type { Engine } from "../engine/engine.ts";
import { sqlName, sqlText } from "../engine/sql-text.ts";
import type { Source } from "../model/config.ts";
import { acceptedNames } from "./binding.ts";
import { canonicalNames } from "./columns.ts";
import { type CsvDialect, dialectOf, readCsvHeader } from "./csv-header.ts";
import { sampleKeys } from "./json-keys.ts";
import type { PreparedFile } from "./prepare.ts";
import { refusal } from "./refusal.ts";

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
  readonly columns: readonly RawColumn[];
  /** Columns the file really has; JSONL reads more, all that could be in a later line. */
  readonly found: readonly string[];
  /** The fast path cannot read this file right, e.g. blank lines stand before the header. */
  readonly tolerantOnly: boolean;
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
  path: string,
  dialect: CsvDialect,
  columns: readonly string[],
  nullText: readonly string[],
  compression: "uncompressed" | "zstd" = "uncompressed",
): string {
  const types = columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ");
  const nulls = [...new Set(["", ...nullText])].map(sqlText).join(", ");
  return `read_csv(${sqlText(path)}, auto_detect = false, header = ${dialect.header},
    delim = ${sqlText(dialect.delimiter)}, quote = ${sqlText(dialect.quote)}, escape = ${sqlText(dialect.escape)},
    nullstr = [${nulls}], strict_mode = true, hive_partitioning = false,
    compression = '${compression}', columns = {${types}})`;
}

export function jsonRead(
  path: string,
  columns: readonly string[],
  compression: "uncompressed" | "zstd" = "uncompressed",
): string {
  const types = columns.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ");
  return `read_json(${sqlText(path)}, format = 'newline_delimited', auto_detect = false,
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
  return {
    from: csvRead(
      prepared.strictPath,
      dialect,
      names,
      file.source.options.nullText,
      strictCompression(prepared),
    ),
    columns: header.columns.map((name, index) => ({ name, sql: `c${index}`, type: "VARCHAR" })),
    found: header.columns,
    tolerantOnly: header.startsBlank,
  };
}

async function jsonRelation(prepared: PreparedFile): Promise<RawRelation> {
  const { file } = prepared;
  const found = await sampleKeys(prepared);
  const names = jsonNames(file.source, found);
  return {
    from: jsonRead(prepared.strictPath, names, strictCompression(prepared)),
    columns: names.map((name) => ({ name, sql: sqlName(name), type: "VARCHAR" })),
    found,
    tolerantOnly: false,
  };
}

/** All keys seen, and every accepted name that a later line might still bring. Keys that differ in case only clash in DuckDB. */
function jsonNames(source: Source, found: readonly string[]): string[] {
  const names = new Map<string, string>();
  const accepted = canonicalNames.flatMap((canonical) => acceptedNames(source, canonical));
  for (const name of [...found, ...accepted]) {
    const key = name.toLowerCase();
    const exact = accepted.includes(name);
    if (!names.has(key) || (exact && !accepted.includes(names.get(key) ?? ""))) names.set(key, name);
  }
  return [...names.values()];
}

async function parquetRelation(engine: Engine, prepared: PreparedFile): Promise<RawRelation> {
  const from = `read_parquet(${sqlText(prepared.path)}, hive_partitioning = false, file_row_number = false)`;
  try {
    const rows = await engine.rows(`DESCRIBE SELECT * FROM ${from}`);
    const columns = rows.map((row) => {
      const name = String(row["column_name"]);
      return { name, sql: sqlName(name), type: String(row["column_type"]) };
    });
    return { from, columns, found: columns.map(({ name }) => name), tolerantOnly: false };
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^.*statement: /, "") : String(error);
    throw refusal(
      prepared.file.file,
      `cannot be read as Parquet: ${message}`,
      "copy or export it again",
      error,
    );
  }
}
