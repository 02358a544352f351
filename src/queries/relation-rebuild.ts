/** Writes one relation's table: some days of it, or all. Runs inside the caller's transaction. */
import type { Engine, QueryOptions } from "../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../engine/sql-text.ts";
import type { Day } from "../model/words.ts";
import type { CatalogFile } from "./catalog.ts";
import { asQueryFile, existingTables } from "./inspect.ts";

export async function rebuildDays(
  engine: Engine,
  file: CatalogFile,
  days: readonly Day[],
  options: QueryOptions,
): Promise<void> {
  const table = sqlName(file.name);
  const inDays = `event_date IN (${days.map(sqlDate).join(", ")})`;
  await engine.execute(`DELETE FROM ${table} WHERE ${inDays}`);
  const before = `INSERT INTO ${table} SELECT * FROM (`;
  await engine.query({ ...asQueryFile(file), before, after: `) AS relation WHERE ${inDays}` }, options);
}

/**
 * Makes the table anew and returns how many days only the old one had. With `keepOlder` (the SQL is the same) days before the
 * first one that the sources still hold are kept: their single events were pruned, their sums were not.
 */
export async function rebuildWhole(
  engine: Engine,
  file: CatalogFile,
  { keepOlder, ...options }: QueryOptions & { readonly keepOlder: boolean },
): Promise<number> {
  const table = sqlName(file.name);
  const existed = (await existingTables(engine)).has(file.name);
  const fresh = existed ? "relation_fresh" : table;
  await engine.query(
    {
      ...asQueryFile(file),
      before: `CREATE OR REPLACE TABLE ${fresh} AS SELECT * FROM (`,
      after: ") AS relation",
    },
    options,
  );
  if (existed) {
    const older = `event_date < (SELECT min(event_date) FROM ${fresh})`;
    const count = `SELECT count(DISTINCT event_date) AS days FROM ${table} WHERE ${older}`;
    const days = Number((await engine.rows(count))[0]?.["days"]);
    if (keepOlder && days > 0)
      await engine.execute(`INSERT INTO ${fresh} SELECT * FROM ${table} WHERE ${older}`);
    await engine.execute(`DROP TABLE ${table}; ALTER TABLE ${fresh} RENAME TO ${table}`);
    if (!keepOlder) return await comment(engine, file, days);
  }
  return await comment(engine, file, 0);
}

/** Any client shows what the table is. */
async function comment(engine: Engine, file: CatalogFile, lostDays: number): Promise<number> {
  const text = file.header.description === "" ? file.header.title : file.header.description;
  await engine.execute(`COMMENT ON TABLE ${sqlName(file.name)} IS ${sqlText(text)}`);
  return lostDays;
}
