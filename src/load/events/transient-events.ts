/**
 * Single events that nobody wants kept (`keep_events: 0`): an overlay of `event_rows`, so that loading,
 * relations, checks and cells find them. Storing text is most of a first night, and what was never written leaves no trace.
 */
import type { Engine } from "../../engine/engine.ts";

/** From now on events are transient; those of later days that the store has kept are among them. */
export async function useTransientEvents(engine: Engine): Promise<void> {
  await engine.overlay({ name: "event_rows", kind: "table", select: (below) => `SELECT * FROM ${below}` });
}

/** Takes into the store what is left of them after pruning: events of days after the report date. */
export async function keepWhatIsLeft(engine: Engine): Promise<void> {
  const [transient] = await engine.rows(
    "SELECT 1 AS found FROM duckdb_tables() WHERE temporary AND table_name = 'event_rows'",
  );
  if (transient === undefined) return;
  const stored = engine.stored("event_rows");
  await engine.execute(`DELETE FROM ${stored};
    INSERT INTO ${stored} FROM event_rows`);
  await engine.uncover("event_rows");
}
