/** Everything loading leaves behind, in an order of its own: what two ways to the same exports must agree in. */
import type { Engine, Row } from "../../src/engine/engine.ts";

const tables = ["events", "duplicate_events", "rejected_rows"] as const;

export async function allTables(engine: Engine): Promise<Readonly<Record<string, readonly Row[]>>> {
  const found: Record<string, readonly Row[]> = {};
  for (const table of tables) found[table] = await engine.rows(`SELECT * FROM ${table} ORDER BY ALL`);
  found["loads"] = await engine.rows("SELECT * FROM loads ORDER BY source, file");
  found["item_attributes"] = await engine.rows("SELECT * FROM item_attributes ORDER BY ALL");
  found["load_days"] = await engine.rows(
    "SELECT source, file, event_date, accepted FROM load_days JOIN load_files USING (file_id) ORDER BY ALL",
  );
  return found;
}
