import { relative, resolve } from "node:path";
import { chosenFormats } from "../model/config.ts";
import type { LoadRecord, Result } from "../model/result.ts";
import { readAsOf, refuseOtherDays, whenText } from "./run/run-when.ts";
import { answerJob, defineCommand, type ExitCode } from "./terminal/command.ts";
import { usageError } from "./terminal/errors.ts";
import { dayOption, limitOptions, shared } from "./terminal/options.ts";
import { windowOf } from "./terminal/values.ts";
import { limitsOf, workspacePaths } from "./terminal/workspace.ts";

export const runCommand = defineCommand({
  options: {
    ...shared("config", "date"),
    from: dayOption("First day of an ad-hoc window (with --to; writes nothing to the ledger)"),
    to: dayOption("Last day of an ad-hoc window"),
    try: {
      type: "boolean",
      default: false,
      describe: "Judge and report, but leave no night in the ledger: for the first tries of a new workspace",
    },
    phase: {
      type: "string",
      choices: ["daily", "first-24h"] as const,
      default: "daily" as const,
      describe: "first-24h: judge the first 24 hours of the active gate, hour by hour up to now",
    },
    "as-of": {
      type: "string",
      describe:
        "With --phase first-24h: up to this time instead of now, e.g. 2026-02-01T12:00 in the rollout's time zone, or with Z for UTC",
    },
    ...shared("out", "format"),
    export: {
      type: "boolean",
      default: false,
      describe: "Write every row of every cell as CSV, in cells/ beside the report",
    },
    profile: {
      type: "boolean",
      default: false,
      describe: "Print and store how long each stage and query took",
    },
    "fail-on": {
      type: "string",
      choices: ["hold", "rollback"],
      describe: "Exit 10 on hold and 20 on rollback (hold includes rollback)",
    },
    ...limitOptions,
  },
  examples: [
    ["gatebook run", "last night"],
    ["gatebook run --date 2026-02-07", "that day, judged as of its end"],
    ["gatebook run --try", "what a night would say, as often as you like, before the first that counts"],
    ["gatebook run --phase first-24h", "after a gate was opened today: at midday, and at the end of the day"],
    ["gatebook run --fail-on rollback", "make a pipeline fail on a rollback"],
  ],
  run: async (options, context) => {
    const { runNight } = await import("../runs/night/night.ts");
    const { date = null, from, to, format, failOn, phase } = options;
    const { file, reports, templateRoots } = workspacePaths(options, context);
    refuseOtherDays(options);
    if (options.try && (from !== undefined || to !== undefined))
      throw usageError(
        "--try is for a night",
        "a window of --from and --to writes nothing to the ledger as it is",
      );
    const range = from === undefined && to === undefined ? null : windowOf({ from, to });
    const night = await runNight(
      {
        config: file,
        date,
        range,
        phase,
        asOf: options.asOf === undefined ? null : await readAsOf(options.asOf, file),
        limits: limitsOf(options, context),
        report: { out: reports, formats: format === undefined ? null : chosenFormats(format), templateRoots },
        tries: options.try,
        exportsCells: options.export,
        profiles: options.profile,
      },
      context,
    );
    const failed = exitCodeFor(night.result, failOn);
    const code = failed === 0 && night.failedExports > 0 ? 3 : failed;
    const shown = night.files.includes("report.html") ? "report.html" : "result.json";
    const report = relative(context.cwd, resolve(night.folder, shown));
    answerJob(context, { code }, null, () => verdictLines(night.result, report));
    if (options.profile) {
      const { profileLines } = await import("./texts/profile-text.ts");
      for (const line of profileLines(night.stages, context.terminal.columns)) context.terminal.print(line);
    }
    return code;
  },
});

function verdictLines(result: Result, report: string): string {
  const { decision, rollout } = result;
  return [
    `${decision.action.toUpperCase()}  ${rollout.name} at ${rollout.gate}, ${whenText(result)}`,
    decision.reasons[0] ?? "",
    `Report: ${report}`,
  ].join("\n");
}

/** `failOn`: as --fail-on has it. Where several apply: 20 > 10 > 4 > 3 > 0. */
export function exitCodeFor(result: Result, failOn: string | undefined): ExitCode {
  const { action } = result.decision;
  if (failOn !== undefined && action === "rollback") return 20;
  if (failOn === "hold" && action === "hold") return 10;
  if (hasBarrenSource(result.loads) || nothingArrived(result.checks)) return 4;
  const failed = [...result.metrics, ...result.cells].some(({ error }) => error !== null);
  return failed || result.checks.some(({ status }) => status === "error") ? 3 : 0;
}

/** A source that gave nothing: every file refused, or every row rejected. One refused file of many fails its check. */
function hasBarrenSource(loads: Result["loads"]): boolean {
  const taken = loads.filter(({ status }) => status !== "refused");
  return loads.some(({ source }) => {
    const own = taken.filter((load) => load.source === source);
    return own.length === 0 || areAllRejected(own);
  });
}

/** A hold that waits for more days and one for an export that never came are not the same to a scheduler. */
function nothingArrived(checks: Result["checks"]): boolean {
  return checks.some(({ name, status }) => NEVER_CAME.has(name) && status === "fail");
}

const NEVER_CAME: ReadonlySet<string> = new Set(["fresh_data", "missing_files"]);

/** Rows of closed days are valid, only late. */
function areAllRejected(loads: Result["loads"]): boolean {
  const sum = (count: (load: LoadRecord) => number): number =>
    loads.reduce((total, load) => total + count(load), 0);
  const late = sum((load) => load.rejectedByReason["date_closed"] ?? 0);
  const bad = sum((load) => load.rejected) - late;
  return bad > 0 && bad === sum((load) => load.read) - late;
}
