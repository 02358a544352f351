import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { GatebookError } from "../model/error.ts";
import type { Result } from "../model/result.ts";
import type { Day } from "../model/words.ts";
import { answer, type CommandContext, defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { parseDay } from "./terminal/values.ts";
import { readConfig, withWarehouse, workspacePaths } from "./terminal/workspace.ts";

export const showCommand = defineCommand({
  positionals: { date: { type: "string", describe: "Report date (default: of the newest night)" } },
  options: shared("config", "out", "json"),
  examples: [
    ["gatebook show", "why did last night hold?"],
    ["gatebook show 2026-02-07", "that night, as it was last judged"],
  ],
  run: async (options, context) => {
    const date = options.date === undefined ? null : parseDay(options.date, "date");
    const { rollout } = await readConfig(options, context);
    const { root, reports } = workspacePaths(options, context);
    const result = await readResultOf(root, rollout.name, date);
    const [{ renderAll }, { reportFolder }] = await Promise.all([
      import("../report/render.ts"),
      import("../runs/night/report-night.ts"),
    ]);
    const [summary] = await renderAll(result, { formats: ["txt"] });
    const report = join(reportFolder(result, { out: reports, kind: "night" }), "report.html");
    answer(context, options.json, result, () =>
      [summary?.content.trimEnd() ?? "", ...reportLine(report, context)].join("\n"),
    );
    return 0;
  },
});

/** The report may have been pruned since; the ledger stays. */
function reportLine(report: string, { cwd }: CommandContext): readonly string[] {
  return existsSync(report) ? ["", `Report: ${relative(cwd, report)}`] : [];
}

async function readResultOf(root: string, rollout: string, date: Day | null): Promise<Result> {
  const [{ readLatestNight }, { parseResult }] = await Promise.all([
    import("../ledger/night.ts"),
    import("../result/serialize.ts"),
  ]);
  const text = await withWarehouse(root, (engine) => readLatestNight(engine, rollout, date));
  if (text !== null) return parseResult(text, "the result that the ledger keeps");
  const what = date === null ? "any night" : `a night of ${date}`;
  throw new GatebookError("input", `the ledger of ${rollout} does not keep ${what}`, {
    hint: date === null ? "gatebook run judges the first night" : "gatebook history lists the nights",
  });
}
