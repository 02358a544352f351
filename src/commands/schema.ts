import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileReason, GatebookError } from "../model/error.ts";
import { SCHEMA_VERSION, schemaVersions } from "../model/schema/version.ts";
import { defineCommand } from "./terminal/command.ts";
import { parsePath } from "./terminal/values.ts";

export const schemaCommand = defineCommand({
  options: {
    out: { type: "string", describe: "File to write (default: standard output)", parse: parsePath },
    result: { type: "boolean", default: false, describe: "The schema of result.json instead" },
    "schema-version": {
      type: "string",
      choices: schemaVersions.map(String),
      default: String(SCHEMA_VERSION),
      describe: "With --result: of which schemaVersion",
    },
  },
  examples: [["gatebook schema --out rollout.schema.json", "after an update of gatebook"]],
  run: async ({ out, result, schemaVersion }, { cwd, terminal }) => {
    const text = result ? await resultSchemaText(schemaVersion) : await configSchemaText();
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
    terminal.note(`Wrote ${relative(cwd, file)}.`);
    const line = `# yaml-language-server: $schema=${relative(cwd, file)}`;
    if (!result) terminal.note(`Editors find it by the first line of rollout.yaml: ${line}`);
    return 0;
  },
});

export async function configSchemaText(): Promise<string> {
  const { configJsonSchema } = await import("../config/config.ts");
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

async function resultSchemaText(asked: string): Promise<string> {
  const { resultJsonSchema } = await import("../result/json-schema.ts");
  const version = schemaVersions.find((known) => String(known) === asked);
  return `${JSON.stringify(resultJsonSchema(version), null, 2)}\n`;
}
