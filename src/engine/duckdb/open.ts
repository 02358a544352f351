/**
 * Opens a DuckDB database as an Engine. What comes in: a file (or ":memory:"), the files that loading may read, limits.
 * What goes out: an Engine whose door to files and network can be closed (`fence`). It keeps no state outside itself.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { GatebookError } from "../../model/error.ts";
import type { Engine } from "../engine.ts";
import { sqlText } from "../sql-text.ts";
import { createDatabase } from "./create.ts";
import { damagedFile, isDamage } from "./damage.ts";
import { duckDbEngine } from "./duckdb-engine.ts";
import { duckDb } from "./library.ts";
import type { ProfileOptions } from "./profile.ts";
import { parseException } from "./query-error.ts";

export interface OpenOptions {
  /** Absolute path of the database file; ":memory:" for one that is gone afterwards. */
  readonly file: string;
  readonly readOnly?: boolean | undefined;
  /** Files and folders that stay readable behind the fence. */
  readonly allowedPaths?: readonly string[] | undefined;
  readonly allowedDirectories?: readonly string[] | undefined;
  /** e.g. "1GB", for the process as a whole; without one DuckDB takes up to 80% of the machine. */
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  /** Where DuckDB spills; created when missing. */
  readonly temporaryDirectory?: string | undefined;
  /** Measures every statement. */
  readonly profile?: ProfileOptions | undefined;
  /** How long to wait for another process to let go of the file. */
  readonly waitMs?: number | undefined;
  /** Called once when waiting begins, with the sentence that says who holds the file. */
  readonly onWait?: ((message: string) => void) | undefined;
}

const RETRY_MS = 250;

/** Of the memory that a run may have. */
const ENGINE_SHARE = 0.85;

/** Throws GatebookError `busy` when another process holds the file, `damaged` when it is no whole DuckDB file. */
export async function openDuckDb(options: OpenOptions): Promise<Engine> {
  if (options.file !== ":memory:" && options.readOnly !== true) await createDatabase(options.file);
  if (options.profile !== undefined) mkdirSync(dirname(options.profile.file), { recursive: true });
  const instance = await openPatiently(
    () =>
      duckDb.DuckDBInstance.create(
        options.file,
        options.readOnly === true ? { access_mode: "READ_ONLY" } : {},
      ),
    options,
  );
  const connection = await instance.connect();
  await configure(connection, options);
  return duckDbEngine(instance, connection, options.profile);
}

async function configure(connection: DuckDBConnection, options: OpenOptions): Promise<void> {
  const settings: readonly (readonly [string, string | number | boolean])[] = [
    ["errors_as_json", true],
    ["autoinstall_known_extensions", false],
    ["autoload_known_extensions", false],
    ["TimeZone", "UTC"],
    ["preserve_insertion_order", true],
    ["enable_progress_bar", false],
    // a checkpoint would merge the half-filled row groups that files end in, and write most of a night's rows twice
    ["max_vacuum_tasks", 0],
    // nights of many small files would be written anew with every second of them
    ["checkpoint_threshold", "256MB"],
    ...(options.memoryLimit === undefined
      ? []
      : [["memory_limit", engineShare(options.memoryLimit)] as const]),
    ...(options.threads === undefined ? [] : [["threads", options.threads] as const]),
    ...(options.temporaryDirectory === undefined
      ? []
      : [["temp_directory", options.temporaryDirectory] as const]),
    ...(options.profile === undefined
      ? []
      : ([
          ["enable_profiling", "json"],
          ["profiling_output", options.profile.file],
        ] as const)),
  ];
  for (const [name, value] of settings) {
    try {
      await connection.run(`SET ${name} = ${typeof value === "string" ? sqlText(value) : value}`);
    } catch (error) {
      const reason = parseException(error).exception_message ?? "";
      const asked = name === "memory_limit" ? options.memoryLimit : value;
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

/** Tries again while another process holds the file, as long as `waitMs` says. */
export async function openPatiently(
  open: () => Promise<DuckDBInstance>,
  options: Pick<OpenOptions, "file" | "waitMs" | "onWait">,
): Promise<DuckDBInstance> {
  const deadline = Date.now() + (options.waitMs ?? 0);
  let told = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const failure = openError(error, options.file);
      if (failure.code !== "busy" || Date.now() >= deadline) throw failure;
      if (!told) options.onWait?.(failure.message);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function openError(error: unknown, file: string): GatebookError {
  const text = parseException(error).exception_message ?? "";
  const holder = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(text);
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
