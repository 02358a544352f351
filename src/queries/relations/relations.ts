/**
 * The shared tables that analysts build from `events`. What comes in: the catalog and the days whose events changed. What goes
 * out: one table per file of queries/relations/, rebuilt for those days alone where the engine shows that a day's rows depend
 * on that day only, else whole. A relation that fails keeps its old table, is reported, and stops what reads it, not the night.
 */
import { createHash } from "node:crypto";
import type { DataEngine, Engines } from "../../engine/engine.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { queryProblem, toQueryError, unbuiltRelation } from "../catalog/query-problem.ts";
import { describeFile } from "../validation/contract.ts";
import { refuseHiddenReads } from "../validation/inspect.ts";
import { bookTables } from "./book-tables.ts";
import { COVERAGE_DAYS, coverage } from "./coverage-days.ts";
import { neededRelations, orderRelations, type RelationNode } from "./dependencies.ts";
import { DAY_EDGES, eventTimeRange } from "./event-time-range.ts";
import { keptTables } from "./kept-tables.ts";
import type { OwnBuild } from "./own-build.ts";
import {
  type BuildMark,
  forgetBuild,
  forgottenBuilds,
  type KnownBuild,
  noteBuilt,
  noteFailed,
  notePendingDays,
  readKnownBuilds,
} from "./relation-builds.ts";
import { partsByEvents } from "./relation-parts.ts";
import type { RelationTables } from "./relation-tables.ts";

export interface RelationRequest {
  /** Days whose events changed since the last build. */
  readonly dirtyDates: readonly Day[];
  /** Rebuilds everything, e.g. after a lookup changed. */
  readonly rebuildAll: boolean;
  readonly timeoutMs?: number | undefined;
  /** For tests: a relation is made in parts of so many events. */
  readonly eventsPerPart?: number | undefined;
}

export interface RelationBuild {
  readonly name: string;
  readonly path: string;
  /** "kept": nothing to do; "days": those of `days` only. */
  readonly outcome: "kept" | "days" | "whole" | "failed";
  readonly days: readonly Day[];
  readonly durationMs: number;
  readonly error: QueryError | null;
}

/** Builds every relation in the order of its dependencies. Throws only for what no file is to blame for. */
export async function buildRelations(
  engines: Engines,
  catalog: Catalog,
  request: RelationRequest,
): Promise<readonly RelationBuild[]> {
  const { books, data, cluster } = engines;
  const tables = cluster === null ? bookTables(books) : keptTables(books, cluster);
  const relations = await neededRelations(data, catalog);
  await notePendingDays(books, relations, request.dirtyDates);
  for (const name of await forgottenBuilds(books, relations)) {
    await tables.drop(name);
    await forgetBuild(books, name);
  }
  const known = await readKnownBuilds(books);
  await countOwn(tables, eventTimeRange, known.get(DAY_EDGES), request);
  const nodes = await orderRelations(data, relations, await data.tables());
  const built = new Map<string, BuiltNode>();
  const names = nodes.map(({ file }) => file.name);
  for (const node of nodes) {
    const found = known.get(node.file.name) ?? { fingerprint: null, meaning: null, pending: [] };
    const context = { known: found, built, request, relations: names, tables };
    built.set(node.file.name, await buildOne(engines, node, context));
  }
  if (built.get("user_days")?.build.error === null)
    await countOwn(tables, coverage, known.get(COVERAGE_DAYS), request);
  return [...built.values()].map(({ build }) => build);
}

async function countOwn(
  tables: RelationTables,
  own: OwnBuild,
  known: KnownBuild | undefined,
  { rebuildAll }: RelationRequest,
): Promise<void> {
  const isCurrent = known !== undefined && known.fingerprint === own.fingerprint && !rebuildAll;
  await tables.count(own, isCurrent ? known.pending : null);
}

export interface BuiltRelation {
  readonly build: Pick<RelationBuild, "error">;
  readonly fingerprint: string;
}

interface BuiltNode extends BuiltRelation {
  readonly build: RelationBuild;
  readonly meaning: string;
}

interface BuildContext {
  readonly known: KnownBuild;
  readonly built: ReadonlyMap<string, BuiltNode>;
  readonly request: RelationRequest;
  /** Names of all relations. */
  readonly relations: readonly string[];
  readonly tables: RelationTables;
}

async function buildOne(engines: Engines, node: RelationNode, context: BuildContext): Promise<BuiltNode> {
  const { file } = node;
  const started = performance.now();
  const mark = {
    fingerprint: fingerprintOf(node, context.built),
    meaning: meaningOf(node, context.built),
  };
  try {
    refuseBroken(node, context.built);
    const done = await rebuild(engines, node, mark, context);
    const build = { ...describeBuild(file), ...done, durationMs: performance.now() - started };
    return { build, ...mark };
  } catch (error) {
    const problem = toQueryError(error, file);
    await noteFailed(engines.books, file.name, problem);
    const build = { ...describeBuild(file), error: problem, durationMs: performance.now() - started };
    return { build, ...mark };
  }
}

type Done = Pick<RelationBuild, "outcome" | "days">;

async function rebuild(
  { books, data }: Engines,
  { file, upstream }: RelationNode,
  mark: BuildMark,
  { known, built, request, relations, tables }: BuildContext,
): Promise<Done> {
  await describeFile(data, file);
  await refuseHiddenReads(data, file, { upstream, relations });
  if (known.fingerprint === null && (await data.tables()).has(file.name)) {
    const hint = "rename the file, or the lookup of that name in rollout.yaml";
    throw queryProblem(file, `"${file.name}" is a table already, and not a relation`, { hint });
  }
  const sameSql = known.fingerprint === mark.fingerprint || known.meaning === mark.meaning;
  const upstreamWhole = upstream.some((name) => built.get(name)?.build.outcome === "whole");
  const { timeoutMs } = request;
  if (sameSql && !request.rebuildAll && !upstreamWhole) {
    if (known.pending.length === 0) {
      if (known.fingerprint !== mark.fingerprint || known.meaning === null)
        await books.transaction(() => noteBuilt(books, file.name, mark));
      return { outcome: "kept", days: [] };
    }
    if (await dayStandsAlone(data, file, known.pending)) {
      await tables.days(file, known.pending, { mark, timeoutMs });
      return { outcome: "days", days: known.pending };
    }
  }
  const parts = () => partsOf(data, file, request);
  await tables.whole(file, { mark, known, sameSql, parts, timeoutMs });
  return { outcome: "whole", days: [] };
}

/** One part where a day's rows depend on other days: then every part would read all of them. */
async function partsOf(
  engine: DataEngine,
  file: CatalogFile,
  { eventsPerPart }: RelationRequest,
): Promise<readonly (readonly Day[])[]> {
  const parts = await partsByEvents(engine, null, eventsPerPart);
  return parts.length > 1 && (await dayStandsAlone(engine, file, parts.flat())) ? parts : [];
}

/** Asked for every pending day, since for one that no longer has events the engine cannot say. */
async function dayStandsAlone(engine: DataEngine, file: CatalogFile, days: readonly Day[]): Promise<boolean> {
  for (const day of days) if (await engine.filterReachesScans(file.sql, "event_date", day)) return true;
  return false;
}

/** Changes when its own SQL or that of any relation upstream does. */
export function fingerprintOf(
  { file, upstream }: RelationNode,
  built: ReadonlyMap<string, BuiltRelation>,
): string {
  const above = [...upstream].sort().map((name) => `${name} ${built.get(name)?.fingerprint ?? ""}`);
  return createHash("sha256")
    .update([file.sha256, ...above].join("\n"))
    .digest("hex");
}

/** The same of the SQL as parsed. */
function meaningOf({ meaning, upstream }: RelationNode, built: ReadonlyMap<string, BuiltNode>): string {
  const above = [...upstream].sort().map((name) => `${name} ${built.get(name)?.meaning ?? ""}`);
  return createHash("sha256")
    .update([meaning, ...above].join("\n"))
    .digest("hex");
}

/** Throws the GatebookError that keeps a relation from being built: its own, or that of one it reads. */
export function refuseBroken(
  { file, problems, reads, upstream }: RelationNode,
  built: ReadonlyMap<string, BuiltRelation>,
): void {
  const [own] = problems;
  if (own !== undefined) throw own;
  const broken = reads.find(({ name }) => upstream.includes(name) && built.get(name)?.build.error !== null);
  if (broken !== undefined) throw unbuiltRelation(file, broken);
}

function describeBuild(file: CatalogFile): RelationBuild {
  return {
    name: file.name,
    path: file.path,
    outcome: "failed",
    days: [],
    durationMs: 0,
    error: null,
  };
}
