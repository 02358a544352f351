/**
 * The SQL files as a result recorded them, to run again, whatever is in the workspace by now. Hashes are computed again: a record
 * whose text and hash disagree was edited.
 */
import type { CellChart, CellResult, QueryProvenance } from "../../model/result.ts";
import { type Catalog, type CatalogFile, catalogFile, catalogOf } from "./catalog.ts";

export interface RecordedQueries {
  readonly queries: Readonly<Record<string, QueryProvenance>>;
  /** Their charts come from files beside the queries, which the record has as specs. */
  readonly cells: readonly CellResult[];
}

export function recordedCatalog({ queries, cells }: RecordedQueries): Catalog {
  const charts = new Map(cells.map((cell) => [cell.path, cell.chart]));
  const files = Object.entries(queries)
    .map(([path, query]) => recordedFile(path, query, charts.get(path) ?? null))
    .sort((left, right) => (fileName(left.path) < fileName(right.path) ? -1 : 1));
  return catalogOf(files, []);
}

function recordedFile(path: string, { kind, sql }: QueryProvenance, chart: CellChart | null): CatalogFile {
  const stem = path.replace(/\.sql$/, "");
  const file = catalogFile({ kind, name: fileName(stem), path, sql, isShipped: false });
  if (chart === null || file.header.chart !== null) return file;
  return { ...file, chart: { path: `${stem}.vl.json`, text: JSON.stringify(chart.spec, null, 2) } };
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
