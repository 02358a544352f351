/**
 * `gatebook check` for the SQL files. In: the catalog, the configuration, and an engine with the warehouse's tables, empty or not.
 * Out: everything that is wrong, each with its place. It runs no query: files are bound only.
 */
import type { Column, Engine, TypedColumn } from "../../engine/engine.ts";
import type { ChartCheck } from "../../model/chart-fault.ts";
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { suggestion } from "../../model/suggest.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { fileProblem } from "../catalog/catalog-files.ts";
import { isQueryProblem } from "../catalog/query-problem.ts";
import { chartProblems } from "../cells/charts.ts";
import { orderRelations, type RelationNode } from "../relations/dependencies.ts";
import { contractProblems } from "./contract.ts";
import { type Finding, toFinding } from "./finding.ts";
import { asQueryFile, readFile, tablesIfParsed } from "./inspect.ts";
import { literalColours, parseSpec } from "./vega-spec.ts";
import { createEmptyTable, createMissingTables } from "./warehouse-tables.ts";

/** By kind and name; nothing is found twice. Leaves empty tables for relations and lookups in the engine. */
export async function checkCatalog(
  engine: Engine,
  catalog: Catalog,
  config: Pick<Config, "sources"> | null,
  chartCheck: ChartCheck,
): Promise<readonly Finding[]> {
  const sources = config?.sources ?? [];
  await createMissingTables(engine, sources);
  const guessed = new Set(sources.flatMap(({ kind, name }) => (kind === "lookup" ? [name] : [])));
  const bench: Bench = {
    engine,
    chartCheck,
    isConfigKnown: config !== null,
    guessed,
    broken: new Set(),
    read: new Set(["user_days"]),
    findings: [],
  };
  bench.findings.push(...catalog.problems.map((problem) => toFinding(problem, catalog)));
  for (const file of config === null ? [] : catalog.sources) await checkSource(bench, file, sources);
  const tables = await engine.tables();
  const nodes = await orderRelations(engine, catalog.relations, tables);
  const named = new Set([...tables, ...nodes.map(({ file }) => file.name)]);
  for (const node of nodes) await checkRelation(bench, node, named);
  const known = new Set([...(await engine.tables()), ...nodes.map(({ file }) => file.name)]);
  for (const file of [...catalog.metrics, ...catalog.checks, ...catalog.cells])
    await checkFile(bench, file, known);
  const findings = (await Promise.all(bench.findings)).flat();
  return [...findings, ...missingUserDays(catalog), ...unusedRelations(bench, catalog)];
}

interface Bench {
  readonly engine: Engine;
  readonly chartCheck: ChartCheck;
  /** Otherwise any unknown table may be a lookup. */
  readonly isConfigKnown: boolean;
  /** Lookups whose columns are not known without their files. */
  readonly guessed: ReadonlySet<string>;
  /** Relations that do not bind: what reads them is not blamed for it. */
  readonly broken: Set<string>;
  /** Relations that something reads. */
  readonly read: Set<string>;
  /** In the order of the files. Charts are looked at while the files after them are bound. */
  readonly findings: (Finding | Promise<readonly Finding[]>)[];
}

/** A staging file reads raw columns, which only its exports know: it is parsed, not bound. */
async function checkSource(bench: Bench, file: CatalogFile, sources: Config["sources"]): Promise<void> {
  const names = sources.map(({ name }) => name);
  if (!names.includes(file.name)) {
    const message = `rollout.yaml has no source "${file.name}"${suggestion(file.name, names)}`;
    add(bench, file, [fileProblem(file.path, message, "a staging file is called after its source")]);
  }
  const known = new Set([...names, file.name]);
  add(bench, file, await collect(async () => (await readFile(bench.engine, file, known)).problems));
}

async function checkRelation(
  bench: Bench,
  { file, upstream, problems }: RelationNode,
  known: ReadonlySet<string>,
): Promise<void> {
  for (const name of upstream) bench.read.add(name);
  if (!bench.isConfigKnown && (await mayReadLookups(bench, file, known))) {
    bench.broken.add(file.name);
    return;
  }
  const own = [
    ...problems.filter((problem) => !file.problems.includes(problem)),
    ...(bench.guessed.has(file.name)
      ? [
          fileProblem(
            file.path,
            `"${file.name}" is a lookup of rollout.yaml already`,
            "rename one of the two",
          ),
        ]
      : []),
  ];
  const isPoisoned = upstream.some((name) => bench.broken.has(name));
  const found = own.length > 0 || isPoisoned ? own : await collect(() => bindRelation(bench.engine, file));
  add(bench, file, found);
  if (found.length > 0 || isPoisoned) bench.broken.add(file.name);
}

/** A file that does not parse reads nothing, and is reported as usual. */
async function mayReadLookups(
  { engine }: Bench,
  file: CatalogFile,
  known: ReadonlySet<string>,
): Promise<boolean> {
  const tables = await tablesIfParsed(engine, file);
  return tables.some(({ name }) => !known.has(name));
}

async function bindRelation(engine: Engine, file: CatalogFile): Promise<readonly GatebookError[]> {
  const columns = await engine.describe(asQueryFile(file));
  const problems = contractProblems(file, columns);
  if (problems.length === 0) await createEmptyTable(engine, file.name, columns);
  return problems;
}

async function checkFile(bench: Bench, file: CatalogFile, known: ReadonlySet<string>): Promise<void> {
  const problems = await collect(async () => {
    const reads = await readFile(bench.engine, file, known);
    const tables = reads.tables.map(({ name }) => name);
    for (const name of tables) bench.read.add(name);
    if (!bench.isConfigKnown && tables.some((name) => !known.has(name))) return [];
    if (reads.problems.length > 0 || tables.some((name) => bench.broken.has(name))) return reads.problems;
    return bind(bench, file, tables);
  });
  add(bench, file, problems);
}

async function bind(
  bench: Bench,
  file: CatalogFile,
  tables: readonly string[],
): Promise<readonly GatebookError[]> {
  try {
    const columns = await bench.engine.describe(asQueryFile(file));
    if (file.kind !== "cell") return contractProblems(file, columns);
    bench.findings.push(cellFindings(file, columns, bench.chartCheck));
    return [];
  } catch (error) {
    const lookup = tables.find((name) => bench.guessed.has(name));
    if (lookup === undefined || !isQueryProblem(error)) throw error;
    const hint = `the columns of the lookup "${lookup}" are only known once it is loaded`;
    const warning = new GatebookError("query", error.message, { where: error.where, hint });
    bench.findings.push({ ...toFinding(warning, file), level: "warning" });
    return [];
  }
}

async function cellFindings(
  file: CatalogFile,
  columns: readonly TypedColumn[],
  chartCheck: ChartCheck,
): Promise<readonly Finding[]> {
  const described = columns.map((column) => ({
    ...column,
    unit: file.header.columnUnits.get(column.name) ?? null,
  }));
  const ofChart = await chartProblems(file, described, chartCheck);
  const colours =
    file.chart === null || ofChart.length > 0 ? [] : literalColours(file.chart, parseSpec(file.chart));
  return [
    ...colours.map((colour): Finding => ({ ...toFinding(colour, file), level: "warning" })),
    ...ownFindings(file, [...contractProblems(file, columns), ...ofChart, ...unknownUnits(file, columns)]),
  ];
}

/** `@unit shaer percent` would silently leave the column without its unit. */
function unknownUnits(file: CatalogFile, columns: readonly Column[]): readonly GatebookError[] {
  const names = columns.map(({ name }) => name);
  return file.header.lines.flatMap((line) => {
    const [name = ""] = line.value.split(/\s+/);
    if (line.key !== "unit" || names.includes(name)) return [];
    const message = `@unit: the query returns no column "${name}"${suggestion(name, names)}`;
    const where = { file: file.path, line: line.line, column: line.valueColumn };
    return [new GatebookError("config", message, { where, hint: `it returns ${names.join(", ")}` })];
  });
}

function missingUserDays(catalog: Catalog): readonly Finding[] {
  if (catalog.relations.some(({ name }) => name === "user_days")) return [];
  const hint = "gatebook reads units, impressions and clicks from it: take the shipped file";
  const path = "queries/relations/user_days.sql";
  return [toFinding(fileProblem(path, "there is no relation user_days", hint), catalog)];
}

function unusedRelations(bench: Bench, catalog: Catalog): readonly Finding[] {
  const hint = "it is built every night all the same; delete the file if nobody needs it";
  return catalog.relations
    .filter(({ kind, name, isShipped }) => kind === "relation" && !isShipped && !bench.read.has(name))
    .map(({ name, path }) => fileProblem(path, `nothing reads the relation "${name}"`, hint))
    .map((problem) => ({ ...toFinding(problem, catalog), level: "warning" }));
}

function add(bench: Bench, file: CatalogFile, problems: readonly GatebookError[]): void {
  bench.findings.push(...ownFindings(file, problems));
}

/** Without those of the catalog, which are reported already. */
function ownFindings(file: CatalogFile, problems: readonly GatebookError[]): readonly Finding[] {
  const own = problems.filter((problem) => !file.problems.includes(problem));
  return own.map((problem) => toFinding(problem, file));
}

/** What a file is to blame for comes back, the rest is thrown on. */
async function collect(work: () => Promise<readonly GatebookError[]>): Promise<readonly GatebookError[]> {
  try {
    return await work();
  } catch (error) {
    if (isQueryProblem(error)) return [error];
    throw error;
  }
}
