/**
 * Single events that nobody wants kept (`keep_events: 0`): a temporary table over `event_rows`, under its name, so that loading,
 * relations, checks and cells find them. Storing text is most of a first night, and what was never written leaves no trace.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";

/** From now on events are transient; those of later days that the store has kept are among them. */
export async function useTransientEvents(engine: Engine): Promise<void> {
  await engine.execute(`CREATE TEMP TABLE event_rows AS FROM ${await storedRows(engine)}`);
}

/** Takes into the store what is left of them after pruning: events of days after the report date. */
export async function keepWhatIsLeft(engine: Engine): Promise<void> {
  const [transient] = await engine.rows(
    "SELECT 1 AS found FROM duckdb_tables() WHERE temporary AND table_name = 'event_rows'",
  );
  if (transient === undefined) return;
  const stored = await storedRows(engine);
  await engine.execute(`DELETE FROM ${stored};
    INSERT INTO ${stored} FROM event_rows;
    DROP TABLE temp.event_rows`);
}

/** With its database: a bare name, and one with `main` alone, would mean the temporary table. */
async function storedRows(engine: Engine): Promise<string> {
  const [row] = await engine.rows("SELECT current_database() AS name");
  return `${sqlName(String(row?.["name"]))}.main.event_rows`;
}
