/**
 * The SQL files as a result recorded them. In: `provenance.queries`, by path. Out: a catalog to run again, whatever is in
 * the workspace by now. Hashes are computed again: a record whose text and hash disagree was edited.
 */
import { createHash } from "node:crypto";
import type { CellChart, CellResult, QueryProvenance } from "../../model/result.ts";
import type { Catalog, CatalogFile } from "./catalog.ts";
import { parseHeader, type QueryKind } from "./header.ts";

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
  const ofKind = (kind: QueryKind) => files.filter((file) => file.kind === kind);
  return {
    sources: ofKind("source"),
    relations: ofKind("relation"),
    metrics: ofKind("metric"),
    checks: ofKind("check"),
    cells: ofKind("cell"),
    problems: files.flatMap((file) => file.problems),
  };
}

function recordedFile(path: string, { kind, sql }: QueryProvenance, chart: CellChart | null): CatalogFile {
  const name = fileName(path).replace(/\.sql$/, "");
  const { header, problems } = parseHeader(kind, name, path, sql);
  const beside = chart !== null && header.chart === null;
  return {
    kind,
    name,
    path,
    isShipped: false,
    sql,
    sha256: createHash("sha256").update(sql).digest("hex"),
    header,
    problems,
    chart: beside
      ? { path: path.replace(/\.sql$/, ".vl.json"), text: JSON.stringify(chart.spec, null, 2) }
      : null,
  };
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
