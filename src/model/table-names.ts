/**
 * Names that mean something in every warehouse. A relation or a lookup called like one of them would be read in its place, or
 * worse, written over it.
 */

/** What analysts read, besides relations and lookups. */
export const publicTables = [
  "events",
  "user_discovery_events",
  "rollout",
  "loads",
  "rejected_rows",
  "duplicate_events",
  "misdated_days",
  "decisions",
  "restatements",
  "records",
] as const;

/** Gatebook's own books: of loading, of relations, of a night. */
export const ownTables = [
  "event_rows",
  "duplicate_rows",
  "set_apart_rows",
  "source_rollouts",
  "reject_rows",
  "reject_days",
  "load_files",
  "load_days",
  "closed_days",
  "source_definitions",
  "load_state",
  "touched_days",
  "item_attributes",
  "relation_builds",
  "relation_pending",
  "relation_closed",
  "relation_fresh",
  "kept_tables",
  "noted_columns",
  "repeated_days",
  "repeated_events",
  "day_edges",
  "day_hours",
  "coverage_days",
  "coverage_misses",
  "coverage_items",
  "unit_firsts",
  "crossover_units",
  "crossover_firsts",
  "covered_units",
  "store_format",
] as const;

export const reservedTables: readonly string[] = [...publicTables, ...ownTables];
