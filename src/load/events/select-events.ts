/** The SELECT that makes canonical rows of one file: raw relation (or staging query) in, columns of event_rows out. */

import { sqlName, sqlText } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { refusal } from "../files/refusal.ts";
import type { RawRelation } from "../formats/raw-relation.ts";
import { bindColumns, hiveValues } from "./binding.ts";
import { type CastMode, canonicalExpression, dayOf, type RawValue, rawPresent } from "./canonical-sql.ts";
import { type CanonicalName, canonicalColumns, canonicalNames, lookupNames } from "./columns.ts";
import { idColumns, placeholderSql, withoutPlaceholder } from "./placeholders.ts";

export interface BoundRelation {
  readonly relation: RawRelation;
  /** Canonical column → where its value comes from. */
  readonly values: ReadonlyMap<CanonicalName, RawValue>;
  readonly notes: readonly string[];
}

/** Throws a refusal when a column nobody can do without is missing. */
export function bindRelation(relation: RawRelation, file: DiscoveredFile): BoundRelation {
  const { source } = file;
  // a key that no sampled line has may still come: JSONL binds every accepted name, but tells of those found
  const several = relation.columns.length > relation.found.length;
  const names = relation.columns.map(({ name }) => name);
  const binding = bindColumns(source, several ? names : relation.found, several);
  const found = bindColumns(source, relation.found, several);
  const values = new Map<CanonicalName, RawValue>();
  for (const canonical of canonicalNames) {
    const value = rawValue(relation, binding.columns.get(canonical) ?? []);
    if (value !== null) values.set(canonical, value);
  }
  const hive = hiveValues(file.hive, source, several ? found.columns : values);
  for (const [canonical, text] of hive) values.set(canonical, { sql: sqlText(text), type: "VARCHAR" });
  const notes = [...found.notes, ...[...hive.keys()].map((name) => `${name} taken from the folder's name`)];
  requireColumns(file, relation, (name) => found.columns.has(name) || hive.has(name));
  return { relation, values, notes };
}

function rawValue(relation: RawRelation, names: readonly string[]): RawValue | null {
  const columns = names.flatMap((name) => relation.columns.find((column) => column.name === name) ?? []);
  const [first] = columns;
  if (first === undefined) return null;
  if (columns.length === 1) return { sql: first.sql, type: first.type };
  return { sql: `coalesce(${columns.map(rawPresent).join(", ")})`, type: "VARCHAR" };
}

function requireColumns(
  file: DiscoveredFile,
  relation: RawRelation,
  has: (name: CanonicalName) => boolean,
): void {
  const missing = !has("event_type")
    ? "event_type"
    : has("occurred_at") || has("event_date")
      ? null
      : "occurred_at or event_date";
  if (missing === null) return;
  const found = relation.found.join(", ");
  throw refusal(
    file.file,
    `has no column ${missing}; found: ${found.length > 300 ? `${found.slice(0, 300)} …` : found}`,
    file.source.staging === null
      ? `name it under columns of source ${file.source.name}, e.g. columns: { ${missing.split(" ")[0]}: ${relation.found[0] ?? "…"} }, or write queries/sources/${file.source.name}.sql`
      : `select it in queries/sources/${file.source.name}.sql`,
  );
}

/**
 * Canonical values of every row, before lookups; columns the export lacks are null. `extra`: further expressions over
 * the raw relation to carry along.
 */
export function canonicalSelect(
  bound: BoundRelation,
  source: Source,
  config: Config,
  { mode, extra = [] }: { readonly mode: CastMode; readonly extra?: readonly string[] },
): string {
  const columns = canonicalColumns.map(({ name, type }) => {
    const value = bound.values.get(name);
    const sql =
      value === undefined ? `CAST(NULL AS ${type})` : canonicalExpression(name, value, source, mode);
    return `${sql} AS ${name === "event_date" ? "given_date" : name}`;
  });
  const derived = bound.values.has("occurred_at")
    ? dayOf("occurred_at", config.rollout.timeZone)
    : "CAST(NULL AS DATE)";
  const { unitPlaceholders } = config;
  const named = idColumns.map((name) => `${withoutPlaceholder(name, unitPlaceholders)} AS ${name}`);
  return `SELECT * REPLACE (${named.join(", ")}), ${placeholderSql(unitPlaceholders)} AS placeholder,
      ${derived} AS derived_date, coalesce(given_date, derived_date) AS event_date
    FROM (SELECT ${[...extra, ...columns].join(", ")} FROM ${bound.relation.from})`;
}

export const rowColumnNames: readonly string[] = [
  "file_id",
  "event_key",
  ...canonicalNames,
  "from_lookup",
  "row_unit",
  "placeholder",
];

/** Of an event row: what the export said, null where a lookup filled it in. */
export function ownValue(name: string): string {
  const bit = (lookupNames as readonly string[]).indexOf(name);
  return bit === -1 ? name : `CASE WHEN from_lookup & ${1 << bit} = 0 THEN ${name} END`;
}

/** Bits of from_lookup: 1, 2, 4 for author_id, category_id, duplicate_group that the event itself did not say. */
const lookupBits = lookupNames
  .map((name, index) => `CASE WHEN e.${name} IS NULL THEN ${1 << index} ELSE 0 END`)
  .join(" + ");

/** Columns of event_rows in order, from canonical rows `e`, lookups filled in when there are any. `fileId` may be SQL over `e`. */
export function eventRowsSelect(rows: string, fileId: number | string, hasLookups: boolean): string {
  const columns = rowColumnNames.map((name) => {
    switch (name) {
      case "file_id":
        return `${fileId}`;
      case "event_key":
        return "CASE WHEN e.event_id IS NULL THEN NULL ELSE hash(e.event_id) END";
      case "from_lookup":
        return `CAST(${lookupBits} AS UTINYINT)`;
      case "row_unit":
        return "CAST(NULL AS VARCHAR)";
      default:
        return hasLookups && (lookupNames as readonly string[]).includes(name)
          ? `coalesce(e.${name}, l.${name})`
          : `e.${sqlName(name)}`;
    }
  });
  const join = hasLookups ? " LEFT JOIN item_attributes l ON l.item_id = e.item_id" : "";
  return `SELECT ${columns.join(", ")} FROM (${rows}) e${join}`;
}
