/** Writes one relation's table: some days of it, or all. Runs inside the caller's transaction. */
import type { Engine, QueryOptions } from "../../engine/engine.ts";
import { sqlDate, sqlName, sqlText } from "../../engine/sql-text.ts";
import { storedColumn } from "../../engine/stored-columns.ts";
import type { Day } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { asQueryFile } from "../validation/inspect.ts";
import { type BuildMark, forgetClosedRows, noteClosedRows } from "./relation-builds.ts";
import { inPart, partsByEvents } from "./relation-parts.ts";

export async function rebuildDays(
  engine: Engine,
  file: CatalogFile,
  days: readonly Day[],
  options: QueryOptions,
): Promise<void> {
  const table = sqlName(file.name);
  await engine.execute(`DELETE FROM ${table} WHERE ${inPart(days)}`);
  await forgetClosedRows(engine, file.name, inPart(days));
  for (const part of await partsByEvents(engine, days))
    await insertPart(engine, file, table, inPart(part), options);
}

export interface WholeOptions extends QueryOptions {
  /** Days whose events changed: their old rows go. */
  readonly dirty: readonly Day[];
  /** Of the SQL that made the old rows, where it was another; null: the same. */
  readonly madeBefore: BuildMark | null;
  /** Conditions on event_date that together leave out no row. */
  readonly parts: readonly string[];
}

/**
 * Rebuilds the table. Days before the first one that the sources still hold are kept: their single events were pruned, their
 * sums were not. Where another SQL made them that is noted: they can neither be made again nor pooled in silence.
 */
export async function rebuildWhole(
  engine: Engine,
  file: CatalogFile,
  { dirty, madeBefore, parts, ...options }: WholeOptions,
): Promise<void> {
  const table = sqlName(file.name);
  const existed = (await engine.tables()).has(file.name);
  const fresh = existed ? "relation_fresh" : table;
  await createEmpty(engine, file, fresh);
  for (const part of parts) await insertPart(engine, file, fresh, part, options);
  if (existed) await replaceTable(engine, file.name, { dirty, madeBefore });
  const text = file.header.description === "" ? file.header.title : file.header.description;
  await engine.execute(`COMMENT ON TABLE ${table} IS ${sqlText(text)}`);
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
  name: string,
  { dirty, madeBefore }: Pick<WholeOptions, "dirty" | "madeBefore">,
): Promise<void> {
  const table = sqlName(name);
  const first = "(SELECT coalesce(min(event_date), DATE '9999-12-31') FROM relation_fresh)";
  const but = dirty.length === 0 ? "" : `AND event_date NOT IN (${dirty.map(sqlDate).join(", ")})`;
  const older = `event_date < ${first} ${but}`;
  const rows = await engine.rows(
    `SELECT DISTINCT event_date FROM ${table} WHERE ${older} ORDER BY event_date`,
  );
  const days = rows.map((row) => String(row["event_date"]));
  await forgetClosedRows(engine, name, `NOT (${older})`);
  if (days.length > 0) {
    const { shared, isWhole } = await sharedColumns(engine, name);
    const columns = shared.map(sqlName).join(", ");
    await engine.execute(
      `INSERT INTO relation_fresh (${columns}) SELECT ${columns} FROM ${table} WHERE ${older}`,
    );
    if (madeBefore !== null) await noteClosedRows(engine, name, { days, before: madeBefore, whole: isWhole });
  }
  await engine.execute(`DROP TABLE ${table}; ALTER TABLE relation_fresh RENAME TO ${table}`);
}

/** Columns that the old table and the new one have alike, and whether those are all of both. */
async function sharedColumns(
  engine: Engine,
  name: string,
): Promise<{ readonly shared: readonly string[]; readonly isWhole: boolean }> {
  const columnsOf = async (table: string): Promise<ReadonlyMap<string, string>> => {
    const rows = await engine.rows(`SELECT column_name, column_type FROM (DESCRIBE ${sqlName(table)})`);
    return new Map(rows.map((row) => [String(row["column_name"]), String(row["column_type"])]));
  };
  const [old, fresh] = [await columnsOf(name), await columnsOf("relation_fresh")];
  const shared = [...fresh].flatMap(([column, type]) => (old.get(column) === type ? [column] : []));
  return { shared, isWhole: shared.length === fresh.size && fresh.size === old.size };
}
