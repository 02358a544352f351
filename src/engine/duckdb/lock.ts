/**
 * A lock that the operating system keeps: an empty database file, open for writing. Whoever dies lets go of it, by SIGKILL
 * too, so that no lock is ever stale and none has to be taken away from anybody. The file itself stays where it is.
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

/** Returns what lets go again, once or several times. Throws GatebookError `busy` when another process holds the lock. */
export async function holdLock({ file, guarded, waitMs, onWait }: LockOptions): Promise<() => void> {
  await createDatabase(file);
  const hold = () =>
    openPatiently(() => duckDb.DuckDBInstance.create(file, { threads: "1" }), {
      file: guarded,
      waitMs,
      onWait,
    });
  const instance = await hold().catch(async (error: unknown) => {
    if (!(error instanceof GatebookError) || error.code !== "damaged") throw error;
    await writeAnew(file);
    return await hold();
  });
  return () => instance.closeSync();
}

/**
 * The bytes of an empty database, written into the file that is there: the kernel's lock belongs to the file, so that whoever
 * holds it all the same goes on holding it, and of two processes that do this at once one gets it.
 */
async function writeAnew(file: string): Promise<void> {
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
