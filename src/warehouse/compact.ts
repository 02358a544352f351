/**
 * The store written anew without the room that deleted rows leave behind: the engine never gives that back. What comes in: the
 * open store. What goes out: a smaller store and its published copy, each put in place by rename, and the store closed, while
 * the next run still waits. Killed at any moment, what stands there is the old or the new file, whole.
 */
import { constants } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import { sqlText } from "../engine/sql-text.ts";
import { GatebookError } from "../model/error.ts";
import { reasonOf, syncFile } from "./files.ts";
import { copyOf, type StorePaths } from "./paths.ts";
import type { Store } from "./store.ts";

/** What the engine must be able to reach behind the fence to write the new file: it and what the engine keeps beside it. */
export function compactFiles({ store }: Pick<StorePaths, "store">): readonly string[] {
  const fresh = freshFile(store);
  return [fresh, `${fresh}.wal`, `${fresh}.wal.checkpoint`, `${fresh}.wal.recovery`];
}

function freshFile(store: string): string {
  return `${store}.compact`;
}

/** Needs as much room on the disk, for a moment, as the new file takes twice. */
export async function compactStore({ engine, paths }: Store): Promise<void> {
  const fresh = freshFile(paths.store);
  const published = copyOf(paths);
  try {
    await engine.checkpoint();
    await writeFresh(engine, fresh);
    await copyFile(fresh, published, constants.COPYFILE_FICLONE);
    await syncFile(published);
    await rename(published, paths.warehouse);
    await rename(fresh, paths.store);
  } catch (error) {
    throw new GatebookError("store", `the store could not be written anew: ${reasonOf(error)}`, {
      where: { file: paths.store },
      hint: "the store is whole, only not smaller; free some disk space and run gatebook prune again",
      cause: error,
    });
  } finally {
    engine.close();
    for (const file of [...compactFiles(paths), published]) await rm(file, { force: true });
    await rm(paths.temporary, { recursive: true, force: true });
  }
}

/** Tables, views, types, constraints and comments alike, rows in their order. */
async function writeFresh(engine: Engine, fresh: string): Promise<void> {
  const [row] = await engine.rows("SELECT current_database() AS name");
  await engine.execute(`ATTACH ${sqlText(fresh)} AS compact;
    COPY FROM DATABASE "${String(row?.["name"])}" TO compact;
    CHECKPOINT compact;
    DETACH compact`);
}
