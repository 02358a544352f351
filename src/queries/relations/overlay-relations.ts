/**
 * Relations that follow edited files over a warehouse that is only read. In: the catalog as it stands after a save. Out: in
 * front of every stored relation whose SQL is no longer that of its file a temporary table of the same name, made once and kept
 * until the file changes again; taken away when the file is as it was. What is unavailable is noted for whatever reads it.
 */
import type { Engine } from "../../engine/engine.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { queryProblem, toQueryError } from "../catalog/query-problem.ts";
import { existingTables } from "../validation/inspect.ts";
import { neededRelations, orderRelations, type RelationNode } from "./dependencies.ts";
import { type KnownBuild, noteFailed, ownBuilds } from "./relation-builds.ts";
import { type BuiltRelation, fingerprintOf } from "./relations.ts";
import { isStored, knownBuilds, type ReplayRange, whyImpossible } from "./replay-relations.ts";
import { buildTemporary, forgetStoredFailures } from "./temporary-relations.ts";

export interface OverlayRelations {
  readonly sync: (catalog: Catalog, request: SyncRequest) => Promise<SyncedRelations>;
}

export interface SyncRequest extends ReplayRange {
  /** Called when a relation has just been made, or failed: throws when nobody waits for it any more. */
  readonly stillWanted: () => void;
}

export interface SyncedRelations {
  /** Of the table that a query now finds under the name, by name: changes when its rows may. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Made in this call. */
  readonly made: readonly string[];
  readonly failed: ReadonlyMap<string, QueryError>;
}

interface Cover {
  readonly fingerprint: string;
  readonly problem: QueryError | null;
}

/** For one open engine; the stored relations are taken to stay as they are. */
export async function overlayRelations(engine: Engine): Promise<OverlayRelations> {
  const stored = await knownBuilds(engine);
  const front = new Map<string, Cover>();
  return {
    sync: async (catalog, request) => {
      await forgetStoredFailures(engine);
      const relations = await neededRelations(engine, catalog);
      const names = new Set(relations.map(({ name }) => name));
      for (const name of front.keys()) if (!names.has(name)) await drop(engine, front, name);
      const gone = [...stored.keys()].filter((name) => !names.has(name));
      const tables = await existingTables(engine);
      const nodes = await orderRelations(engine, relations, without(tables, gone));
      return await syncAll(engine, { nodes, gone, stored, front }, request);
    },
  };
}

interface SyncContext {
  readonly nodes: readonly RelationNode[];
  /** Stored, and without a file by now. */
  readonly gone: readonly string[];
  readonly stored: ReadonlyMap<string, KnownBuild>;
  readonly front: Map<string, Cover>;
}

async function syncAll(
  engine: Engine,
  { nodes, gone, stored, front }: SyncContext,
  request: SyncRequest,
): Promise<SyncedRelations> {
  const built = new Map<string, BuiltRelation>();
  const failed = new Map<string, QueryError>();
  const made: string[] = [];
  for (const name of gone.filter((each) => !ownBuilds.includes(each))) failed.set(name, goneError(name));
  for (const node of nodes) {
    const { name } = node.file;
    const fingerprint = fingerprintOf(node, built);
    const known = stored.get(name);
    let problem: QueryError | null = null;
    if (isStored(known, fingerprint)) {
      await drop(engine, front, name);
    } else {
      const before = front.get(name);
      if (before?.fingerprint !== fingerprint) made.push(name);
      problem =
        before?.fingerprint === fingerprint
          ? before.problem
          : await cover(engine, node, { fingerprint, built, front, request });
    }
    if (problem !== null) failed.set(name, problem);
    built.set(name, { fingerprint, build: { error: problem } });
  }
  await forgetStoredFailures(engine);
  for (const [name, problem] of failed) await noteFailed(engine, name, problem);
  const fingerprints = new Map([...built].map(([name, { fingerprint }]) => [name, fingerprint]));
  return { fingerprints, made, failed };
}

interface CoverContext {
  readonly fingerprint: string;
  readonly built: ReadonlyMap<string, BuiltRelation>;
  readonly front: Map<string, Cover>;
  readonly request: SyncRequest;
}

async function cover(engine: Engine, node: RelationNode, context: CoverContext): Promise<QueryError | null> {
  const { fingerprint, built, front, request } = context;
  const { name } = node.file;
  await drop(engine, front, name);
  const why = whyImpossible(node, request, new Map());
  const problem =
    why === null
      ? await buildTemporary(engine, node, built, request.timeoutMs)
      : toQueryError(
          queryProblem(node.file, why, { hint: "gatebook run builds it from the exports" }),
          node.file,
        );
  request.stillWanted();
  front.set(name, { fingerprint, problem });
  return problem;
}

/** The stored table, if there is one, is found under the name again. */
async function drop(engine: Engine, front: Map<string, Cover>, name: string): Promise<void> {
  if (!front.delete(name)) return;
  await engine.uncover(name);
}

function goneError(name: string): QueryError {
  const file = `queries/relations/${name}.sql`;
  const hint = "sync the file back, or take the name out of what reads it";
  return { message: "the file is gone", file, line: null, column: null, excerpt: null, hint };
}

function without(names: ReadonlySet<string>, left: readonly string[]): ReadonlySet<string> {
  return new Set([...names].filter((name) => !left.includes(name)));
}
