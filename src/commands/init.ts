import { relative, resolve } from "node:path";
import { configSchemaText } from "./schema.ts";
import { defineCommand } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";

/** Those of sample/example.ts, which --help must not wait for. */
const EXAMPLES = ["shop", "wide-log", "hourly", "conversion", "trino"] as const;

export const initCommand = defineCommand({
  positionals: { directory: { type: "string", default: ".", describe: "Folder of the workspace" } },
  options: {
    force: { type: "boolean", default: false, describe: "Overwrite existing files" },
    minimal: {
      type: "boolean",
      default: false,
      describe: "For exports of impressions and clicks alone: no saves, no dwell, no lookups",
    },
    engine: {
      type: "string",
      choices: ["duckdb", "trino"] as const,
      default: "duckdb" as const,
      describe: "trino: for events that are tables of a Trino cluster",
    },
    example: {
      type: "string",
      choices: EXAMPLES,
      describe:
        "For events of another shape, with small ones: MySQL's text, a wide log, hourly JSON lines, orders, tables of a Trino cluster",
    },
  },
  examples: [
    ["gatebook init my-rollout", "a new folder with everything a first report needs"],
    ["gatebook init shop --example shop", "a Laravel shop on MySQL, with its exports"],
  ],
  run: async ({ directory, force, minimal, engine, example }, { cwd, terminal, version }) => {
    if (minimal && example !== undefined)
      throw usageError("--minimal and --example each make a workspace of their own", "leave one of them out");
    if (engine === "trino" && (minimal || example !== undefined))
      throw usageError("--engine trino makes a workspace of its own", "leave out --minimal and --example");
    const { initWorkspace } = await import("../workspace/init.ts");
    const folder = resolve(cwd, directory);
    const schema = await configSchemaText();
    const prepared = example === undefined ? null : await prepareExample(example, folder);
    const files = await initWorkspace({
      directory: folder,
      force,
      minimal,
      engine,
      schema,
      version,
      example: prepared?.example,
    });
    await prepared?.write();
    const shown = relative(cwd, folder) || ".";
    terminal.note(`Made a workspace in ${shown}: ${files.length} files.`);
    if (!files.includes("package.json"))
      terminal.note(`Its package.json is left as it is: npm install --save-exact gatebook@${version}`);
    if (engine === "trino") {
      terminal.note("Next: name the cluster and its tables in rollout.yaml, then");
      terminal.note("  gatebook run --try                 # the first report, of yesterday");
      return 0;
    }
    terminal.note("Next:");
    if (shown !== ".") terminal.note(`  cd ${shown}`);
    if (prepared?.example.hasExports === false) {
      terminal.note("  its README.md has the steps        # events are tables that load.sql makes");
      return 0;
    }
    if (prepared === null) terminal.note("  gatebook sample                    # exports to try it on");
    terminal.note(`  gatebook run --date ${prepared?.example.date ?? "2026-02-07"}     # the first report`);
    return 0;
  },
});

/** Fails before anything is written where the folder has exports. */
async function prepareExample(name: (typeof EXAMPLES)[number], folder: string) {
  const [{ readExample, refuseExports, writeExample }, { openDuckDb }] = await Promise.all([
    import("../sample/example.ts"),
    import("../engine/duckdb/open.ts"),
  ]);
  refuseExports(folder);
  const write = () => writeExample(name, folder, () => openDuckDb({ file: ":memory:", threads: 1 }));
  return { example: readExample(name), write };
}
