import { relative } from "node:path";
import { GatebookError } from "../model/error.ts";
import type { Pruned } from "../runs/store/prune.ts";
import { countText } from "../text/numbers.ts";
import { bytesText } from "../text/words.ts";
import { defineCommand, engineOptions, workspaceOptions } from "./terminal/command.ts";
import { limitsOf, workspacePaths } from "./terminal/workspace.ts";

export const pruneCommand = defineCommand({
  usage: "prune",
  describe: "Make the store small again: drop old single events and reports; relations and the ledger stay",
  options: {
    ...workspaceOptions,
    "keep-events": {
      type: "number",
      describe:
        "Days of single events to keep, back from the last report (default: keep_events of rollout.yaml)",
    },
    reports: { type: "number", describe: "Days of reports to keep, back from the newest (default: all)" },
    out: { type: "string", describe: "Folder of the reports (default: reports/ beside rollout.yaml)" },
    "dry-run": { type: "boolean", default: false, describe: "Say what would go, and change nothing" },
    json: { type: "boolean", default: false, describe: "JSON instead of text" },
    ...engineOptions,
  },
  examples: [["gatebook prune --reports 90 --dry-run", "what three months of reports leave over"]],
  run: async (options, context) => {
    const [{ loadConfig }, { prune }] = await Promise.all([
      import("../config/load-config.ts"),
      import("../runs/store/prune.ts"),
    ]);
    const paths = workspacePaths(options.config, options.out, context);
    const config = loadConfig(paths.file);
    const { timeoutMs: _, ...limits } = limitsOf(options, context);
    const keepEvents = wholeDays(options.keepEvents, "keep-events", 0) ?? config.keepEvents;
    const keepDays = wholeDays(options.reports, "reports", 1);
    const { dryRun } = options;
    const reports = { folder: paths.reports, templateRoots: paths.templateRoots, keepDays };
    const pruned = await prune({ config, keepEvents, reports, dryRun, limits }, context);
    context.terminal.print(
      options.json
        ? JSON.stringify({ dryRun, ...pruned }, null, 2)
        : prunedText(pruned, { dryRun, folder: relative(context.cwd, paths.reports) }),
    );
    return 0;
  },
});

function wholeDays(value: number | undefined, option: string, least: number): number | null {
  if (value === undefined) return null;
  if (Number.isInteger(value) && value >= least) return value;
  throw new GatebookError("usage", `--${option} is not a whole number from ${least} on`, {
    hint: `a number of days, e.g. --${option} 14`,
  });
}

interface Told {
  readonly dryRun: boolean;
  readonly folder: string;
}

function prunedText({ events, firstKept, bytesBefore, bytesAfter, reports }: Pruned, told: Told): string {
  const { dryRun, folder } = told;
  const went = dryRun ? "would go" : "went";
  const count = countText(events);
  const kept = `of days before ${firstKept} ${went}; their sums stay in the relations`;
  const freed = bytesText(Math.max(0, bytesBefore - bytesAfter));
  const size = dryRun
    ? `Store and warehouse: ${bytesText(bytesBefore)}, about ${freed} would be freed.`
    : `Store and warehouse: ${bytesText(bytesBefore)} → ${bytesText(bytesAfter)}, ${freed} freed.`;
  const lines = [`Events: ${count} ${kept}.`, size];
  if (reports.folders.length === 0) return lines.join("\n");
  const what = `${reports.folders.length} in ${folder}/, ${bytesText(reports.bytes)}`;
  return [...lines, `Reports: ${what} ${went}:`, ...reports.folders.map((one) => `  ${one}`)].join("\n");
}
