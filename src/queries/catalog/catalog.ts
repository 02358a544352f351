/**
 * The analysts' SQL files of a workspace. In: its folder, and that of the shipped queries. Out: every file with its header, and all
 * that is wrong with names and headers. It runs nothing and never throws for what an analyst wrote: a file with a problem stays in
 * the catalog, so that the night goes on without it.
 */
import { createHash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { textOfBytes } from "../../engine/sql-file.ts";
import { fileReason, GatebookError } from "../../model/error.ts";
import type { QueryProvenance } from "../../model/result.ts";
import { reservedTables } from "../../model/table-names.ts";
import { type FoundFile, fileProblem, findFiles, kindFolders } from "./catalog-files.ts";
import { type Header, parseHeader, type QueryKind } from "./header.ts";

export interface CatalogFile {
  readonly kind: QueryKind;
  readonly name: string;
  /** Relative to the workspace, `/` separated: queries/metrics/ctr.sql. */
  readonly path: string;
  readonly sql: string;
  readonly sha256: string;
  readonly header: Header;
  /** What is wrong with its header: it is not run. */
  readonly problems: readonly GatebookError[];
  /** Taken from the package. */
  readonly isShipped: boolean;
  /** Cells: NAME.vl.json beside it. */
  readonly chart: ChartFile | null;
}

export interface ChartFile {
  readonly path: string;
  readonly text: string;
}

export interface Catalog {
  readonly sources: readonly CatalogFile[];
  /** Dimensions among them: each becomes a table. */
  readonly relations: readonly CatalogFile[];
  readonly dimensions: readonly CatalogFile[];
  readonly metrics: readonly CatalogFile[];
  readonly checks: readonly CatalogFile[];
  readonly cells: readonly CatalogFile[];
  /** All problems of names and headers, by path and line. */
  readonly problems: readonly GatebookError[];
}

/**
 * Reads `root/queries`. A folder (metrics, checks, …) that the workspace does not have is taken from `fallbackRoot/queries`; one
 * that it has counts as it is, so that a file deleted there stays deleted. Relations it lacks are taken one by one, since
 * the others are built from them; nobody builds one that nothing reads.
 */
export function readCatalog(root: string, fallbackRoot?: string): Catalog {
  const found = findFiles(root, fallbackRoot);
  const read = found.files
    .filter((file) => file.extension === ".sql")
    .map((file) => readQuery(file, found.files));
  const problems = [...found.problems, ...nameClashes(read), ...orphanCharts(found.files)];
  return catalogOf(read, problems);
}

/** By kind, each in the order given. `problems`: besides those of the files themselves. */
export function catalogOf(files: readonly CatalogFile[], problems: readonly GatebookError[]): Catalog {
  const ofKind = (kind: QueryKind) => files.filter((file) => file.kind === kind);
  return {
    sources: ofKind("source"),
    relations: [...ofKind("relation"), ...ofKind("dimension")],
    dimensions: ofKind("dimension"),
    metrics: ofKind("metric"),
    checks: ofKind("check"),
    cells: ofKind("cell"),
    problems: [...problems, ...files.flatMap((file) => file.problems)].sort(byPlace),
  };
}

/** Every file, in the order in which they are run. */
export function catalogFiles(catalog: Catalog): readonly CatalogFile[] {
  return [...catalog.sources, ...catalog.relations, ...catalog.metrics, ...catalog.checks, ...catalog.cells];
}

/** For the result's provenance: by path. */
export function queryProvenance(catalog: Catalog): Readonly<Record<string, QueryProvenance>> {
  return Object.fromEntries(
    catalogFiles(catalog).map(({ path, kind, sql, sha256 }) => [path, { kind, sql, sha256 }]),
  );
}

function readQuery(found: FoundFile, all: readonly FoundFile[]): CatalogFile {
  const { kind, name, path, isShipped } = found;
  const own = readText(found);
  const file = catalogFile({ kind, name, path, isShipped, sql: own.text });
  const chart = all.find((other) => other.kind === kind && other.name === name && other !== found);
  const drawn = chart !== undefined && kind === "cell" ? { path: chart.path, ...readText(chart) } : null;
  return {
    ...file,
    problems: [...own.problems, ...file.problems, ...(drawn?.problems ?? [])],
    chart: drawn === null || drawn.problems.length > 0 ? null : { path: drawn.path, text: drawn.text },
  };
}

/** Without its chart. */
export function catalogFile(
  file: Pick<CatalogFile, "kind" | "name" | "path" | "isShipped" | "sql">,
): CatalogFile {
  const sha256 = createHash("sha256").update(file.sql).digest("hex");
  return { ...file, sha256, ...parseHeader(file.kind, file.name, file.path, file.sql), chart: null };
}

/** Empty, with what is wrong, when it cannot be read or is no text. */
function readText({ root, path }: FoundFile): {
  readonly text: string;
  readonly problems: readonly GatebookError[];
} {
  try {
    refuseOutside(root, path);
    return { text: textOfBytes(readFileSync(join(root, path)), path), problems: [] };
  } catch (error) {
    if (error instanceof GatebookError) return { text: "", problems: [error] };
    const message = `the file cannot be read: ${fileReason(error)}`;
    return {
      text: "",
      problems: [new GatebookError("config", message, { where: { file: path }, cause: error })],
    };
  }
}

/** What is wrong with a file is shown with its line: of a file elsewhere, which a link leads to, nothing is. */
function refuseOutside(root: string, path: string): void {
  const real = realpathSync(join(root, path));
  const homes = [root, join(root, "queries")].map((home) => realpathSync(home));
  if (homes.some((home) => real.startsWith(join(home, sep)))) return;
  const hint = "put the file itself here, or make queries as a whole a link";
  throw fileProblem(path, "the file is a link out of the workspace", hint);
}

/** `gatebook query NAME` must mean one file, and a relation becomes a table. */
function nameClashes(files: readonly CatalogFile[]): readonly GatebookError[] {
  return files.flatMap((file, index) => {
    const earlier = files.slice(0, index).find((other) => other.name === file.name);
    if (earlier !== undefined) {
      const message = `the name "${file.name}" is taken by ${earlier.path}`;
      return [fileProblem(file.path, message, "rename one of the two files")];
    }
    const becomesTable = ["relation", "dimension", "source"].includes(file.kind);
    if (!becomesTable || !reservedTables.includes(file.name)) return [];
    const hint = `rename the file; taken are ${reservedTables.join(", ")}`;
    return [fileProblem(file.path, `"${file.name}" is a table of gatebook's own`, hint)];
  });
}

/** A chart without its query, or beside a file that shows none. */
function orphanCharts(files: readonly FoundFile[]): readonly GatebookError[] {
  return files
    .filter((file) => file.extension === ".vl.json")
    .flatMap((chart) => {
      const folder = kindFolders[chart.kind];
      const query = files.some(
        (file) => file.extension === ".sql" && file.kind === chart.kind && file.name === chart.name,
      );
      if (query && chart.kind === "cell") return [];
      const message = query
        ? "only a cell has a chart"
        : `the chart has no query ${chart.name}.sql beside it`;
      const hint = query
        ? "move the chart and its query to queries/cells"
        : `add queries/${folder}/${chart.name}.sql or rename the chart`;
      return [fileProblem(chart.path, message, hint)];
    });
}

function byPlace(left: GatebookError, right: GatebookError): number {
  const key = ({ where }: GatebookError) =>
    `${where?.file ?? ""}\n${String(where?.line ?? 0).padStart(9, "0")}${String(where?.column ?? 0).padStart(9, "0")}`;
  return key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0;
}
