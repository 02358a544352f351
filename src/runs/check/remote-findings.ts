/** What a cluster says of a workspace whose events are its tables: sources, and every file bound there. Nothing is run, nothing written. */
import { openDuckDb } from "../../engine/duckdb/open.ts";
import type { RemoteEngine } from "../../engine/engine.ts";
import { createEmptyLoadTables } from "../../load/records/tables.ts";
import { mountEvents } from "../../load/tables/mount-events.ts";
import { noteSchemas } from "../../load/tables/note-tables.ts";
import type { Cluster, Config } from "../../model/config.ts";
import type { GatebookError } from "../../model/error.ts";
import type { Catalog, CatalogFile } from "../../queries/catalog/catalog.ts";
import { excerpt, isQueryProblem } from "../../queries/catalog/query-problem.ts";
import { orderRelations } from "../../queries/relations/dependencies.ts";
import { describeFile } from "../../queries/validation/contract.ts";
import { type Finding, toFinding } from "../../queries/validation/finding.ts";
import { mountRollout } from "../../warehouse/rollout-table.ts";
import { type ClusterOptions, openCluster } from "../supply/open-cluster.ts";

export interface RemoteCheck {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly catalog: Catalog;
  /** rollout.yaml, as findings name it. */
  readonly file: string;
}

/** A day that no row is before or after: what is bound is not run. */
const ANY_DAY = "2026-01-01";

export async function remoteFindings(
  { config, cluster: named, catalog, file }: RemoteCheck,
  options: ClusterOptions,
): Promise<readonly Finding[]> {
  const books = await openDuckDb({ file: ":memory:" });
  try {
    await createEmptyLoadTables(books, config);
    const cluster = await openCluster(named, "check", options);
    try {
      const plan = { config, latestDay: "9999-12-31", progress: () => undefined };
      const refused = await noteSchemas({ books, cluster }, plan);
      await mountEvents({ books, cluster }, plan);
      const asOf = `${ANY_DAY}T00:00:00Z`;
      mountRollout(cluster, config, { from: ANY_DAY, to: ANY_DAY, reportDate: ANY_DAY, asOf });
      const sources = refused.map(({ source, problem }): Finding => {
        const where = { ...source.where, file };
        const message = `${source.table}: ${problem.message}`;
        return {
          level: "error",
          message,
          where,
          excerpt: excerpt(config.text, where),
          hint: problem.hint ?? null,
        };
      });
      return [...sources, ...(await boundFindings(cluster, catalog))];
    } finally {
      await cluster.close();
    }
  } finally {
    books.close();
  }
}

async function boundFindings(cluster: RemoteEngine, catalog: Catalog): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const bind = async (file: CatalogFile): Promise<boolean> => {
    const problem = await bindingProblem(cluster, file);
    if (problem !== null) found.push(toFinding(problem, file));
    return problem === null;
  };
  for (const { file, problems } of await orderRelations(cluster, catalog.relations, await cluster.tables()))
    if (problems.length === 0 && (await bind(file)))
      cluster.mount(file.name, `SELECT * FROM (${file.sql.replace(/;\s*$/, "")}\n) AS relation`);
  for (const file of [...catalog.metrics, ...catalog.checks, ...catalog.cells]) await bind(file);
  return found;
}

async function bindingProblem(cluster: RemoteEngine, file: CatalogFile): Promise<GatebookError | null> {
  try {
    await describeFile(cluster, file);
    return null;
  } catch (error) {
    if (isQueryProblem(error)) return error;
    throw error;
  }
}
