/** What a night read of a cluster, and what it took. */
import type { Engine, RemoteEngine, StatementCost } from "../../engine/engine.ts";
import type { StatementProfile } from "../../model/profile.ts";
import type { Provenance } from "../../model/result.ts";
import { readKept } from "../../queries/relations/kept-tables.ts";

export async function clusterProvenance(
  books: Engine,
  cluster: RemoteEngine,
): Promise<NonNullable<Provenance["engine"]>> {
  const costs = cluster.costs();
  const sum = (of: (cost: StatementCost) => number): number =>
    costs.reduce((total, cost) => total + of(cost), 0);
  const splits = [...(await cluster.splitsByWorker())].map(([worker, count]) => ({ worker, splits: count }));
  return {
    name: cluster.name,
    version: cluster.version,
    kept: await readKept(books),
    statements: costs.length,
    rows: sum(({ rows }) => rows),
    bytes: sum(({ bytes }) => bytes),
    scannedRows: sum(({ scannedRows }) => scannedRows),
    splits: splits.toSorted((a, b) => (a.worker < b.worker ? -1 : 1)),
  };
}

/** For `run --profile`. */
export function profileOf(cost: StatementCost): StatementProfile {
  const { what, durationMs, cpuMs, peakBytes, rows, bytes, splits, nodes } = cost;
  return { what, durationMs, cpuMs, peakBytes, operators: [], cluster: { rows, bytes, splits, nodes } };
}
