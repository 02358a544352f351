/** Which column of the export is which canonical column. */
import type { Source } from "../../model/config.ts";
import { type CanonicalName, canonicalNames } from "./columns.ts";

interface Binding {
  /** Canonical column → the columns found for it; in JSONL there may be several, the first with a value counts. */
  readonly columns: ReadonlyMap<CanonicalName, readonly string[]>;
  readonly notes: readonly string[];
}

/** Names a column is known under when the source says nothing. */
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
export function bindColumns(source: Source, found: readonly string[], several: boolean): Binding {
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
export function hiveValues(
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
