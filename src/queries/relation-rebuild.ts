/** Writes one relation's table: some days of it, or all. Runs inside the caller's transaction. */
import type { Engine, QueryOptions } from "../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../engine/sql-text.ts";
import { storedColumn } from "../engine/stored-columns.ts";
import type { Day } from "../model/words.ts";
import type { CatalogFile } from "./catalog.ts";
import { asQueryFile, existingTables } from "./inspect.ts";
import { inPart, partsByEvents } from "./relation-parts.ts";

export async function rebuildDays(
  engine: Engine,
  file: CatalogFile,
  days: readonly Day[],
  options: QueryOptions,
): Promise<void> {
  const table = sqlName(file.name);
  await engine.execute(`DELETE FROM ${table} WHERE ${inPart(days)}`);
  for (const part of await partsByEvents(engine, days))
    await insertPart(engine, file, table, inPart(part), options);
}

export interface WholeOptions extends QueryOptions {
  /** Null: the SQL changed, so no old row may stay. Else the days whose events changed: their old rows go. */
  readonly keepOlderBut: readonly Day[] | null;
  /** Conditions on event_date that together leave out no row. */
  readonly parts: readonly string[];
}

/**
 * Makes the table anew and returns how many days are lost by it. While the SQL is the same, days before the first one that the
 * sources still hold are kept: their single events were pruned, their sums were not.
 */
export async function rebuildWhole(
  engine: Engine,
  file: CatalogFile,
  { keepOlderBut, parts, ...options }: WholeOptions,
): Promise<number> {
  const table = sqlName(file.name);
  const existed = (await existingTables(engine)).has(file.name);
  const fresh = existed ? "relation_fresh" : table;
  await createEmpty(engine, file, fresh);
  for (const part of parts) await insertPart(engine, file, fresh, part, options);
  const lost = existed ? await replaceTable(engine, table, keepOlderBut) : 0;
  const text = file.header.description === "" ? file.header.title : file.header.description;
  await engine.execute(`COMMENT ON TABLE ${table} IS ${sqlText(text)}`);
  return lost;
}

/** Types that their name says all about; an enum would lose its own. */
const PLAIN_TYPE = /^[A-Z][A-Z0-9 ]*(\(\d+(, ?\d+)?\))?$/;

async function createEmpty(engine: Engine, file: CatalogFile, table: string): Promise<void> {
  const columns = await engine.describe(asQueryFile(file));
  const create = `CREATE OR REPLACE TABLE ${table}`;
  if (columns.every(({ type }) => PLAIN_TYPE.test(type))) {
    await engine.execute(
      `${create} (${columns.map(({ name, type }) => storedColumn(name, type)).join(", ")})`,
    );
  } else {
    const query = {
      ...asQueryFile(file),
      before: `${create} AS SELECT * FROM (`,
      after: ") AS relation LIMIT 0",
    };
    await engine.query(query);
  }
}

/** `condition` on event_date: the rows of the relation for which it holds. */
async function insertPart(
  engine: Engine,
  file: CatalogFile,
  table: string,
  condition: string,
  options: QueryOptions,
): Promise<void> {
  const before = `INSERT INTO ${table} SELECT * FROM (`;
  await engine.query({ ...asQueryFile(file), before, after: `) AS relation WHERE ${condition}` }, options);
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
