/**
 * The shared tables that analysts build from `events`. What comes in: the catalog and the days whose events changed. What goes
 * out: one table per file of queries/relations/, rebuilt for those days alone where the engine shows that a day's rows depend
 * on that day only, else whole. A relation that fails keeps its old table, is reported, and stops what reads it, not the night.
 */
import { createHash } from "node:crypto";
import type { Engine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { queryProblem, toQueryError, unbuiltRelation } from "../catalog/query-problem.ts";
import { describeFile } from "../validation/contract.ts";
import { existingTables, refuseHiddenReads } from "../validation/inspect.ts";
import { COVERAGE_DAYS, updateCoverageDays } from "./coverage-days.ts";
import { neededRelations, orderRelations, type RelationNode } from "./dependencies.ts";
import { DAY_EDGES, DAY_EDGES_FINGERPRINT, updateEventTimeRange } from "./event-time-range.ts";
import {
  type BuildMark,
  dropForgotten,
  type KnownBuild,
  noteBuilt,
  noteFailed,
  notePendingDays,
  readKnownBuilds,
} from "./relation-builds.ts";
import { partsByEvents, wholeRange } from "./relation-parts.ts";
import { rebuildDays, rebuildWhole } from "./relation-rebuild.ts";

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
  engine: Engine,
  catalog: Catalog,
  request: RelationRequest,
): Promise<readonly RelationBuild[]> {
  const relations = await neededRelations(engine, catalog);
  await notePendingDays(engine, relations, request.dirtyDates);
  await dropForgotten(engine, relations);
  const known = await readKnownBuilds(engine);
  await buildOwn(engine, eventTimeRange, known.get(DAY_EDGES), request);
  const nodes = await orderRelations(engine, relations, await existingTables(engine));
  const built = new Map<string, BuiltNode>();
  const names = nodes.map(({ file }) => file.name);
  for (const node of nodes) {
    const found = known.get(node.file.name) ?? { fingerprint: null, meaning: null, pending: [] };
    built.set(
      node.file.name,
      await buildOne(engine, node, { known: found, built, request, relations: names }),
    );
  }
  if (built.get("user_days")?.build.error === null)
    await buildOwn(engine, coverage, known.get(COVERAGE_DAYS), request);
  return [...built.values()].map(({ build }) => build);
}

interface OwnBuild {
  readonly name: string;
  /** Changes when a new version counts otherwise. */
  readonly fingerprint: string;
  readonly update: (engine: Engine, days: readonly Day[] | null) => Promise<void>;
}

const eventTimeRange: OwnBuild = {
  name: DAY_EDGES,
  fingerprint: DAY_EDGES_FINGERPRINT,
  update: updateEventTimeRange,
};
const coverage: OwnBuild = { name: COVERAGE_DAYS, fingerprint: COVERAGE_DAYS, update: updateCoverageDays };

async function buildOwn(
  engine: Engine,
  { name, fingerprint, update }: OwnBuild,
  known: KnownBuild | undefined,
  { rebuildAll }: RelationRequest,
): Promise<void> {
  const isCurrent = known !== undefined && known.fingerprint === fingerprint && !rebuildAll;
  await engine.transaction(async () => {
    await update(engine, isCurrent ? known.pending : null);
    await noteBuilt(engine, name, { fingerprint, meaning: null });
  });
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
}

async function buildOne(engine: Engine, node: RelationNode, context: BuildContext): Promise<BuiltNode> {
  const { file } = node;
  const started = performance.now();
  const mark = {
    fingerprint: fingerprintOf(node, context.built),
    meaning: meaningOf(node, context.built),
  };
  try {
    refuseBroken(node, context.built);
    const done = await rebuild(engine, node, mark, context);
    const build = { ...describeBuild(file), ...done, durationMs: performance.now() - started };
    return { build, ...mark };
  } catch (error) {
    const problem = toQueryError(error, file);
    await noteFailed(engine, file.name, problem);
    const build = { ...describeBuild(file), error: problem, durationMs: performance.now() - started };
    return { build, ...mark };
  }
}

type Done = Pick<RelationBuild, "outcome" | "days">;

async function rebuild(
  engine: Engine,
  { file, upstream }: RelationNode,
  mark: BuildMark,
  { known, built, request, relations }: BuildContext,
): Promise<Done> {
  await describeFile(engine, file);
  await refuseHiddenReads(engine, file, { upstream, relations });
  if (known.fingerprint === null && (await existingTables(engine)).has(file.name)) {
    const hint = "rename the file, or the lookup of that name in rollout.yaml";
    throw queryProblem(file, `"${file.name}" is a table already, and not a relation`, { hint });
  }
  const sameSql = known.fingerprint === mark.fingerprint || known.meaning === mark.meaning;
  const upstreamWhole = upstream.some((name) => built.get(name)?.build.outcome === "whole");
  const options = { timeoutMs: request.timeoutMs };
  if (sameSql && !request.rebuildAll && !upstreamWhole) {
    if (known.pending.length === 0) {
      if (known.fingerprint !== mark.fingerprint || known.meaning === null)
        await engine.transaction(() => noteBuilt(engine, file.name, mark));
      return { outcome: "kept", days: [] };
    }
    if (await dayStandsAlone(engine, file, known.pending)) {
      await engine.transaction(async () => {
        await rebuildDays(engine, file, known.pending, options);
        await noteBuilt(engine, file.name, mark);
      });
      return { outcome: "days", days: known.pending };
    }
  }
  await engine.transaction(async () => {
    // days that only the earlier SQL could make are unknown: of two meanings pooled nobody could say where a change comes from
    if (file.kind === "dimension" && !sameSql)
      await engine.execute(`DROP TABLE IF EXISTS ${sqlName(file.name)}`);
    await rebuildWhole(engine, file, {
      ...options,
      dirty: known.pending,
      madeBefore: sameSql ? null : known,
      parts: wholeRange(await partsOf(engine, file, request)),
    });
    await noteBuilt(engine, file.name, mark);
  });
  return { outcome: "whole", days: [] };
}

/** One part where a day's rows depend on other days: then every part would read all of them. */
async function partsOf(
  engine: Engine,
  file: CatalogFile,
  { eventsPerPart }: RelationRequest,
): Promise<readonly (readonly Day[])[]> {
  const parts = await partsByEvents(engine, null, eventsPerPart);
  return parts.length > 1 && (await dayStandsAlone(engine, file, parts.flat())) ? parts : [];
}

/** Asked for every pending day, since for one that no longer has events the engine cannot say. */
async function dayStandsAlone(engine: Engine, file: CatalogFile, days: readonly Day[]): Promise<boolean> {
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
