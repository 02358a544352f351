/** A new database appears whole: a process that is killed, or finds the disk full, in its first bytes leaves no half of one. */
import { existsSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileReason, GatebookError } from "../../model/error.ts";
import { duckDb } from "./library.ts";
import { parseException } from "./query-error.ts";

/** Makes an empty database unless there is a file; of two processes that do so at once one makes it for both. */
export async function createDatabase(file: string): Promise<void> {
  if (existsSync(file)) return;
  const own = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rm(own, { force: true });
    await writeEmpty(own);
    await putInPlace(own, file);
  } catch (error) {
    // the one that was first may have swept what this one had begun
    if (!existsSync(file)) throw createError(error, file);
  } finally {
    await rm(own, { force: true });
  }
}

/** What DuckDB made of a new file: a store and its lock are the same twelve thousand bytes. */
let empty: Buffer | null = null;

async function writeEmpty(file: string): Promise<void> {
  if (empty !== null) return await writeFile(file, empty);
  const instance = await duckDb.DuckDBInstance.create(file, { threads: "1" });
  instance.closeSync();
  empty = await readFile(file);
}

/** By a link, which fails where a rename would replace what another process has just made; some file systems have none. */
async function putInPlace(own: string, file: string): Promise<void> {
  try {
    await link(own, file);
  } catch (error) {
    if (existsSync(file) || !existsSync(own)) throw error;
    await rename(own, file);
  }
}

function createError(error: unknown, file: string): GatebookError {
  const reason = (parseException(error).exception_message ?? fileReason(error)).split("\n")[0];
  const hint = "check the rights of that folder and the free space of its disk: free some, and run again";
  return new GatebookError("store", `the store cannot be made: ${reason}`, {
    where: { file },
    hint,
    cause: error,
  });
}
