/** How the rows of one file are read as they are. A malformed row is an error here; the tolerant load sorts it out. */
import { open } from "node:fs/promises";
import type { Engine } from "../../engine/engine.ts";
import { EngineError } from "../../engine/engine-error.ts";
import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { GatebookError } from "../../model/error.ts";
import { columnsOf } from "../../model/event-columns.ts";
import { acceptedNames } from "../events/binding.ts";
import { withoutNullText } from "../events/raw-value.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import type { PreparedFile } from "../files/prepare.ts";
import { refusal } from "../files/refusal.ts";
import type { FileTask } from "../plan.ts";
import { cleanRead } from "./clean-csv.ts";
import { readCsvHeader } from "./csv-records.ts";
import { dialectOf, needsCopy } from "./csv-scanner.ts";
import { parseJson } from "./json-objects.ts";
import {
  csvRead,
  FILE_INDEX,
  isName,
  jsonLimit,
  jsonPointer,
  jsonRead,
  numbered,
  numberedColumns,
  pathText,
  type RawRelation,
} from "./readers.ts";

/** One file with all that reading its rows takes. */
export interface ReadableFile {
  readonly task: FileTask;
  /** Folder for temporary files of this file alone. */
  readonly temporary: string;
  readonly prepared: PreparedFile;
  /** Its rows as they are in the file. */
  readonly raw: RawRelation;
}

export async function rawRelation(engine: Engine, prepared: PreparedFile): Promise<RawRelation> {
  const { format, source } = prepared.file;
  if (format === "csv") return csvRelation(prepared);
  const raw = await (format === "jsonl" ? jsonRelation(prepared) : parquetRelation(engine, prepared));
  const { nullText } = source.options;
  return {
    ...raw,
    columns: raw.columns.map((column) => ({ ...column, ...withoutNullText(column, nullText) })),
  };
}

function strictCompression(prepared: PreparedFile): "uncompressed" | "zstd" {
  return prepared.strictPath === prepared.path ? "uncompressed" : "zstd";
}

function csvRelation(prepared: PreparedFile): RawRelation {
  const { file } = prepared;
  const dialect = dialectOf(prepared);
  const { nullText } = file.source.options;
  const header = readCsvHeader(file, prepared.head, dialect);
  // by position: names of a header may clash in case ("ID", "id"), c0, c1, … never do
  const names = header.columns.map((_, index) => `c${index}`);
  const isCopied = needsCopy(dialect, nullText);
  const read = (path: string | readonly string[]): string =>
    isCopied
      ? cleanRead(path, names, nullText)
      : csvRead(path, dialect, names, nullText, strictCompression(prepared));
  const tolerantOnly = isCopied ? typeof prepared.copy !== "string" : header.startsBlank;
  return {
    from: read(prepared.strictPath),
    fromMany: tolerantOnly ? null : read,
    columns: numberedColumns(header.columns),
    found: header.columns,
    tolerantOnly,
    hasSemicolons: dialect.delimiter === ";",
  };
}

async function jsonRelation(prepared: PreparedFile): Promise<RawRelation> {
  const { file } = prepared;
  const found = (await sampleKeys(prepared)).filter(isName);
  const accepted = columnsOf(file.source).flatMap((canonical) => acceptedNames(file.source, canonical));
  const compression = strictCompression(prepared);
  if (clashIn(found, accepted)) return exactKeys(prepared, [...new Set([...found, ...accepted])], found);
  const names = jsonNames(found, accepted);
  const read = (path: string | readonly string[], more = ""): string =>
    `(SELECT ${more}${numbered(names)} FROM ${jsonRead(path, names, { longest: file.source.maxLine, compression })})`;
  return {
    from: read(prepared.strictPath),
    fromMany: hasFileIndex(names) ? null : (paths) => read(paths, `${FILE_INDEX}, `),
    columns: numberedColumns(names),
    found,
    tolerantOnly: false,
  };
}

/** A column of the export under that name would hide the engine's. */
function hasFileIndex(names: readonly string[]): boolean {
  return names.some((name) => name.toLowerCase() === FILE_INDEX);
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
  const objects = `read_json_objects(${sqlText(prepared.strictPath)}, format = 'newline_delimited', ${jsonLimit(prepared.file.source.maxLine)},
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
    throw unreadableParquet(prepared.file, error);
  }
}

/** Its footer may be valid and its pages not: only reading them shows it. */
export function unreadableParquet({ file }: DiscoveredFile, error: unknown): GatebookError {
  const reason = error instanceof EngineError ? error.reason : String(error);
  return refusal(file, `cannot be read as Parquet: ${reason}`, "copy or export it again", error);
}

const sampleBytes = 1 << 16;

/**
 * The keys of a JSONL file, sampled at its beginning, middle and end (an export may change with a deploy), in order of appearance.
 * Throws a refusal when the file is a JSON array or nothing in it is an object.
 */
async function sampleKeys(prepared: PreparedFile): Promise<readonly string[]> {
  const start = prepared.head.toString("utf8").trimStart();
  if (start.startsWith("[")) {
    const message = "is a JSON array; one object per line is expected";
    throw refusal(prepared.file.file, message, "export JSON lines, e.g. with jq -c '.[]'");
  }
  const keys = new Set<string>();
  for (const text of [prepared.head.toString("utf8"), ...(await laterSamples(prepared.path))]) {
    for (const line of text.split("\n")) for (const key of keysOf(line)) keys.add(key);
  }
  // a first line longer than the sample shows nothing: the reader will
  const isSeen = prepared.head.includes(0x0a) || prepared.plainBytes <= prepared.head.length;
  if (keys.size === 0 && isSeen) {
    throw refusal(prepared.file.file, "has no line that is a JSON object", "export one JSON object per line");
  }
  return [...keys];
}

function keysOf(line: string): string[] {
  if (!line.trimStart().startsWith("{")) return [];
  // none: a line the sample cut, or a broken one, which is the reader's to judge
  return Object.keys((parseJson(line) ?? {}) as object);
}

async function laterSamples(path: string): Promise<string[]> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const texts: string[] = [];
    for (const at of [Math.floor((size - sampleBytes) / 2), size - sampleBytes]) {
      if (at <= 0) continue;
      const buffer = Buffer.alloc(sampleBytes);
      const { bytesRead } = await handle.read(buffer, 0, sampleBytes, at);
      texts.push(buffer.subarray(0, bytesRead).toString("utf8"));
    }
    return texts;
  } finally {
    await handle.close();
  }
}
