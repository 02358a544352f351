/**
 * A lock that the operating system keeps: an empty database file, open for writing. Whoever dies lets go of it, by SIGKILL
 * too, so that no lock is ever stale and none has to be taken away from anybody. The file itself stays where it is.
 */
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
  const instance = await openPatiently(() => duckDb.DuckDBInstance.create(file, { threads: "1" }), {
    file: guarded,
    waitMs,
    onWait,
  });
  return () => instance.closeSync();
}
