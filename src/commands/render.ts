import { dirname, relative, resolve } from "node:path";
import { chosenFormats } from "../model/config.ts";
import { defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { parsePath } from "./terminal/values.ts";

export const renderCommand = defineCommand({
  positionals: {
    result: { type: "string", demandOption: true, describe: "A result.json, or the folder of a night" },
  },
  options: {
    out: { type: "string", describe: "Folder to write to (default: beside the result)", parse: parsePath },
    ...shared("format"),
    templates: {
      type: "string",
      describe: "Folder of templates that replace the shipped ones",
      parse: parsePath,
    },
  },
  examples: [["gatebook render result.json --out again", "from an attachment, years later"]],
  run: async (options, context) => {
    const { readResult, resultFile } = await import("../result/read-result.ts");
    const file = resultFile(resolve(context.cwd, options.result));
    const templateRoots = options.templates === undefined ? [] : [resolve(context.cwd, options.templates)];
    const wanted = chosenFormats(options.format ?? []);
    const result = readResult(file);
    const { startCharts } = await import("../report/start-charts.ts");
    startCharts(result, wanted);
    const [{ renderAll }, { writeFiles }] = await Promise.all([
      import("../report/render.ts"),
      import("../runs/night/write-reports.ts"),
    ]);
    let failed = 0;
    const onFailure = (path: string, reason: string) => {
      failed += 1;
      context.terminal.remark(`left out: ${path}: ${reason}`);
    };
    const files = await renderAll(result, { formats: wanted, templateRoots, onFailure });
    const folder = options.out === undefined ? dirname(file) : resolve(context.cwd, options.out);
    await writeFiles(folder, files);
    context.terminal.note(
      `Wrote ${files.map(({ path }) => path).join(", ")} to ${relative(context.cwd, folder) || "."}`,
    );
    return failed > 0 ? 3 : 0;
  },
});
