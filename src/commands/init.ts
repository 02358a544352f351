import { relative, resolve } from "node:path";
import { configSchemaText } from "./schema.ts";
import { defineCommand } from "./terminal/command.ts";

export const initCommand = defineCommand({
  usage: "init [directory]",
  describe: "Create a workspace: rollout.yaml, queries, examples of nightly jobs",
  positionals: { directory: { type: "string", default: ".", describe: "Folder of the workspace" } },
  options: { force: { type: "boolean", default: false, describe: "Overwrite existing files" } },
  examples: [["gatebook init my-rollout", "a new folder with everything a first report needs"]],
  run: async ({ directory, force }, { cwd, terminal, version }) => {
    const { initWorkspace } = await import("../workspace/init.ts");
    const folder = resolve(cwd, directory);
    const schema = await configSchemaText();
    const files = await initWorkspace({ directory: folder, force, schema, version });
    const shown = relative(cwd, folder) || ".";
    terminal.note(`Made a workspace in ${shown}: ${files.length} files.`);
    if (!files.includes("package.json"))
      terminal.note(`Its package.json is left as it is: npm install --save-exact gatebook@${version}`);
    terminal.note("Next:");
    if (shown !== ".") terminal.note(`  cd ${shown}`);
    terminal.note("  gatebook sample                    # exports to try it on");
    terminal.note("  gatebook run --date 2026-02-07     # the first report");
    return 0;
  },
});
