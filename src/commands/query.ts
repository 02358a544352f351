import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { DataEngine, QueryFile } from "../engine/engine.ts";
import { didYouMean } from "../model/suggest.ts";
import type { CatalogFile } from "../queries/catalog/catalog.ts";
import { queryFirstRows } from "./sources/query-source.ts";
import { type CommandContext, defineCommand } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { withExcerpt } from "./terminal/excerpt.ts";
import { shared } from "./terminal/options.ts";
import { wholeFrom } from "./terminal/values.ts";
import { readConfig, withEvents } from "./terminal/workspace.ts";
import { comparisonText, planText, rowsCsv, rowsJson, rowsTable } from "./texts/query-text.ts";

const TABLE_ROWS = 40;

export const queryCommand = defineCommand({
  positionals: {
    name: { type: "string", demandOption: true, describe: "Name of a query or source, path of a file, or -" },
  },
  options: {
    ...shared("config"),
    limit: {
      type: "string",
      describe: `Most rows to print (default: ${TABLE_ROWS} of a table, all with --json and --csv)`,
      parse: wholeFrom(0),
    },
    json: { ...shared("json").json, describe: "Print the rows as JSON, and nothing else" },
    csv: { type: "boolean", default: false, describe: "Print the rows as CSV, and nothing else" },
    raw: { type: "boolean", default: false, describe: "Print only the rows of a metric, not its comparison" },
    explain: {
      type: "boolean",
      default: false,
      describe: "Print the engine's plan instead of running the query",
    },
    ...shared("query-timeout"),
  },
  examples: [
    ["gatebook query ctr --limit 5", "a metric: its rows, and its delta per day and over the gate"],
    ["echo 'SELECT * FROM rollout' | gatebook query -", "any SQL"],
    [
      "gatebook query feed_events",
      "a source: what its staging file makes of the first thousand rows of its newest export",
    ],
  ],
  run: async (options, context) => {
    const [{ catalogFiles, readCatalog }, { configuredCatalog }, { packageRoot }, bench] = await Promise.all([
      import("../queries/catalog/catalog.ts"),
      import("../queries/catalog/configured-catalog.ts"),
      import("../runs/check/catalog.ts"),
      import("../runs/run-query-file.ts"),
    ]);
    const { print, printRaw, remark, columns } = context.terminal;
    const { queryTimeout: timeoutMs, json, csv } = options;
    const rowLimit = options.limit ?? (csv || json ? undefined : TABLE_ROWS);
    const config = await readConfig(options, context);
    const path = resolve(context.cwd, options.name);
    const source = config.sources.find(
      ({ kind, name, table, staging }) =>
        kind === "events" && table === undefined && (name === options.name || staging === path),
    );
    if (source !== undefined) {
      const before = options.explain ? "EXPLAIN " : undefined;
      const found = await queryFirstRows(config, source, { rowLimit, timeoutMs, before });
      if (options.explain) print(planText(found.result));
      else if (json || csv) printRaw(json ? rowsJson(found.result) : rowsCsv(found.result));
      else print(rowsTable(found.result, new Map(), columns));
      remark(`of ${found.of}; a night reads them all`);
      return 0;
    }
    const catalog = configuredCatalog(readCatalog(config.root, packageRoot), config);
    const file = await findQuery(options.name, { files: catalogFiles(catalog), root: config.root }, context);
    return await withEvents(config, context, async (engines) => {
      const { books, data } = engines;
      const [problem] = file.problems;
      if (problem !== undefined) throw problem;
      const { made, failed } = await bench.ensureRelations(engines, catalog, file, timeoutMs);
      if (made.length > 0)
        remark(`${made.join(", ")}: built for this query, since the warehouse has another version`);
      const query = { file: file.path, sql: file.sql };
      if (options.explain) {
        print(planText(await data.query({ ...query, before: "EXPLAIN " }, { timeoutMs })));
        return 0;
      }
      const ordered = { ...query, ...(await orderOf(data, file)) };
      const result = await data.query(ordered, { rowLimit, timeoutMs, exact: true });
      if (json || csv) {
        printRaw(json ? rowsJson(result) : rowsCsv(result));
        return 0;
      }
      print(rowsTable(result, file.header.columnUnits, columns));
      if (file.kind !== "metric" || options.raw) return 0;
      const request = { config, catalog, file, timeoutMs, failedRelations: failed };
      const metric = await bench.compareMetric(engines, request);
      const { from, to } = await bench.warehouseWindow(books);
      print(`\n${comparisonText(metric, `${from} to ${to}`, columns)}`);
      return metric.error === null ? 0 : 3;
    }).catch(async (error: unknown) => {
      throw await withExcerpt(error, file);
    });
  },
});

/** Rows of a metric or relation have no order of their own: the first of them must be the same every time. */
async function orderOf(
  engine: DataEngine,
  { kind, path, sql }: CatalogFile,
): Promise<Pick<QueryFile, "before" | "after">> {
  if (kind !== "metric" && kind !== "relation" && kind !== "dimension") return {};
  const columns = await engine.describe({ file: path, sql });
  const places = columns.map((_, index) => index + 1).join(", ");
  return { before: "SELECT * FROM (", after: `) AS unordered ORDER BY ${places}` };
}

interface Workspace {
  readonly files: readonly CatalogFile[];
  readonly root: string;
}

async function findQuery(
  name: string,
  { files, root }: Workspace,
  context: CommandContext,
): Promise<CatalogFile> {
  // yargs passes a positional "-" as empty text.
  if (name === "-" || name === "")
    return await looseFile("standard input", await context.terminal.readInput());
  const path = resolve(context.cwd, name);
  const known = files.find((file) => file.name === name || resolve(root, file.path) === path);
  if (known !== undefined) return known;
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    return await looseFile(relative(context.cwd, path), readFileSync(path, "utf8"));
  const names = files.map((file) => file.name);
  const meant = didYouMean(name, names);
  throw usageError(
    `there is no query or file "${name}"`,
    meant === null ? `the queries are ${names.join(", ")}` : `did you mean ${meant}?`,
  );
}

/** SQL that is no file of the workspace: it is run like a cell, and its comments are not checked. */
async function looseFile(path: string, sql: string): Promise<CatalogFile> {
  const { parseHeader } = await import("../queries/catalog/header.ts");
  const { header } = parseHeader("cell", path, path, sql);
  const nothing = { sha256: "", problems: [], isShipped: false, chart: null };
  return { kind: "cell", name: path, path, sql, header, ...nothing };
}
