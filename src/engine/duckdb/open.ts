/** Opens a DuckDB database, a file or ":memory:", as an Engine whose access to files and network can be closed (`fence`). */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { GatebookError } from "../../model/error.ts";
import type { Engine } from "../engine.ts";
import { sqlText } from "../sql-text.ts";
import { createDatabase } from "./create.ts";
import { duckDbEngine } from "./duckdb-engine.ts";
import { damagedFile, isDamage } from "./error-kind.ts";
import { duckDb } from "./library.ts";
import type { ProfileOptions } from "./profile.ts";
import { parseException } from "./query-error.ts";

export interface OpenOptions {
  /** Absolute path of the database file; ":memory:" for one that is gone afterwards. */
  readonly file: string;
  readonly readOnly?: boolean | undefined;
  /** Files and folders that stay readable when the fence is up. */
  readonly allowedPaths?: readonly string[] | undefined;
  readonly allowedDirectories?: readonly string[] | undefined;
  /** e.g. "1GB", for the process as a whole; without one DuckDB takes up to 80% of the machine. */
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  /** Where DuckDB spills; created when missing. */
  readonly temporaryDirectory?: string | undefined;
  /** Measures every statement. */
  readonly profile?: ProfileOptions | undefined;
  /** How long to wait for another process to close the file. */
  readonly waitMs?: number | undefined;
  /** Called once when waiting begins, with the sentence that names the process that has the file. */
  readonly onWait?: ((message: string) => void) | undefined;
}

const RETRY_MS = 250;

/** Of the memory that a run may have. */
const ENGINE_SHARE = 0.85;

/** Throws GatebookError `busy` when another process has the file open, `damaged` when it is no whole DuckDB file. */
export async function openDuckDb(options: OpenOptions): Promise<Engine> {
  if (options.file !== ":memory:" && options.readOnly !== true) await createDatabase(options.file);
  if (options.profile !== undefined) mkdirSync(dirname(options.profile.file), { recursive: true });
  const access: Record<string, string> = options.readOnly === true ? { access_mode: "READ_ONLY" } : {};
  const instance = await openPatiently(() => duckDb.DuckDBInstance.create(options.file, access), options);
  const connection = await instance.connect();
  await configure(connection, options);
  return duckDbEngine(instance, connection, options.profile);
}

const FIXED = [
  "errors_as_json = true",
  "autoinstall_known_extensions = false",
  "autoload_known_extensions = false",
  "TimeZone = 'UTC'",
  "preserve_insertion_order = true",
  "enable_progress_bar = false",
  // a checkpoint would merge the half-filled row groups that files end in, and write most of a night's rows twice
  "max_vacuum_tasks = 0",
  // nights of many small files would be rewritten with every second of them
  "checkpoint_threshold = '256MB'",
];

/**
 * Trino's names for the values in JSON text: a file that reads them is one text for both engines. Broken JSON is null without an error, since
 * TRY takes 17 µs for each row that has one; `["key"]` of a path is `."key"` here.
 */
const MACROS = `
  CREATE OR REPLACE TEMP MACRO json_parse(document) AS CASE WHEN json_valid(document) THEN CAST(document AS JSON) END;
  CREATE OR REPLACE TEMP MACRO json_extract_scalar(document, path) AS
    json_value(document, regexp_replace(path, '\\["([^"]*)"\\]', '."\\1"', 'g')) ->> '$'`;

async function configure(connection: DuckDBConnection, options: OpenOptions): Promise<void> {
  const { memoryLimit, threads, temporaryDirectory, profile } = options;
  await connection.run(FIXED.map((setting) => `SET ${setting};`).join(" "));
  await connection.run(MACROS);
  const settings: readonly (readonly [string, string | number | undefined])[] = [
    ["memory_limit", memoryLimit === undefined ? undefined : engineShare(memoryLimit)],
    ["threads", threads],
    ["temp_directory", temporaryDirectory],
    ["enable_profiling", profile && "json"],
    ["profiling_output", profile?.file],
  ];
  for (const [name, value] of settings) {
    if (value === undefined) continue;
    try {
      await connection.run(`SET ${name} = ${typeof value === "string" ? sqlText(value) : value}`);
    } catch (error) {
      const reason = parseException(error).exception_message ?? "";
      const asked = name === "memory_limit" ? memoryLimit : value;
      throw new GatebookError("usage", `DuckDB rejects ${name} = ${asked}: ${reason}`, { cause: error });
    }
  }
  await connection.run(`SET allowed_paths = ${quoteList(options.allowedPaths ?? [])}`);
  await connection.run(`SET allowed_directories = ${quoteList(options.allowedDirectories ?? [])}`);
}

/** DuckDB counts its buffers and neither what its threads take beside them nor Node: "1GB" → "0.85GB". */
function engineShare(limit: string): string {
  return limit.replace(/^\s*\d+(\.\d+)?/, (amount) =>
    String(Number((Number(amount) * ENGINE_SHARE).toPrecision(6))),
  );
}

function quoteList(texts: readonly string[]): string {
  return `[${texts.map(sqlText).join(", ")}]`;
}

/** Tries again while another process has the file open, for `waitMs`. */
export async function openPatiently(
  open: () => Promise<DuckDBInstance>,
  options: Pick<OpenOptions, "file" | "waitMs" | "onWait">,
): Promise<DuckDBInstance> {
  const deadline = Date.now() + (options.waitMs ?? 0);
  let isWaiting = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const failure = openError(error, options.file);
      if (failure.code !== "busy" || Date.now() >= deadline) throw failure;
      if (!isWaiting) options.onWait?.(failure.message);
      isWaiting = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function openError(error: unknown, file: string): GatebookError {
  const text = parseException(error).exception_message ?? "";
  // the second is Windows', which names the file and its own reason before
  const holder = /(?:Conflicting lock is held in|File is already open in)\s+(.+?) \(PID (\d+)\)/.exec(text);
  if (holder !== null) {
    return new GatebookError("busy", `the store is in use by process ${holder[2]} (${holder[1]})`, {
      where: { file },
      hint: "wait for that run to end, or give it longer with --wait 20m",
      cause: error,
    });
  }
  if (isDamage(text)) return damagedFile(text, file, error);
  return new GatebookError("store", `the store cannot be opened: ${text.split("\n")[0]}`, {
    where: { file },
    cause: error,
  });
}
