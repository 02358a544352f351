/** Which column of the export is which column of events: the canonical ones, and those that `columns:` adds. */
import { sqlText } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import { columnsOf } from "../../model/event-columns.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { refusal } from "../files/refusal.ts";
import { headerWords } from "../formats/header-words.ts";
import type { RawRelation } from "../formats/readers.ts";
import { idColumns, isPlaceholder, withoutPlaceholder } from "./event-identity.ts";
import { firstPresent, type RawValue } from "./raw-value.ts";

export interface BoundRelation {
  readonly relation: RawRelation;
  /** Column of events → where its value comes from. */
  readonly values: ReadonlyMap<string, RawValue>;
  readonly notes: readonly string[];
}

type BoundFile = Pick<DiscoveredFile, "source" | "file" | "hive">;

/** Throws a refusal when a column nobody can do without is missing. */
export function bindRelation(
  relation: RawRelation,
  file: BoundFile,
  { unitPlaceholders }: Pick<Config, "unitPlaceholders">,
): BoundRelation {
  const { source } = file;
  // a key that no sampled line has may still come: JSONL binds every accepted name, but its notes name those found
  const several = relation.columns.length > relation.found.length;
  const names = relation.columns.map(({ name }) => name);
  const found = bindColumns(source, relation.found, relation.found);
  const binding = several ? bindColumns(source, names, relation.found) : found;
  const values = new Map<string, RawValue>();
  for (const canonical of columnsOf(source)) {
    const columns = (binding.columns.get(canonical) ?? []).flatMap(
      (name) => relation.columns.find((column) => column.name === name) ?? [],
    );
    const value = firstPresent(withoutPlaceholders(canonical, columns, unitPlaceholders));
    if (value !== null) values.set(canonical, value);
  }
  const hive = hiveValues(file, several ? found.columns : values);
  for (const [canonical, text] of hive) values.set(canonical, { sql: sqlText(text), type: "VARCHAR" });
  addConstants(source, values);
  const notes = [...found.notes, ...[...hive.keys()].map((name) => `${name} taken from the folder's name`)];
  requireColumns(file, relation, (name) =>
    [found.columns, hive, source.constants].some((names) => names?.has(name) === true),
  );
  return { relation, values, notes };
}

/** `event_type: "=impression"`: for rows that have no other value. */
function addConstants(source: Source, values: Map<string, RawValue>): void {
  for (const canonical of columnsOf(source)) {
    const text = source.constants?.get(canonical);
    if (text === undefined) continue;
    const own = values.get(canonical);
    const value = firstPresent([
      ...(own === undefined ? [] : [own]),
      { sql: sqlText(text), type: "VARCHAR" },
    ]);
    if (value !== null) values.set(canonical, value);
  }
}

/** Of several columns with ids one that names nobody ("undefined") gives way to the next; it stays when all of them do. */
function withoutPlaceholders(
  canonical: string,
  columns: readonly RawValue[],
  placeholders: readonly string[],
): readonly RawValue[] {
  const areIds =
    idColumns.some((name) => name === canonical) && columns.every(({ type }) => type === "VARCHAR");
  if (!areIds || columns.length < 2 || placeholders.length === 0) return columns;
  const test = isPlaceholder(placeholders);
  const named = columns.map(({ sql, type }) => ({ sql: withoutPlaceholder(sql, test), type }));
  return [...named, ...columns];
}

function requireColumns(file: BoundFile, relation: RawRelation, has: (name: string) => boolean): void {
  const missing = !has("event_type")
    ? "event_type"
    : has("occurred_at") || has("event_date")
      ? null
      : "occurred_at or event_date";
  if (missing === null) return;
  const { name, staging } = file.source;
  const words = headerWords(relation.found, file.source);
  const found = words === null ? "nothing in it looks like the header of an export" : `found: ${words}`;
  const named = missing.split(" or ").flatMap((column) => file.source.columns.get(column) ?? []);
  const asked = named.length === 0 ? "" : `, and none that is called ${named.join(" or ")}`;
  throw refusal(
    file.file,
    `has no column ${missing}${asked}; ${found}`,
    staging === null
      ? `name it under columns of source ${name}, e.g. columns: { ${missing.split(" ")[0]}: … }, or write queries/sources/${name}.sql`
      : `select it in queries/sources/${name}.sql`,
  );
}

interface Binding {
  /** Canonical column → the columns found for it; of several the first with a value counts, row by row. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly notes: readonly string[];
}

/** Names a column is known under when the source gives none. */
export const commonNames: Readonly<Record<string, readonly string[]>> = {
  metadata: ["metadata", "meta"],
};

/** Accepted names of a canonical column: the configured ones first, its own name last. */
export function acceptedNames(source: Source, canonical: string): readonly string[] {
  const configured = source.columns.get(canonical) ?? commonNames[canonical] ?? [];
  return configured.includes(canonical) ? configured : [...configured, canonical];
}

/** The names that `found` calls for: a column's own name is for files that have none of the configured ones. */
function namesFor(source: Source, canonical: string, found: readonly string[]): readonly string[] {
  const accepted = acceptedNames(source, canonical);
  const configured = source.columns.get(canonical) ?? [];
  const isFound = configured.some((name) => found.some((each) => sameButCase(each, name)));
  return isFound ? configured : accepted;
}

/**
 * Exact names first, then names that differ in case only. A column that rollout.yaml names fills each that it is named for; one found by
 * its own name fills one. Every one is kept: an export may change from meta to metadata half-way, or
 * fill user_id for some rows and anonymous_id for others. `found`: columns the file is known to have.
 */
function bindColumns(source: Source, names: readonly string[], found: readonly string[]): Binding {
  const columns = new Map<string, readonly string[]>();
  const notes: string[] = [];
  const taken = new Set<string>();
  for (const canonical of columnsOf(source)) {
    const matching = namesFor(source, canonical, found).flatMap((name) => [
      ...names.filter((each) => each === name),
      ...names.filter((each) => each !== name && sameButCase(each, name)),
    ]);
    const asked = source.columns.get(canonical) ?? [];
    const used = [...new Set(matching)].filter(
      (name) => !taken.has(name) || asked.some((each) => sameButCase(each, name)),
    );
    if (used.length === 0) continue;
    columns.set(canonical, used);
    for (const name of used) {
      taken.add(name);
      if (name !== canonical) notes.push(`column ${name} taken as ${canonical}`);
    }
  }
  const extra = names.filter((name) => !taken.has(name));
  if (extra.length > 0) notes.push(`columns not used: ${extra.join(", ")}`);
  return { columns, notes };
}

function sameButCase(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What a hive folder gives a file that lacks the column, e.g. event_date from `event_date=2026-02-01/`. */
export function hiveValues(
  { hive, source }: Pick<DiscoveredFile, "hive" | "source">,
  bound: ReadonlyMap<string, unknown> = new Map(),
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const canonical of columnsOf(source)) {
    if (bound.has(canonical)) continue;
    const key = [...hive.keys()].find((each) =>
      acceptedNames(source, canonical).some((name) => sameButCase(each, name)),
    );
    const value = key === undefined ? undefined : hive.get(key);
    if (value !== undefined && value !== "__HIVE_DEFAULT_PARTITION__") values.set(canonical, value);
  }
  return values;
}
