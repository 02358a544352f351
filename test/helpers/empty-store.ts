/** A store with the tables of no workspace in particular: to make them takes as long as to load a small file. */
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { createLoadTables } from "../../src/load/records/tables.ts";
import { madeOnce } from "./made-once.ts";

/** `file`: where the database is to be. */
export async function copyEmptyStore(file: string): Promise<void> {
  const made = await madeOnce("empty-store", async (folder) => {
    const engine = await openDuckDb({ file: join(folder, "store.duckdb") });
    await createLoadTables(engine);
    await engine.checkpoint();
    engine.close();
  });
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(join(made, "store.duckdb"), file);
}
