/**
 * The relations of a record over a warehouse that is only read. In: the recorded SQL. Out: for every relation the stored
 * table, where it was made of that very SQL, else a temporary table of the same name made from the events that are still
 * kept, else why it is unavailable. The warehouse itself stays as it is.
 */
import type { Engine } from "../../engine/engine.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { isQueryProblem } from "../catalog/query-problem.ts";
import { existingTables, tablesOf } from "../validation/inspect.ts";
import { orderRelations, type RelationNode } from "./dependencies.ts";
import { EVENT_TABLES } from "./kept-events.ts";
import { type KnownBuild, readKnownBuilds } from "./relation-builds.ts";
import { type BuiltRelation, fingerprintOf } from "./relations.ts";
import { buildTemporary, forgetStoredFailures } from "./temporary-relations.ts";

export interface ReplayRange {
  /** First day that the record shows. */
  readonly from: Day;
  /** First day whose single events are still kept; null: all are. */
  readonly retentionStart: Day | null;
  readonly timeoutMs?: number | undefined;
}

export interface ReplayedRelations {
  /** Made anew from kept events, since their SQL is not the warehouse's. */
  readonly rebuilt: readonly string[];
  /** By name, why there is no such table: "its SQL is not what the stored table was made of, and …". */
  readonly impossible: ReadonlyMap<string, string>;
}

export async function replayRelations(
  engine: Engine,
  catalog: Catalog,
  range: ReplayRange,
): Promise<ReplayedRelations> {
  const known = await knownBuilds(engine);
  await forgetStoredFailures(engine);
  const built = new Map<string, BuiltRelation>();
  const rebuilt: string[] = [];
  const impossible = new Map<string, string>();
  for (const node of await orderRelations(engine, catalog.relations, await existingTables(engine))) {
    const { name } = node.file;
    const fingerprint = fingerprintOf(node, built);
    const stored = isStored(known.get(name), fingerprint);
    const why = stored ? null : whyImpossible(node, range, impossible);
    if (why !== null) impossible.set(name, why);
    const error = stored || why !== null ? null : await buildTemporary(engine, node, built, range.timeoutMs);
    if (!stored && why === null) rebuilt.push(name);
    built.set(name, { fingerprint, build: { error } });
  }
  return { rebuilt, impossible };
}

/** Of the stored relations, from before anything was put in front of them. */
export async function knownBuilds(engine: Engine): Promise<ReadonlyMap<string, KnownBuild>> {
  return (await existingTables(engine)).has("relation_builds") ? await readKnownBuilds(engine) : new Map();
}

export function isStored(known: KnownBuild | undefined, fingerprint: string): boolean {
  return known !== undefined && known.fingerprint === fingerprint && known.pending.length === 0;
}

/** Why a relation cannot be made anew, or null. */
export function whyImpossible(
  { reads }: RelationNode,
  { from, retentionStart }: ReplayRange,
  impossible: ReadonlyMap<string, string>,
): string | null {
  const broken = reads.find(({ name }) => impossible.has(name));
  if (broken !== undefined) return `it depends on ${broken.name}, which is unavailable`;
  const pruned = retentionStart !== null && retentionStart > from;
  if (!pruned || !reads.some(({ name }) => EVENT_TABLES.includes(name))) return null;
  return `its SQL is not what the stored table was made of, and the events before ${retentionStart} are no longer kept`;
}

/** What of a file's input is no longer available: "user_days", or "events before 2026-02-01"; null: all is there. */
export async function missingInput(
  engine: Engine,
  file: CatalogFile,
  { impossible }: ReplayedRelations,
  { from, retentionStart }: ReplayRange,
): Promise<string | null> {
  const names = await tablesOf(engine, file).then(
    (tables) => tables.map(({ name }) => name),
    (error: unknown) => {
      // It does not parse: then it read nothing when it was recorded either.
      if (isQueryProblem(error)) return [];
      throw error;
    },
  );
  const relation = names.find((name) => impossible.has(name));
  if (relation !== undefined) return `${relation}: ${impossible.get(relation)}`;
  const pruned = retentionStart !== null && retentionStart > from;
  return pruned && names.some((name) => EVENT_TABLES.includes(name))
    ? `the events before ${retentionStart} are no longer kept`
    : null;
}
