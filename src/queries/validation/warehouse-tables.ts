/** The tables that only a run makes, empty, for `gatebook check` while there is no data. */
import type { Column, Engine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { lookupNames } from "../../model/event-columns.ts";

const text = (name: string): Column => ({ name, type: "VARCHAR" });
const day = (name: string): Column => ({ name, type: "DATE" });
const rollout: readonly Column[] = [
  ...["name", "baseline", "candidate", "gate"].map(text),
  { name: "exposure", type: "DOUBLE" },
  ...["observed_from", "observed_to", "report_date"].map(day),
  { name: "as_of", type: "TIMESTAMP" },
  ...["time_zone", "judge"].map(text),
];

/** What a lookup is for; what else its files have is known when they are read. */
const lookupColumns = ["item_id", ...lookupNames];

/** Creates `rollout` and the lookups where they are not there yet. Events and the ledger are made by their own rooms. */
export async function createMissingTables(engine: Engine, sources: readonly Source[]): Promise<void> {
  await createEmptyTable(engine, "rollout", rollout);
  for (const { name, kind, columns } of sources) {
    const names = [...new Set([...lookupColumns, ...columns.keys()])];
    if (kind === "lookup") await createEmptyTable(engine, name, names.map(text));
  }
}

export async function createEmptyTable(
  engine: Engine,
  name: string,
  columns: readonly Column[],
): Promise<void> {
  const list = columns.map((column) => `${sqlName(column.name)} ${column.type}`).join(", ");
  await engine.execute(`CREATE TABLE IF NOT EXISTS ${sqlName(name)} (${list})`);
}
