import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { QueryFile } from "../engine/engine.ts";
import { GatebookError } from "../model/error.ts";
import { didYouMean } from "../model/suggest.ts";
import type { CatalogFile } from "../queries/catalog/catalog.ts";
import { type CommandContext, defineCommand, workspaceOptions } from "./terminal/command.ts";
import { parseDuration } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";
import { comparisonText, planText, rowsCsv, rowsJson, rowsTable } from "./texts/query-text.ts";

export const queryCommand = defineCommand({
  usage: "query <name>",
  describe: "Run one SQL file (name, path, or - for standard input) on the published warehouse",
  positionals: {
    name: { type: "string", demandOption: true, describe: "Name of a query, path of a file, or -" },
  },
  options: {
    ...workspaceOptions,
    limit: { type: "number", default: 40, describe: "Rows to show" },
    json: { type: "boolean", default: false, describe: "All rows as JSON, and nothing else" },
    csv: { type: "boolean", default: false, describe: "All rows as CSV, and nothing else" },
    raw: { type: "boolean", default: false, describe: "Of a metric only its rows, not what they come to" },
    explain: { type: "boolean", default: false, describe: "How the engine would run it, without running it" },
    "query-timeout": { type: "string", default: "5m", describe: "Longest time the query may take" },
  },
  examples: [
    ["gatebook query ctr --limit 5", "a metric: its rows, and its delta per day and over the gate"],
    ["echo 'SELECT * FROM rollout' | gatebook query -", "anything"],
  ],
  run: async (options, context) => {
    const [{ loadConfig }, { catalogFiles, readCatalog }, { openWarehouse }, { packageRoot }, bench] =
      await Promise.all([
        import("../config/load-config.ts"),
        import("../queries/catalog/catalog.ts"),
        import("../warehouse/store.ts"),
        import("../runs/check/catalog.ts"),
        import("../runs/run-query-file.ts"),
      ]);
    const { print, printRaw, remark, columns } = context.terminal;
    const timeoutMs = parseDuration(options.queryTimeout, "query-timeout");
    const rowLimit = options.csv || options.json ? undefined : wholeLimit(options.limit);
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const catalog = readCatalog(config.root, packageRoot);
    const file = await findQuery(options.name, { files: catalogFiles(catalog), root: config.root }, context);
    const engine = await openWarehouse(config.root);
    try {
      const [problem] = file.problems;
      if (problem !== undefined) throw problem;
      const { made, failed } = await bench.ensureRelations(engine, catalog, file, timeoutMs);
      if (made.length > 0)
        remark(`${made.join(", ")}: built for this query, since the warehouse has another version`);
      const query = { file: file.path, sql: file.sql };
      if (options.explain) {
        print(planText(await engine.query({ ...query, before: "EXPLAIN " }, { timeoutMs })));
        return 0;
      }
      const result = await engine.query({ ...query, ...orderOf(file) }, { rowLimit, timeoutMs });
      if (options.json || options.csv) {
        printRaw(options.json ? rowsJson(result) : rowsCsv(result));
        return 0;
      }
      print(rowsTable(result, file.header.columnUnits, columns));
      if (file.kind !== "metric" || options.raw) return 0;
      const metric = await bench.compareMetric(engine, {
        config,
        catalog,
        file,
        timeoutMs,
        failedRelations: failed,
      });
      const { from, to } = await bench.warehouseWindow(engine);
      print(`\n${comparisonText(metric, `${from} to ${to}`, columns)}`);
      return metric.error === null ? 0 : 3;
    } catch (error) {
      throw await withExcerpt(error, file);
    } finally {
      engine.close();
    }
  },
});

/** Rows of a metric or relation have no order of their own: the first of them shall be the same every time. */
function orderOf({ kind }: CatalogFile): Pick<QueryFile, "before" | "after"> {
  if (kind !== "metric" && kind !== "relation") return {};
  return { before: "SELECT * FROM (", after: ") AS unordered ORDER BY ALL" };
}

function wholeLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new GatebookError("usage", "--limit is not a whole number", { hint: "e.g. --limit 100" });
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
  // yargs hands a positional "-" on as empty text.
  if (name === "-" || name === "")
    return await looseFile("standard input", await context.terminal.readInput());
  const path = resolve(context.cwd, name);
  const known = files.find((file) => file.name === name || resolve(root, file.path) === path);
  if (known !== undefined) return known;
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    return await looseFile(relative(context.cwd, path), readFileSync(path, "utf8"));
  const names = files.map((file) => file.name);
  const meant = didYouMean(name, names);
  throw new GatebookError("usage", `there is no query or file "${name}"`, {
    hint: meant === null ? `known are ${names.join(", ")}` : `did you mean ${meant}?`,
  });
}

/** SQL that is no file of the workspace: it is shown as a cell is, and its comments may say anything. */
async function looseFile(path: string, sql: string): Promise<CatalogFile> {
  const { parseHeader } = await import("../queries/catalog/header.ts");
  const { header } = parseHeader("cell", path, path, sql);
  const nothing = { sha256: "", problems: [], isShipped: false, chart: null };
  return { kind: "cell", name: path, path, sql, header, ...nothing };
}

/** The line with a caret under the character, when the error is about this file. */
async function withExcerpt(error: unknown, file: CatalogFile): Promise<unknown> {
  if (!(error instanceof GatebookError) || error.where?.file !== file.path) return error;
  const { excerpt } = await import("../queries/catalog/query-problem.ts");
  const shown = excerpt(file.sql, error.where);
  if (shown === null) return error;
  const { code, message, where, hint } = error;
  const lines = shown.split("\n").map((line) => `    ${line}`);
  return new GatebookError(code, [message, ...lines].join("\n"), { where, hint, cause: error });
}
