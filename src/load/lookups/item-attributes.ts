import type { Engine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { lookupNames } from "../../model/event-columns.ts";
import { markDirtyDays } from "../days/dirty-days.ts";

/**
 * Makes item_attributes again from the lookups as they now are, the first configured one with a value winning, and lets
 * the events of changed items follow. Does nothing when no lookup changed since the last time.
 */
export async function refreshItems(engine: Engine, lookups: readonly Source[]): Promise<void> {
  const [stale] = await engine.rows("SELECT 1 AS stale FROM load_state WHERE key = 'items_stale'");
  if (stale === undefined) return;
  await engine.transaction(async () => {
    await engine.execute(`CREATE OR REPLACE TEMP TABLE new_items AS ${await newItems(engine, lookups)}`);
    const differs = lookupNames.map((name) => `n.${name} IS DISTINCT FROM o.${name}`).join(" OR ");
    await engine.execute(`
      CREATE OR REPLACE TEMP TABLE changed_items AS
        SELECT coalesce(n.item_id, o.item_id) AS item_id, ${lookupNames.map((name) => `n.${name}`).join(", ")}
        FROM new_items n FULL JOIN item_attributes o ON o.item_id = n.item_id
        WHERE ${differs} OR n.item_id IS NULL OR o.item_id IS NULL;
      DELETE FROM item_attributes;
      INSERT INTO item_attributes SELECT item_id, ${lookupNames.join(", ")} FROM new_items;
    `);
    await markDirtyDays(
      engine,
      `SELECT event_date FROM event_rows e JOIN changed_items c ON c.item_id = e.item_id WHERE e.from_lookup <> 0`,
    );
    await engine.execute(`${followItems("event_rows")}; ${followItems("duplicate_rows")};
      DELETE FROM load_state WHERE key = 'items_stale';
      DROP TABLE new_items; DROP TABLE changed_items`);
  });
}

/** In the transaction that changes a lookup: a run killed before the events followed leaves the mark. */
export async function markItemsStale(engine: Engine): Promise<void> {
  await engine.execute(
    "DELETE FROM load_state WHERE key = 'items_stale'; INSERT INTO load_state VALUES ('items_stale', '')",
  );
}

/** Only what the event itself did not have: bit n of from_lookup is set for the n-th of `lookupNames`. */
function followItems(table: string): string {
  const values = lookupNames.map(
    (name, index) =>
      `${name} = CASE WHEN e.from_lookup & ${1 << index} <> 0 THEN c.${name} ELSE e.${name} END`,
  );
  return `UPDATE ${table} e SET ${values.join(", ")} FROM changed_items c
    WHERE c.item_id = e.item_id AND e.from_lookup <> 0`;
}

async function newItems(engine: Engine, lookups: readonly Source[]): Promise<string> {
  const parts: string[] = [];
  for (const [priority, { name }] of lookups.entries()) {
    const columns = await columnsOf(engine, name);
    if (!columns.includes("item_id")) continue;
    const values = lookupNames.map((each) =>
      columns.includes(each) ? `CAST(${each} AS VARCHAR) AS ${each}` : `CAST(NULL AS VARCHAR) AS ${each}`,
    );
    parts.push(`SELECT CAST(item_id AS VARCHAR) AS item_id, ${values.join(", ")}, ${priority} AS priority
      FROM ${sqlName(name)} WHERE item_id IS NOT NULL`);
  }
  if (parts.length === 0) return "SELECT * FROM item_attributes WHERE false";
  const firsts = lookupNames.map(
    (name) => `first(${name} ORDER BY priority) FILTER (WHERE ${name} IS NOT NULL) AS ${name}`,
  );
  return `SELECT item_id, ${firsts.join(", ")} FROM (${parts.join(" UNION ALL ")}) GROUP BY item_id`;
}

async function columnsOf(engine: Engine, table: string): Promise<string[]> {
  const rows = await engine.rows(`DESCRIBE ${sqlName(table)}`);
  return rows.map((row) => String(row["column_name"]));
}
