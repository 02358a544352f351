import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileReason, GatebookError } from "../model/error.ts";
import { defineCommand } from "./terminal/command.ts";

export const schemaCommand = defineCommand({
  usage: "schema",
  describe: "Print the JSON Schema of rollout.yaml, for editors, or of result.json",
  options: {
    out: { type: "string", describe: "File to write (default: standard output)" },
    result: { type: "boolean", default: false, describe: "The schema of result.json instead" },
  },
  examples: [["gatebook schema --out rollout.schema.json", "after an update of gatebook"]],
  run: async ({ out, result }, { cwd, terminal }) => {
    const text = result ? await resultSchemaText() : await configSchemaText();
    if (out === undefined) {
      terminal.print(text.trimEnd());
      return 0;
    }
    const file = resolve(cwd, out);
    try {
      writeFileSync(file, text);
    } catch (error) {
      const reason = fileReason(error);
      const hint = "name a file in a folder that exists and is writable";
      const details = { where: { file }, hint, cause: error };
      throw new GatebookError("usage", `cannot be written: ${reason}`, details);
    }
    terminal.print(`Wrote ${relative(cwd, file)}.`);
    const line = `# yaml-language-server: $schema=${relative(cwd, file)}`;
    if (!result) terminal.print(`Editors find it by the first line of rollout.yaml: ${line}`);
    return 0;
  },
});

export async function configSchemaText(): Promise<string> {
  const { configJsonSchema } = await import("../config/config.ts");
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

async function resultSchemaText(): Promise<string> {
  const { resultJsonSchema } = await import("../result/json-schema.ts");
  return `${JSON.stringify(resultJsonSchema(), null, 2)}\n`;
}
