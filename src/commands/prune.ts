import { relative } from "node:path";
import type { Pruned } from "../runs/store/prune.ts";
import { countText } from "../text/numbers.ts";
import { bytesText } from "../text/words.ts";
import { answer, answerJob, defineCommand } from "./terminal/command.ts";
import { limitOptions, shared } from "./terminal/options.ts";
import { wholeFrom } from "./terminal/values.ts";
import { limitsOf, readConfig, workspacePaths } from "./terminal/workspace.ts";

export const pruneCommand = defineCommand({
  options: {
    ...shared("config"),
    "keep-events": {
      type: "string",
      describe:
        "Days of single events to keep, back from the last report (default: keep_events of rollout.yaml)",
      parse: wholeFrom(0),
    },
    reports: {
      type: "string",
      describe: "Days of reports to keep, back from the newest (default: all)",
      parse: wholeFrom(1),
    },
    ...shared("out", "dry-run", "json"),
    ...limitOptions,
  },
  examples: [
    ["gatebook prune --reports 90 --dry-run", "what would be deleted to keep three months of reports"],
  ],
  run: async (options, context) => {
    const { prune } = await import("../runs/store/prune.ts");
    const paths = workspacePaths(options, context);
    const config = await readConfig(options, context);
    const { timeoutMs: _, ...limits } = limitsOf(options, context);
    const { dryRun, keepEvents = config.keepEvents, reports: keepDays = null } = options;
    const reports = { folder: paths.reports, templateRoots: paths.templateRoots, keepDays };
    const pruned = await prune({ config, keepEvents, reports, dryRun, limits }, context);
    const text = () => prunedText(pruned, dryRun, relative(context.cwd, paths.reports));
    if (dryRun) {
      answer(context, options.json, { dryRun, ...pruned }, text);
      return 0;
    }
    return answerJob(context, { json: options.json, code: 0 }, { dryRun, ...pruned }, text);
  },
});

function prunedText(pruned: Pruned, dryRun: boolean, folder: string): string {
  const { events, firstKept, bytesBefore, bytesAfter, reports } = pruned;
  const deleted = dryRun ? "would be deleted" : "deleted";
  const freed = bytesText(Math.max(0, bytesBefore - bytesAfter));
  const size = dryRun
    ? `Store and warehouse: ${bytesText(bytesBefore)}, about ${freed} would be freed.`
    : `Store and warehouse: ${bytesText(bytesBefore)} → ${bytesText(bytesAfter)}, ${freed} freed.`;
  const lines = [
    `Events: ${countText(events)} of days before ${firstKept} ${deleted}; their sums stay in the relations.`,
    size,
  ];
  if (reports.folders.length === 0) return lines.join("\n");
  const what = `${reports.folders.length} in ${folder}/, ${bytesText(reports.bytes)}`;
  return [...lines, `Reports: ${what} ${deleted}:`, ...reports.folders.map((one) => `  ${one}`)].join("\n");
}
