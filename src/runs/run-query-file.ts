/**
 * An analyst's file, as it is on the disk now, on the published warehouse. The warehouse does not change: relations whose SQL is newer
 * are made as temporary tables.
 */
import type { DataEngine, Engine, Engines } from "../engine/engine.ts";
import { retentionStart } from "../load/days/pruned-days.ts";
import { presentColumns } from "../load/records/present-columns.ts";
import { formatPlace, GatebookError } from "../model/error.ts";
import type { QueryError } from "../model/measurement.ts";
import type { MetricResult } from "../model/result.ts";
import type { Catalog, CatalogFile } from "../queries/catalog/catalog.ts";
import { orderRelations } from "../queries/relations/dependencies.ts";
import { overlayRelations, type SyncedRelations } from "../queries/relations/overlay-relations.ts";
import { readKnownBuilds } from "../queries/relations/relation-builds.ts";
import { tablesOf } from "../queries/validation/inspect.ts";
import { type ComparedWindow, type CompareRequest, compareAlgorithms } from "./compare.ts";

/** What the published warehouse is about: its one row of `rollout`. */
export async function warehouseWindow(engine: Engine): Promise<ComparedWindow> {
  const [row] = await engine.rows("SELECT baseline, candidate, observed_from, observed_to FROM rollout");
  const text = (name: string) => String(row?.[name]);
  const days = { from: text("observed_from"), to: text("observed_to") };
  return { baseline: text("baseline"), candidate: text("candidate"), ...days };
}

/**
 * Makes sure that the relations a file reads are those of the current SQL files, and returns what became of them. Throws
 * GatebookError `query` when one of them is unavailable, at the place where the file names it.
 */
export async function ensureRelations(
  { books, data: engine }: Engines,
  catalog: Catalog,
  file: CatalogFile,
  timeoutMs: number,
): Promise<SyncedRelations> {
  const reads = await tablesOf(engine, file);
  const needed = await upstreamOf(engine, catalog, ["user_days", ...reads.map(({ name }) => name)]);
  const relations = catalog.relations.filter(({ name }) => needed.has(name));
  const { from } = await warehouseWindow(books);
  const kept = { from, retentionStart: await retentionStart(books) };
  const overlays = overlayRelations(engine, await readKnownBuilds(books));
  const synced = await overlays.sync(relations, { kept, timeoutMs });
  for (const { name, line, column } of reads) {
    const lost = synced.unavailable.get(name);
    const problem = lost ?? synced.failed.get(name);
    if (problem === undefined) continue;
    const message = `it reads the relation "${name}", which cannot be built: ${problem.message}`;
    throw new GatebookError("query", message, {
      where: { file: file.path, line, column },
      hint: lost?.hint ?? `fix ${placeOf(problem)} first`,
    });
  }
  return synced;
}

async function upstreamOf(
  engine: DataEngine,
  catalog: Catalog,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const nodes = await orderRelations(engine, catalog.relations, await engine.tables());
  const needed = new Set<string>();
  let waiting = names;
  while (waiting.length > 0) {
    const fresh = waiting.filter((name) => !needed.has(name));
    for (const name of fresh) needed.add(name);
    waiting = nodes.filter(({ file }) => fresh.includes(file.name)).flatMap(({ upstream }) => upstream);
  }
  return needed;
}

/** The comparison of one metric over the window of the published run. */
export async function compareMetric(
  engines: Engines,
  { config, catalog, file, timeoutMs, failedRelations }: MetricRequest,
): Promise<MetricResult> {
  const window = await warehouseWindow(engines.books);
  const alone: Catalog = { ...catalog, metrics: [file], checks: [], cells: [] };
  const present = await presentColumns(engines.books);
  const request = { config, catalog: alone, ...window, timeoutMs, presentColumns: present, failedRelations };
  const { metrics, across } = await compareAlgorithms(engines, request);
  const [metric] = metrics ?? across?.gates.at(-1)?.metrics ?? [];
  if (metric === undefined) throw new Error(`the metric ${file.name} was not measured`);
  return metric;
}

interface MetricRequest extends Pick<CompareRequest, "config" | "catalog" | "timeoutMs" | "failedRelations"> {
  readonly file: CatalogFile;
}

/** queries/relations/first_page.sql:1:34 */
function placeOf({ file, line, column }: QueryError): string {
  return formatPlace({ file, line: line ?? undefined, column: column ?? undefined });
}
