/**
 * The store written again without the room that deleted rows leave behind, which the engine never gives back. Store and published copy
 * are each put in place by rename: killed at any moment, each is the old or the new file, whole.
 */
import { rm } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import { sqlName, sqlText } from "../engine/sql-text.ts";
import { copyWhole, fileError, moveOver } from "./files.ts";
import { copyOf, type StorePaths } from "./paths.ts";

/** What the engine must reach behind the fence to write the new file: it, and what the engine keeps beside it. */
export function compactFiles({ store }: StorePaths): readonly string[] {
  const fresh = freshFile(store);
  return [fresh, `${fresh}.wal`, `${fresh}.wal.checkpoint`, `${fresh}.wal.recovery`];
}

function freshFile(store: string): string {
  return `${store}.compact`;
}

/** Closes the engine. Needs as much room on the disk, for a moment, as the new file takes twice. */
export async function compactStore(engine: Engine, paths: StorePaths): Promise<void> {
  const fresh = freshFile(paths.store);
  const published = copyOf(paths);
  try {
    await engine.checkpoint();
    await writeFresh(engine, fresh);
    await copyWhole(fresh, published);
    await moveOver(published, paths.warehouse);
    await moveOver(fresh, paths.store);
  } catch (error) {
    const hint = "the store is whole, only not smaller; free some disk space and run gatebook prune again";
    throw fileError("the store could not be rewritten", error, paths.store, hint);
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
    COPY FROM DATABASE ${sqlName(String(row?.["name"]))} TO compact;
    CHECKPOINT compact;
    DETACH compact`);
}
