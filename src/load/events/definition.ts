/**
 * What the rows of a source mean: its staging query as parsed and its mapping, in separate parts. A comment, the layout, a column
 * that no query reads: none of them makes another definition. Kept with the days that were closed by it.
 */
import { createHash } from "node:crypto";
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type { Config, Source } from "../../model/config.ts";
import { allAddedColumns, canonicalNames, columnsOf } from "../../model/event-columns.ts";
import { retentionStart } from "../days/pruned-days.ts";
import { newReadings, readingVersion } from "../records/load-fingerprint.ts";
import { acceptedNames } from "./binding.ts";
import { stagingText } from "./staging-file.ts";

/** Part ("staging", "columns.user_id") → its hash. */
export type Definition = Readonly<Record<string, string>>;

/** Read by gatebook itself, of every event. */
const alwaysRead: readonly string[] = [
  "event_id",
  "event_type",
  "occurred_at",
  "event_date",
  "user_id",
  "session_id",
  "algo_version",
];

export interface DefinitionRequest {
  /** By source. */
  readonly loadFingerprints: ReadonlyMap<string, string>;
  readonly named: ReadonlySet<string> | null;
}

/**
 * Writes down by which definitions files are read from now on. `named`: column names of the relations' SQL; null: any. Days that an
 * earlier version closed have none: what was read by the present load fingerprint is taken to have had the present definition.
 */
export async function writeDefinitions(
  engine: Engine,
  config: Config,
  { loadFingerprints, named }: DefinitionRequest,
): Promise<void> {
  const rows: string[] = [];
  for (const source of config.sources.filter(({ kind }) => kind === "events")) {
    const definition = await definitionOf(engine, source, config);
    const texts = [
      source.name,
      JSON.stringify(columnsThatCount(named, allAddedColumns(config))),
      definition === null ? null : JSON.stringify(definition),
      loadFingerprints.get(source.name) ?? "",
    ];
    rows.push(`(${texts.map(sqlText).join(", ")})`);
  }
  const first = await retentionStart(engine);
  const values = `(VALUES ${rows.join(", ")}) v(source, columns, definition, recipe)`;
  await engine.transaction(() =>
    engine.execute(`DELETE FROM source_definitions;
      INSERT INTO source_definitions SELECT source, columns, definition FROM ${values};
      INSERT INTO closed_days
        SELECT f.source, d.file_id, d.event_date, d.accepted, NULL, v.columns,
          CASE WHEN f.recipe = v.recipe THEN v.definition END, f.sha256
        FROM load_days d JOIN load_files f ON f.file_id = d.file_id JOIN ${values} ON v.source = f.source
        WHERE d.event_date < ${sqlText(first)}
          AND NOT EXISTS (FROM closed_days c WHERE c.file_id = d.file_id AND c.event_date = d.event_date)`),
  );
}

/** Columns of events whose values may reach a relation. */
function columnsThatCount(named: ReadonlySet<string> | null, added: readonly string[]): readonly string[] {
  const isRead = (name: string): boolean =>
    named === null || named.has(name) || (name === "metadata" && named.has("meta"));
  return [...canonicalNames, ...added].filter((name) => alwaysRead.includes(name) || isRead(name));
}

/** Null while the staging query does not parse: its files are refused, and nobody knows what it means. */
async function definitionOf(engine: Engine, source: Source, config: Config): Promise<Definition | null> {
  const staging = await stagingParts(engine, source);
  if (staging === null) return null;
  const parts: readonly (readonly [string, unknown])[] = [
    ...staging,
    ...columnsOf(source).map((name) => {
      const constant = source.constants?.get(name);
      const names = acceptedNames(source, name);
      return [`columns.${name}`, constant === undefined ? names : [...names, { constant }]] as const;
    }),
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
  const sql = await stagingText(source.staging);
  const shape = await engine.shape({ file: source.staging, sql }).catch(() => null);
  if (shape === null) return null;
  const columns = [...shape.columns].flatMap(([output, expression]) => {
    const names = columnsOf(source).filter((name) =>
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

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}
