/**
 * A lock that the operating system keeps: an empty database file, open for writing. A process that dies, by SIGKILL too, releases it,
 * so that no lock is ever stale. The file itself stays where it is.
 */
import { open, readFile, rm } from "node:fs/promises";
import { GatebookError } from "../../model/error.ts";
import { createDatabase } from "./create.ts";
import { duckDb } from "./library.ts";
import { type OpenOptions, openPatiently } from "./open.ts";

export interface LockOptions extends Pick<OpenOptions, "waitMs" | "onWait"> {
  readonly file: string;
  /** What the lock is for, as an error names it. */
  readonly guarded: string;
}

/** Returns what releases it, once or several times. Throws GatebookError `busy` when another process has the lock. */
export async function holdLock({ file, guarded, waitMs, onWait }: LockOptions): Promise<() => void> {
  await createDatabase(file);
  const create = () => duckDb.DuckDBInstance.create(file, { threads: "1" });
  const hold = () => openPatiently(create, { file: guarded, waitMs, onWait });
  const instance = await hold().catch(async (error: unknown) => {
    if (!(error instanceof GatebookError) || error.code !== "damaged") throw error;
    await rewrite(file);
    return await hold();
  });
  return () => instance.closeSync();
}

/**
 * The bytes of an empty database, written into the file that is there: the kernel's lock belongs to the file, so that a process
 * that has it all the same keeps it, and of two processes that do this at once one gets it.
 */
async function rewrite(file: string): Promise<void> {
  const fresh = `${file}.${process.pid}.tmp`;
  await createDatabase(fresh);
  try {
    const bytes = await readFile(fresh);
    const handle = await open(file, "r+");
    try {
      await handle.write(bytes, 0, bytes.length, 0);
      await handle.truncate(bytes.length);
    } finally {
      await handle.close();
    }
  } finally {
    await rm(fresh, { force: true });
  }
}
