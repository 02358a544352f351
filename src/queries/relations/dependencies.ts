/** In which order relations are built: read from their SQL, nothing is declared. */
import { createHash } from "node:crypto";
import type { DataEngine, TableReference } from "../../engine/engine.ts";
import type { GatebookError } from "../../model/error.ts";
import { type Catalog, type CatalogFile, catalogFiles } from "../catalog/catalog.ts";
import { isQueryProblem, queryProblem } from "../catalog/query-problem.ts";
import { asQueryFile, readFile, tablesIfParsed } from "../validation/inspect.ts";

export interface RelationNode {
  readonly file: CatalogFile;
  /** Hash of its SQL as parsed: a comment or the layout makes no other. */
  readonly meaning: string;
  /** Tables it reads, relations or not, with their places. */
  readonly reads: readonly TableReference[];
  /** Names of the relations it reads. */
  readonly upstream: readonly string[];
  /** Its own: does not parse, unknown tables, part of a cycle. */
  readonly problems: readonly GatebookError[];
}

/**
 * Relations in the order in which they can be built, by name where the order is free. One that is part of a cycle comes
 * last, with a problem that names the way round. `tables` are those that exist besides the relations.
 */
export async function orderRelations(
  engine: DataEngine,
  relations: readonly CatalogFile[],
  tables: ReadonlySet<string>,
): Promise<readonly RelationNode[]> {
  const names = new Set(relations.map(({ name }) => name));
  const known = new Set([...tables, ...names]);
  const nodes: RelationNode[] = [];
  for (const file of relations) nodes.push(await readNode(engine, file, names, known));
  return inOrder(nodes);
}

/** Relations to build: the workspace's own, and of the package's those that something reads. */
export async function neededRelations(engine: DataEngine, catalog: Catalog): Promise<readonly CatalogFile[]> {
  if (!catalog.relations.some(({ isShipped }) => isShipped)) return catalog.relations;
  const reads = new Map<string, readonly string[]>();
  for (const file of catalogFiles(catalog)) {
    const tables = await tablesIfParsed(engine, file);
    reads.set(
      file.name,
      tables.map(({ name }) => name),
    );
  }
  const readers = catalogFiles(catalog).filter(({ kind, isShipped }) => kind !== "relation" || !isShipped);
  const needed = new Set<string>();
  let names: readonly string[] = ["user_days", ...readers.flatMap(({ name }) => reads.get(name) ?? [])];
  while (names.length > 0) {
    const fresh = names.filter((name) => !needed.has(name));
    for (const name of fresh) needed.add(name);
    names = fresh.flatMap((name) => reads.get(name) ?? []);
  }
  return catalog.relations.filter(({ name, isShipped }) => !isShipped || needed.has(name));
}

async function readNode(
  engine: DataEngine,
  file: CatalogFile,
  names: ReadonlySet<string>,
  known: ReadonlySet<string>,
): Promise<RelationNode> {
  try {
    const { tables: reads, problems } = await readFile(engine, file, known);
    const upstream = reads.map(({ name }) => name).filter((name) => names.has(name));
    const { columns, rest } = await engine.shape(asQueryFile(file));
    return {
      file,
      meaning: createHash("sha256")
        .update(JSON.stringify([[...columns], rest]))
        .digest("hex"),
      reads,
      upstream,
      problems: [...file.problems, ...problems],
    };
  } catch (error) {
    if (!isQueryProblem(error)) throw error;
    return { file, meaning: "", reads: [], upstream: [], problems: [...file.problems, error] };
  }
}

function inOrder(nodes: readonly RelationNode[]): readonly RelationNode[] {
  const placed: RelationNode[] = [];
  const waiting = [...nodes];
  for (;;) {
    const done = new Set(placed.map(({ file }) => file.name));
    const next = waiting.findIndex(({ upstream }) => upstream.every((name) => done.has(name)));
    if (next < 0) break;
    placed.push(...waiting.splice(next, 1));
  }
  return [...placed, ...waiting.map((node) => withCycle(node, waiting))];
}

/** Names the cycle that a relation is on; one that only reads from a cycle is poisoned by it, not at fault. */
function withCycle(node: RelationNode, stuck: readonly RelationNode[]): RelationNode {
  const way = wayBack(node, stuck);
  if (way === null) return node;
  const first = node.reads.find(({ name }) => name === way[1]);
  const problem = queryProblem(node.file, `the relations read each other: ${way.join(" → ")}`, {
    ...(first === undefined ? {} : { line: first.line, column: first.column }),
    hint: "take one of these references out",
  });
  return { ...node, problems: [...node.problems, problem] };
}

/** The shortest way from a node back to itself: ["a", "b", "a"]. */
function wayBack(start: RelationNode, nodes: readonly RelationNode[]): readonly string[] | null {
  const home = start.file.name;
  const seen = new Set<string>();
  const queue: (readonly string[])[] = [[home]];
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const last = nodes.find(({ file }) => file.name === way?.at(-1));
    for (const name of last?.upstream ?? []) {
      if (name === home) return [...way, home];
      if (!seen.has(name)) queue.push([...way, name]);
      seen.add(name);
    }
  }
  return null;
}
