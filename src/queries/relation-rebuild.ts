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

export interface WholeOptions extends QueryOptions {
  /** Null: the SQL changed, so no old row may stay. Else the days whose events changed: their old rows go. */
  readonly keepOlderBut: readonly Day[] | null;
}

/**
 * Makes the table anew and returns how many days are lost by it. While the SQL is the same, days before the first one that the
 * sources still hold are kept: their single events were pruned, their sums were not.
 */
export async function rebuildWhole(
  engine: Engine,
  file: CatalogFile,
  { keepOlderBut, ...options }: WholeOptions,
): Promise<number> {
  const table = sqlName(file.name);
  const existed = (await existingTables(engine)).has(file.name);
  const fresh = existed ? "relation_fresh" : table;
  const before = `CREATE OR REPLACE TABLE ${fresh} AS SELECT * FROM (`;
  await engine.query({ ...asQueryFile(file), before, after: ") AS relation" }, options);
  const lost = existed ? await replaceTable(engine, table, keepOlderBut) : 0;
  const text = file.header.description === "" ? file.header.title : file.header.description;
  await engine.execute(`COMMENT ON TABLE ${table} IS ${sqlText(text)}`);
  return lost;
}

async function replaceTable(
  engine: Engine,
  table: string,
  keepOlderBut: readonly Day[] | null,
): Promise<number> {
  const older = "event_date < (SELECT coalesce(min(event_date), DATE '9999-12-31') FROM relation_fresh)";
  const count = `SELECT count(DISTINCT event_date) AS days FROM ${table} WHERE ${older}`;
  const days = Number((await engine.rows(count))[0]?.["days"]);
  if (keepOlderBut !== null && days > 0) {
    const touched =
      keepOlderBut.length === 0 ? "" : `AND event_date NOT IN (${keepOlderBut.map(sqlDate).join(", ")})`;
    await engine.execute(`INSERT INTO relation_fresh SELECT * FROM ${table} WHERE ${older} ${touched}`);
  }
  await engine.execute(`DROP TABLE ${table}; ALTER TABLE relation_fresh RENAME TO ${table}`);
  return keepOlderBut === null ? days : 0;
}
