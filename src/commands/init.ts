import { relative, resolve } from "node:path";
import { configSchemaText } from "./schema.ts";
import { defineCommand } from "./terminal/command.ts";

export const initCommand = defineCommand({
  usage: "init [directory]",
  describe: "Create a workspace: rollout.yaml, queries, examples of nightly jobs",
  positionals: { directory: { type: "string", default: ".", describe: "Folder of the workspace" } },
  options: { force: { type: "boolean", default: false, describe: "Overwrite existing files" } },
  examples: [["gatebook init my-rollout", "a new folder with everything a first report needs"]],
  run: async ({ directory, force }, { cwd, terminal }) => {
    const { initWorkspace } = await import("../workspace/init.ts");
    const folder = resolve(cwd, directory);
    const files = await initWorkspace({ directory: folder, force, schema: await configSchemaText() });
    const shown = relative(cwd, folder) || ".";
    terminal.print(`Made a workspace in ${shown}: ${files.length} files.`);
    terminal.print("Next:");
    if (shown !== ".") terminal.print(`  cd ${shown}`);
    terminal.print("  gatebook sample                    # exports to try it on");
    terminal.print("  gatebook run --date 2026-02-07     # the first report");
    return 0;
  },
});
