import type { CheckResult } from "../model/result.ts";
import { refuseFuture } from "./run-when.ts";
import { defineCommand, engineOptions, workspaceOptions } from "./terminal/command.ts";
import { formatTable } from "./terminal/table.ts";
import { parseDay } from "./terminal/values.ts";
import { limitsOf, workspacePaths } from "./terminal/workspace.ts";

/** Bad input: a file that was refused, or more rejected rows than max_rejected lets pass. */
const UNREADABLE: ReadonlySet<string> = new Set(["refused_files", "rejected_rows"]);

export const aggregateCommand = defineCommand({
  usage: "aggregate",
  describe: "Load the exports and rebuild the relations, without a verdict",
  options: {
    ...workspaceOptions,
    date: { type: "string", describe: "Day to show the counts of (default: yesterday)" },
    reload: {
      type: "boolean",
      default: false,
      describe: "Load the exports of days again whose single events were dropped, as far as they are there",
    },
    json: { type: "boolean", default: false, describe: "JSON instead of a table" },
    ...engineOptions,
  },
  examples: [
    ["gatebook aggregate --date 2026-02-07", "at midday and at the end of the day"],
    ["gatebook aggregate --reload", "events that went by keep_events, from exports that are still there"],
  ],
  run: async (options, context) => {
    const { aggregateDay } = await import("../runs/aggregate-day.ts");
    const { file, reports } = workspacePaths(options.config, undefined, context);
    const date = options.date === undefined ? null : parseDay(options.date, "date");
    await refuseFuture(date, file, context);
    const day = await aggregateDay(
      { config: file, reports, date, reload: options.reload, limits: limitsOf(options, context) },
      context,
    );
    const { print, columns } = context.terminal;
    if (options.json) print(JSON.stringify({ ...day, findings: day.findings.map(asJson) }, null, 2));
    else {
      print(`${day.date}: ${day.files} files known, ${day.dirtyDates.length} days rebuilt`);
      for (const { title, status, detail } of day.findings) print(`${status}  ${title}: ${detail}`);
      const number = (name: string) => ({ name, type: "BIGINT" });
      const head = [
        { name: "algo_version", type: "VARCHAR" },
        number("units"),
        number("impressions"),
        number("clicks"),
      ];
      const rows = day.algorithms.map((one) => [one.algoVersion, one.units, one.impressions, one.clicks]);
      print(formatTable(head, rows, { columns }));
    }
    return day.findings.some((finding) => UNREADABLE.has(finding.name) && finding.status === "fail") ? 4 : 0;
  },
});

function asJson({ name, title, status, detail }: CheckResult) {
  return { name, title, status, detail };
}
