/** Which column of the export is which canonical column. */
import { sqlText } from "../../engine/sql-text.ts";
import type { Source } from "../../model/config.ts";
import { type CanonicalName, canonicalNames } from "../../model/event-columns.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { refusal } from "../files/refusal.ts";
import type { RawRelation } from "../formats/readers.ts";
import { type RawValue, rawPresent } from "./canonical-sql.ts";

export interface BoundRelation {
  readonly relation: RawRelation;
  /** Canonical column → where its value comes from. */
  readonly values: ReadonlyMap<CanonicalName, RawValue>;
  readonly notes: readonly string[];
}

/** Throws a refusal when a column nobody can do without is missing. */
export function bindRelation(relation: RawRelation, file: DiscoveredFile): BoundRelation {
  const { source } = file;
  // a key that no sampled line has may still come: JSONL binds every accepted name, but its notes name those found
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

interface Binding {
  /** Canonical column → the columns found for it; in JSONL there may be several, the first with a value counts. */
  readonly columns: ReadonlyMap<CanonicalName, readonly string[]>;
  readonly notes: readonly string[];
}

/** Names a column is known under when the source gives none. */
const commonNames: Partial<Record<CanonicalName, readonly string[]>> = { metadata: ["metadata", "meta"] };

/** Accepted names of a canonical column: the configured ones first, its own name last. */
export function acceptedNames(source: Source, canonical: CanonicalName): readonly string[] {
  const configured = source.columns.get(canonical) ?? commonNames[canonical] ?? [];
  return configured.includes(canonical) ? configured : [...configured, canonical];
}

/**
 * Exact names first, then names that differ in case only. `several`: keep every accepted name that was found
 * (a JSONL export may change from meta to metadata, or from userId to userid, half-way), else only the first.
 */
function bindColumns(source: Source, found: readonly string[], several: boolean): Binding {
  const columns = new Map<CanonicalName, readonly string[]>();
  const notes: string[] = [];
  const taken = new Set<string>();
  for (const canonical of canonicalNames) {
    const names = acceptedNames(source, canonical).flatMap((name) => [
      ...found.filter((each) => each === name),
      ...found.filter((each) => each !== name && sameButCase(each, name)),
    ]);
    const used = [...new Set(several ? names : names.slice(0, 1))].filter((name) => !taken.has(name));
    if (used.length === 0) continue;
    columns.set(canonical, used);
    for (const name of used) {
      taken.add(name);
      if (name !== canonical) notes.push(`column ${name} taken as ${canonical}`);
    }
  }
  const extra = found.filter((name) => !taken.has(name));
  if (extra.length > 0) notes.push(`columns not used: ${extra.join(", ")}`);
  return { columns, notes };
}

function sameButCase(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What a hive folder gives a file that lacks the column, e.g. event_date from `event_date=2026-02-01/`. */
function hiveValues(
  hive: ReadonlyMap<string, string>,
  source: Source,
  bound: ReadonlyMap<CanonicalName, unknown>,
): ReadonlyMap<CanonicalName, string> {
  const values = new Map<CanonicalName, string>();
  for (const canonical of canonicalNames) {
    if (bound.has(canonical)) continue;
    const key = [...hive.keys()].find((each) =>
      acceptedNames(source, canonical).some((name) => sameButCase(each, name)),
    );
    const value = key === undefined ? undefined : hive.get(key);
    if (value !== undefined && value !== "__HIVE_DEFAULT_PARTITION__") values.set(canonical, value);
  }
  return values;
}
