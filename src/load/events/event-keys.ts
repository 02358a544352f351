import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";

/**
 * Hashes of event ids are kept to find duplicates without reading the ids. `hash()` is five times as fast as md5 but
 * may change with the engine: then they are made anew.
 */
export async function refreshKeys(engine: Engine): Promise<void> {
  const [row] = await engine.rows("SELECT value FROM load_state WHERE key = 'event_keys'");
  if (row?.["value"] === engine.version) return;
  const made = "CASE WHEN event_id IS NULL THEN NULL ELSE hash(event_id) END";
  await engine.transaction(() =>
    engine.execute(`
      UPDATE event_rows SET event_key = ${made};
      UPDATE duplicate_rows SET event_key = ${made};
      DELETE FROM load_state WHERE key = 'event_keys';
      INSERT INTO load_state VALUES ('event_keys', ${sqlText(engine.version)});
    `),
  );
}
