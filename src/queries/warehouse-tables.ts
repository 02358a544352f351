/**
 * The documented tables of the warehouse, as an analyst's SQL sees them: what a relation may not be called, and the empty
 * schema that `gatebook check` binds against when there is no data yet.
 */
import type { Column, Engine } from "../engine/engine.ts";
import { sqlName } from "../engine/sql-text.ts";
import type { Source } from "../model/config.ts";

const canonical = [
  ["event_id", "VARCHAR"],
  ["event_type", "VARCHAR"],
  ["occurred_at", "TIMESTAMP"],
  ["event_date", "DATE"],
  ["user_id", "VARCHAR"],
  ["session_id", "VARCHAR"],
  ["unit_id", "VARCHAR"],
  ["item_id", "VARCHAR"],
  ["author_id", "VARCHAR"],
  ["category_id", "VARCHAR"],
  ["duplicate_group", "VARCHAR"],
  ["algo_version", "VARCHAR"],
  ["dwell_seconds", "DECIMAL(9,3)"],
  ["position", "INTEGER"],
  ["metadata", "VARCHAR"],
  ["unit_bucket", "INTEGER"],
] as const;

/** Columns that `@requires` may name. */
export const canonicalColumns = canonical.map(([name]) => name);

/** Columns of a lookup that rollout.yaml says nothing about: what it is for (DESIGN §4). */
const lookupColumns = ["item_id", "author_id", "category_id", "duplicate_group"];

const rollout: readonly (readonly [string, string])[] = [
  ["name", "VARCHAR"],
  ["baseline", "VARCHAR"],
  ["candidate", "VARCHAR"],
  ["gate", "VARCHAR"],
  ["exposure", "DOUBLE"],
  ["observed_from", "DATE"],
  ["observed_to", "DATE"],
  ["report_date", "DATE"],
  ["as_of", "TIMESTAMP"],
  ["time_zone", "VARCHAR"],
  ["judge", "VARCHAR"],
];

/** Tables that gatebook itself fills and that any query may read. */
const documented: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  events: canonical,
  user_discovery_events: [...canonical, ["meta", "VARCHAR"]],
  rollout,
};

/** Written by other rooms with columns of their own: readable, bound only where they exist. */
const internal = ["loads", "rejected_rows", "duplicate_events", "decisions"];

/** Kept by this room. */
const ours = ["relation_builds", "relation_pending", "day_edges", "crossover_units"];

/** Names that no relation and no source may take. */
export const reservedTables: readonly string[] = [...Object.keys(documented), ...internal, ...ours];

/** Tables any query may read, relations and lookups aside. */
export const readableTables: readonly string[] = [...Object.keys(documented), ...internal];

/** Creates whatever of the documented schema is not there yet, empty. Lookups get the columns rollout.yaml names. */
export async function createEmptySchema(engine: Engine, sources: readonly Source[]): Promise<void> {
  const lookups = sources
    .filter((source) => source.kind === "lookup")
    .map((source) => [source.name, lookupTable(source)] as const);
  for (const [name, columns] of [...Object.entries(documented), ...lookups]) {
    await createEmptyTable(
      engine,
      name,
      columns.map(([column, type]) => ({ name: column, type })),
    );
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

function lookupTable(source: Source): readonly (readonly [string, string])[] {
  const names = new Set([...lookupColumns, ...source.columns.keys()]);
  return [...names].map((name) => [name, "VARCHAR"]);
}
