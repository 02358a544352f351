import { readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { QueryFile, QueryResult } from "../engine/engine.ts";
import { GatebookError } from "../model/error.ts";
import { didYouMean } from "../model/suggest.ts";
import { type Catalog, catalogFiles } from "../queries/catalog.ts";
import { type CommandContext, defineCommand, workspaceOptions } from "./command.ts";
import { formatTable } from "./table.ts";
import { parseDuration } from "./values.ts";
import { workspacePaths } from "./workspace.ts";

export const queryCommand = defineCommand({
  usage: "query <name>",
  describe: "Run one SQL file (name, path, or - for standard input) on the published warehouse",
  positionals: {
    name: { type: "string", demandOption: true, describe: "Name of a query, path of a file, or -" },
  },
  options: {
    ...workspaceOptions,
    limit: { type: "number", default: 40, describe: "Rows to show" },
    json: { type: "boolean", default: false, describe: "Rows as JSON" },
    csv: { type: "boolean", default: false, describe: "Rows as CSV" },
    "query-timeout": { type: "string", default: "5m", describe: "Longest time the query may take" },
  },
  examples: [
    ["gatebook query ctr", "a shipped metric, row by row"],
    ["echo 'SELECT * FROM rollout' | gatebook query -", "anything"],
  ],
  run: async (options, context) => {
    const [{ loadConfig }, { readCatalog }, { openWarehouse }, { packageRoot }] = await Promise.all([
      import("../config/load-config.ts"),
      import("../queries/catalog.ts"),
      import("../warehouse/store.ts"),
      import("../stages/catalog.ts"),
    ]);
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const file = await findQuery(options.name, readCatalog(config.root, packageRoot), context);
    const engine = await openWarehouse(config.root);
    try {
      const rowLimit = options.csv || options.json ? undefined : options.limit;
      const timeoutMs = parseDuration(options.queryTimeout, "query-timeout");
      const result = await engine.query(file, { rowLimit, timeoutMs });
      context.terminal.print(show(result, options, context.terminal.columns));
      return 0;
    } finally {
      engine.close();
    }
  },
});

async function findQuery(name: string, catalog: Catalog, context: CommandContext): Promise<QueryFile> {
  // yargs takes a lone "-" for an option without a name and gives "".
  if (name === "-" || name === "") return { file: "standard input", sql: await context.terminal.readInput() };
  const files = catalogFiles(catalog);
  const known = files.find((file) => file.name === name);
  if (known !== undefined) return { file: known.path, sql: known.sql };
  const path = resolve(context.cwd, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    return { file: relative(context.cwd, path), sql: readFileSync(path, "utf8") };
  const names = files.map((file) => file.name);
  const meant = didYouMean(name, names);
  throw new GatebookError("usage", `there is no query or file "${name}"`, {
    hint: meant === null ? `known are ${names.join(", ")}` : `did you mean ${meant}?`,
  });
}

function show(
  result: QueryResult,
  options: { readonly json: boolean; readonly csv: boolean },
  columns: number,
): string {
  const names = result.columns.map(({ name }) => name);
  if (options.json) {
    const objects = result.rows.map((row) =>
      Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])),
    );
    return JSON.stringify(objects, null, 2);
  }
  if (options.csv) return [names, ...result.rows].map((row) => row.map(csvField).join(",")).join("\n");
  const table = formatTable(result.columns, result.rows, { columns, showTypes: true });
  const more = result.rowCount > result.rows.length ? `, ${result.rows.length} shown (--limit)` : "";
  return `${table}\n${result.rowCount.toLocaleString("en")} rows${more}, ${result.durationMs.toFixed(0)} ms`;
}

/** A comma, quote or line break is quoted; null is empty. */
function csvField(value: string | number | boolean | null | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
