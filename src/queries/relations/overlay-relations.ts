/**
 * Relations over a warehouse that is only read. In: their files. Out: under each name the rows of that very SQL, or why there are
 * none: the stored table where it was made of it, else an overlay that is made once, from the events there are, and kept until
 * the SQL is another. Replay, preview, `query` and the hours of a first day all read relations this way.
 */
import type { DataEngine } from "../../engine/engine.ts";
import type { GatebookError } from "../../model/error.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { queryProblem, toQueryError } from "../catalog/query-problem.ts";
import { describeFile } from "../validation/contract.ts";
import { asQueryFile, tablesIfParsed } from "../validation/inspect.ts";
import { orderRelations, type RelationNode } from "./dependencies.ts";
import { EVENT_TABLES } from "./kept-events.ts";
import { type KnownBuild, ownBuilds } from "./relation-builds.ts";
import { type BuiltRelation, fingerprintOf, refuseBroken } from "./relations.ts";

export interface KeptRange {
  /** First day that is read. */
  readonly from: Day;
  /** First day whose single events are still kept; null: all are. */
  readonly retentionStart: Day | null;
}

export interface SyncRequest {
  /** Null: every event that is read is there. */
  readonly kept: KeptRange | null;
  /** A stored relation that is not among the files has no file any more. */
  readonly areAll?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  /** Called when a relation has just been made, or failed: throws when nobody waits for it any more. */
  readonly stillWanted?: (() => void) | undefined;
}

export interface SyncedRelations {
  /** Of the table that a query now finds under the name: changes when its rows may. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Run in this call, failed ones among them. */
  readonly made: readonly string[];
  readonly failed: ReadonlyMap<string, QueryError>;
  /** Not run, since events they need are no longer kept: a stored table of another SQL may still be found. */
  readonly unavailable: ReadonlyMap<string, QueryError>;
}

export interface RelationOverlays {
  readonly sync: (files: readonly CatalogFile[], request: SyncRequest) => Promise<SyncedRelations>;
  readonly drop: () => Promise<void>;
}

interface Made {
  /** Null: cut short, to be made again. */
  readonly fingerprint: string | null;
  readonly problem: QueryError | null;
}

/** For one open engine. `stored`: the builds of its stored relations, which stay as they are; none where other events are read. */
export function overlayRelations(
  engine: DataEngine,
  stored: ReadonlyMap<string, KnownBuild> = new Map(),
): RelationOverlays {
  const overlays = new Map<string, Made>();
  const drop = async (name: string): Promise<void> => {
    if (overlays.get(name)?.problem === null) await engine.uncover(name);
    overlays.delete(name);
  };
  const dropAll = async (but: readonly string[]): Promise<void> => {
    for (const name of [...overlays.keys()].filter((each) => !but.includes(each))) await drop(name);
  };
  return {
    drop: () => dropAll([]),
    sync: async (files, { kept, areAll, timeoutMs, stillWanted }) => {
      const names = files.map(({ name }) => name);
      await dropAll(names);
      const gone = areAll
        ? [...stored].flatMap(([name, { fingerprint }]) =>
            fingerprint === null || [...names, ...ownBuilds].includes(name) ? [] : [name],
          )
        : [];
      const tables = [...(await engine.tables())].filter((name) => !gone.includes(name));
      const built = new Map<string, BuiltRelation>();
      const made: string[] = [];
      const failed = new Map(gone.map((name) => [name, goneError(name)]));
      const unavailable = new Map<string, QueryError>();
      for (const node of await orderRelations(engine, files, new Set(tables))) {
        const { name } = node.file;
        const fingerprint = fingerprintOf(node, built);
        const isCurrent = isStored(stored.get(name), fingerprint);
        const lost = isCurrent ? null : whyUnavailable(node, kept, unavailable);
        if (isCurrent || lost !== null) await drop(name);
        else if (overlays.get(name)?.fingerprint !== fingerprint) {
          await drop(name);
          made.push(name);
          const problem = await cover(engine, node, built, timeoutMs);
          overlays.set(name, { fingerprint: null, problem });
          stillWanted?.();
          overlays.set(name, { fingerprint, problem });
        }
        const error = overlays.get(name)?.problem ?? null;
        if (lost !== null) unavailable.set(name, toQueryError(lost, node.file));
        if (error !== null) failed.set(name, error);
        built.set(name, { fingerprint, build: { error } });
      }
      const fingerprints = new Map([...built].map(([name, { fingerprint }]) => [name, fingerprint]));
      return { fingerprints, made, failed, unavailable };
    },
  };
}

function isStored(known: KnownBuild | undefined, fingerprint: string): boolean {
  return known?.fingerprint === fingerprint && known.pending.length === 0;
}

function whyUnavailable(
  { file, reads }: RelationNode,
  kept: KeptRange | null,
  unavailable: ReadonlyMap<string, unknown>,
): GatebookError | null {
  const hint = "gatebook run builds it from the exports";
  const broken = reads.find(({ name }) => unavailable.has(name));
  if (broken !== undefined) {
    const { name, line, column } = broken;
    return queryProblem(file, `it depends on ${name}, which is unavailable`, { line, column, hint });
  }
  const lost = lostEvents(kept, reads);
  if (lost === null) return null;
  return queryProblem(file, `its SQL is not what the stored table was made of, and ${lost}`, { hint });
}

/** "the events before 2026-02-01 are no longer kept", where such are read; else null. */
function lostEvents(kept: KeptRange | null, reads: readonly { readonly name: string }[]): string | null {
  const start = kept?.retentionStart ?? null;
  if (kept === null || start === null || start <= kept.from) return null;
  const readsEvents = reads.some(({ name }) => EVENT_TABLES.includes(name));
  return readsEvents ? `the events before ${start} are no longer kept` : null;
}

/** Null: it is there now. */
async function cover(
  engine: DataEngine,
  { file, ...node }: RelationNode,
  built: ReadonlyMap<string, BuiltRelation>,
  timeoutMs: number | undefined,
): Promise<QueryError | null> {
  try {
    refuseBroken({ file, ...node }, built);
    await describeFile(engine, file);
    await engine.overlay({ name: file.name, kind: "file", file: asQueryFile(file), timeoutMs });
    return null;
  } catch (error) {
    return toQueryError(error, file);
  }
}

function goneError(name: string): QueryError {
  const file = `queries/relations/${name}.sql`;
  const hint = "restore the file, or take the name out of what reads it";
  return { message: "the file is gone", file, line: null, column: null, excerpt: null, hint };
}

/** What of a file's input is no longer there: "user_days: …", or "the events before 2026-02-01 are no longer kept"; null: all is. */
export async function missingInput(
  engine: DataEngine,
  file: CatalogFile,
  { unavailable }: SyncedRelations,
  kept: KeptRange,
): Promise<string | null> {
  // one that does not parse read nothing when it was recorded either
  const reads = await tablesIfParsed(engine, file);
  const relation = reads.find(({ name }) => unavailable.has(name))?.name;
  if (relation !== undefined) return `${relation}: ${unavailable.get(relation)?.message}`;
  return lostEvents(kept, reads);
}
