import { answerJob, defineCommand } from "./terminal/command.ts";
import { dayOption, limitOptions, shared } from "./terminal/options.ts";
import { formatTable, left, right } from "./terminal/table.ts";
import { limitsOf, workspacePaths } from "./terminal/workspace.ts";

/** Bad input: a source without files, a file that was rejected, or more rejected rows than max_rejected allows. */
const UNREADABLE: ReadonlySet<string> = new Set(["missing_files", "refused_files", "rejected_rows"]);

export const aggregateCommand = defineCommand({
  options: {
    ...shared("config"),
    date: dayOption("Day whose counts are printed (default: yesterday)"),
    reload: {
      type: "boolean",
      default: false,
      describe:
        "Load days again whose single events were dropped by keep_events, as far as their exports still exist",
    },
    ...shared("json"),
    ...limitOptions,
  },
  examples: [
    ["gatebook aggregate --date 2026-02-07", "at midday and at the end of the day"],
    ["gatebook aggregate --reload", "bring back events that keep_events dropped"],
  ],
  run: async (options, context) => {
    const { aggregateDay } = await import("../runs/aggregate-day.ts");
    const { date = null, reload, json } = options;
    const { file, reports } = workspacePaths(options, context);
    const limits = limitsOf(options, context);
    const day = await aggregateDay({ config: file, reports, date, reload, limits }, context);
    const findings = day.findings.map(({ name, title, status, detail }) => ({ name, title, status, detail }));
    const code = findings.some(({ name, status }) => UNREADABLE.has(name) && status === "fail") ? 4 : 0;
    return answerJob(context, { json, code }, { ...day, findings }, (columns) => {
      const rows = day.algorithms.map((one) => [one.algoVersion, one.units, one.impressions, one.clicks]);
      const head = [...left("algo_version"), ...right("units", "impressions", "clicks")];
      return [
        `${day.date}: ${day.files} files known, ${day.dirtyDates.length} days rebuilt`,
        ...findings.map(({ title, status, detail }) => `${status}  ${title}: ${detail}`),
        formatTable(head, rows, { columns }),
      ].join("\n");
    });
  },
});
