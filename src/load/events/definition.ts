/**
 * What the rows of a source mean: its staging query as parsed and its mapping, in separate parts. A comment, the
 * layout, a column that no query reads: none of them makes another definition. Kept with the days that were closed by it.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import { type CanonicalName, canonicalNames } from "../../model/event-columns.ts";
import { newReadings, readingVersion } from "../records/load-fingerprint.ts";
import { acceptedNames } from "./binding.ts";

/** Part ("staging", "columns.user_id") → its hash. */
export type Definition = Readonly<Record<string, string>>;

/** Read by gatebook itself, of every event. */
const alwaysRead: readonly CanonicalName[] = [
  "event_id",
  "event_type",
  "occurred_at",
  "event_date",
  "user_id",
  "session_id",
  "algo_version",
];

/** Canonical columns whose values may reach a relation. `named`: column names of the relations' SQL; null: any. */
export function columnsThatCount(named: ReadonlySet<string> | null): readonly CanonicalName[] {
  const isRead = (name: CanonicalName): boolean =>
    named === null || named.has(name) || (name === "metadata" && named.has("meta"));
  return canonicalNames.filter((name) => alwaysRead.includes(name) || isRead(name));
}

/** Null while the staging query does not parse: its files are refused, and nobody knows what it means. */
export async function definitionOf(
  engine: Engine,
  source: Source,
  config: Config,
): Promise<Definition | null> {
  const staging = await stagingParts(engine, source);
  if (staging === null) return null;
  const parts: readonly (readonly [string, unknown])[] = [
    ...staging,
    ...canonicalNames.map((name) => [`columns.${name}`, acceptedNames(source, name)] as const),
    ["event_types", [...source.eventTypes].toSorted()],
    ["format and options", [source.format, source.options]],
    ["time_zone", config.rollout.timeZone],
    ["unit_placeholders", config.unitPlaceholders.toSorted()],
    ["gatebook's reading", readingVersion],
    ...newReadings(source).map((name) => [name, true] as const),
  ];
  return Object.fromEntries(parts.map(([name, value]) => [name, digest(value)]));
}

async function stagingParts(
  engine: Engine,
  source: Source,
): Promise<readonly (readonly [string, unknown])[] | null> {
  if (source.staging === null) return [];
  const sql = await readFile(source.staging, "utf8");
  const shape = await engine.shape({ file: source.staging, sql }).catch(() => null);
  if (shape === null) return null;
  const columns = [...shape.columns].flatMap(([output, expression]) => {
    const names = canonicalNames.filter((name) =>
      acceptedNames(source, name).some((each) => each.toLowerCase() === output),
    );
    return names.map((name) => [`staging.${name}`, expression] as const);
  });
  return [["staging", shape.rest], ...columns];
}

/** Names of the parts in which two definitions differ, those of columns that do not count left out. */
export function changedParts(
  before: Definition,
  now: Definition,
  columns: readonly string[],
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
  return names.filter((name) => {
    const [kind, column] = name.split(".");
    return (
      before[name] !== now[name] && (column === undefined || kind === undefined || columns.includes(column))
    );
  });
}

export interface SourceDefinition {
  readonly source: string;
  readonly columns: readonly CanonicalName[];
  readonly definition: Definition | null;
  /** Of files that are read by it. */
  readonly loadFingerprint: string;
}

/**
 * Writes down by which definitions files are read from now on. Days that an earlier version closed have none: what was read by the
 * present loadFingerprint is taken to have had the present definition.
 */
export async function writeDefinitions(
  engine: Engine,
  definitions: readonly SourceDefinition[],
  retentionStart: string | null,
): Promise<void> {
  const rows = definitions.map(({ source, columns, definition, loadFingerprint }) => {
    const texts = [
      JSON.stringify(columns),
      definition === null ? null : JSON.stringify(definition),
      loadFingerprint,
    ];
    return `(${[source, ...texts].map(sqlText).join(", ")})`;
  });
  const values = `(VALUES ${rows.join(", ")}) v(source, columns, definition, recipe)`;
  await engine.transaction(() =>
    engine.execute(`DELETE FROM source_definitions;
      INSERT INTO source_definitions SELECT source, columns, definition FROM ${values};
      INSERT INTO closed_days
        SELECT f.source, d.file_id, d.event_date, d.accepted, NULL, v.columns,
          CASE WHEN f.recipe = v.recipe THEN v.definition END, f.sha256
        FROM load_days d JOIN load_files f ON f.file_id = d.file_id JOIN ${values} ON v.source = f.source
        WHERE d.event_date < ${retentionStart === null ? "NULL" : sqlText(retentionStart)}
          AND NOT EXISTS (FROM closed_days c WHERE c.file_id = d.file_id AND c.event_date = d.event_date)`),
  );
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}
