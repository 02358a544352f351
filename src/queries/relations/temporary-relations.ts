/**
 * Relations as temporary tables in front of the stored ones: for a record that is made again, and for the hours of a first
 * day. The store itself stays as it is.
 */
import type { Engine } from "../../engine/engine.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { toQueryError } from "../catalog/query-problem.ts";
import { contractProblems } from "../validation/contract.ts";
import { asQueryFile, existingTables } from "../validation/inspect.ts";
import { neededRelations, orderRelations, type RelationNode } from "./dependencies.ts";
import { noteFailed, RELATION_BUILDS } from "./relation-builds.ts";
import { type BuiltRelation, refuseBroken } from "./relations.ts";

/** From here on readiness reads what failed among the temporary ones, not what failed in the last run. */
export async function forgetStoredFailures(engine: Engine): Promise<void> {
  const columns = ["name", "fingerprint", "problem"].map((name) => `CAST(NULL AS VARCHAR) AS ${name}`);
  await engine.uncover(RELATION_BUILDS);
  await engine.overlay({
    name: RELATION_BUILDS,
    kind: "table",
    select: () => `SELECT * FROM (SELECT ${columns.join(", ")}) AS none WHERE name IS NOT NULL`,
  });
}

/** Null: it is there now. A failure is noted for whatever reads it. */
export async function buildTemporary(
  engine: Engine,
  node: RelationNode,
  built: ReadonlyMap<string, BuiltRelation>,
  timeoutMs: number | undefined,
): Promise<QueryError | null> {
  const { file } = node;
  try {
    refuseBroken(node, built);
    const [problem] = contractProblems(file, await engine.describe(asQueryFile(file)));
    if (problem !== undefined) throw problem;
    await engine.uncover(file.name);
    await engine.overlay({ name: file.name, kind: "file", file: asQueryFile(file), timeoutMs });
    return null;
  } catch (error) {
    const problem = toQueryError(error, file);
    await noteFailed(engine, file.name, problem);
    return problem;
  }
}

/** Every relation that something reads, in the order of their dependencies, from `events` as it now looks. */
export async function buildAllTemporary(
  engine: Engine,
  catalog: Catalog,
  timeoutMs: number | undefined,
): Promise<readonly CatalogFile[]> {
  const needed = await neededRelations(engine, catalog);
  const nodes = await orderRelations(engine, needed, await existingTables(engine));
  const built = new Map<string, BuiltRelation>();
  for (const node of nodes) {
    const error = await buildTemporary(engine, node, built, timeoutMs);
    built.set(node.file.name, { fingerprint: "", build: { error } });
  }
  return needed;
}
