/**
 * The tables of relations on a cluster. What is noted in the books is the snapshot: a run that is killed between writing and noting leaves
 * its days pending, and whoever reads is pinned to the state before.
 */
import type { Engine, KeptTable, RemoteEngine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import { asQueryFile } from "../validation/inspect.ts";
import { type BuildMark, noteBuilt } from "./relation-builds.ts";
import type { RelationTables } from "./relation-tables.ts";

export function keptTables(books: Engine, cluster: RemoteEngine): RelationTables {
  const built = (kept: readonly KeptTable[], name: string, mark: BuildMark): Promise<void> =>
    books.transaction(async () => {
      for (const table of kept) await noteKept(books, table);
      await noteBuilt(books, name, mark);
    });
  return {
    days: async (file, days, { mark, timeoutMs }) => {
      const rows = { ...asQueryFile(file), timeoutMs };
      await built([await cluster.keep({ name: file.name, rows, days })], file.name, mark);
    },
    whole: async (file, { mark, timeoutMs }) => {
      const rows = { ...asQueryFile(file), timeoutMs };
      await built([await cluster.keep({ name: file.name, rows, days: null })], file.name, mark);
    },
    count: async (own, days) => {
      const kept: KeptTable[] = [];
      const where = days === null ? "true" : inDays(days);
      if (days === null || days.length > 0)
        for (const { name, select } of await own.tables(cluster, { where, areAll: days === null }))
          kept.push(await cluster.keep({ name, rows: select, days }));
      await built(kept, own.name, { fingerprint: own.fingerprint, meaning: null });
    },
    drop: async (name) => {
      await cluster.dropKept(name);
      await books.execute(`DELETE FROM kept_tables WHERE name = ${sqlText(name)}`);
    },
  };
}

function inDays(days: readonly string[]): string {
  return `event_date IN (${days.map(sqlDate).join(", ")})`;
}

const DDL = "CREATE TABLE IF NOT EXISTS kept_tables (name VARCHAR, snapshot VARCHAR)";

/** What a cluster keeps for this workspace, by name, at the state that readers are pinned to. Empty where nothing was kept yet. */
export async function readKept(books: Engine): Promise<readonly KeptTable[]> {
  if (!(await books.tables()).has("kept_tables")) return [];
  const rows = await books.rows("SELECT name, snapshot FROM kept_tables ORDER BY name");
  return rows.map((row) => ({ name: String(row["name"]), snapshot: String(row["snapshot"]) }));
}

export async function noteKept(books: Engine, { name, snapshot }: KeptTable): Promise<void> {
  await books.execute(`${DDL};
    DELETE FROM kept_tables WHERE name = ${sqlText(name)};
    INSERT INTO kept_tables VALUES (${sqlText(name)}, ${sqlText(snapshot)})`);
}
