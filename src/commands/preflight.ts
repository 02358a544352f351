import type { PreflightLine } from "../model/result.ts";
import { ageText } from "../text/times.ts";
import { defineCommand, type ExitCode, workspaceOptions } from "./terminal/command.ts";
import { formatTable } from "./terminal/table.ts";
import { workspacePaths } from "./terminal/workspace.ts";

export const preflightCommand = defineCommand({
  usage: "preflight",
  describe:
    "Confirm the app's settings against rollout.yaml (exit 3 when one is not as expected or cannot be read)",
  options: {
    ...workspaceOptions,
    json: { type: "boolean", default: false, describe: "JSON instead of a table" },
  },
  examples: [["gatebook preflight", "before a gate opens, and after every change of the app's settings"]],
  run: async (options, context) => {
    const [{ loadConfig }, { readPreflight }, { dumpCommand }] = await Promise.all([
      import("../config/load-config.ts"),
      import("../preflight/preflight.ts"),
      import("../preflight/config-dump.ts"),
    ]);
    const config = loadConfig(workspacePaths(options.config, undefined, context).file);
    const lines = readPreflight(config, { env: context.env, now: context.now() });
    const dump = config.preflight?.config == null ? dumpCommand() : null;
    const { print, columns } = context.terminal;
    if (options.json) print(JSON.stringify({ lines, dumpCommand: dump }, null, 2));
    else print([preflightTable(lines, columns), "", ...advice(lines, dump)].join("\n"));
    return preflightExitCode(lines);
  },
});

/** A setting that could not be confirmed is a check that could not be passed: 3. A warning or "not checked" is 0. */
export function preflightExitCode(lines: readonly PreflightLine[]): ExitCode {
  return lines.some(({ status }) => status === "fail" || status === "error") ? 3 : 0;
}

/** A dozen settings folded into blocks of six lines cannot be compared: rather let a long line wrap. */
const WIDEST = 140;

function preflightTable(lines: readonly PreflightLine[], columns: number): string {
  const head = ["setting", "expected", "actual", "source", "age", "status"].map((name) => ({
    name,
    type: "VARCHAR",
  }));
  const rows = lines.map((line) => [
    line.key,
    valueText(line.expected),
    line.actual === null ? "–" : valueText(line.actual),
    line.source ?? "–",
    line.ageHours === null ? "–" : ageText(line.ageHours),
    line.status === "not_checked" ? "not checked" : line.status,
  ]);
  return formatTable(head, rows, { columns: Math.max(columns, WIDEST) });
}

/** The forced algorithm is expected to be empty: an empty cell would look like one that was forgotten. */
function valueText(value: string): string {
  return value === "" ? "(empty)" : value;
}

function advice(lines: readonly PreflightLine[], dump: string | null): readonly string[] {
  const open = lines.filter(({ status }) => status !== "pass");
  const remarks = open.map(({ key, status, detail }) => `${status.replace("_", " ")}: ${key}: ${detail}`);
  const howToDump =
    dump === null
      ? []
      : [
          "No dump of the app's config is configured. Make one where the app runs:",
          `  ${dump}`,
          "and name it in rollout.yaml: preflight: { config: discovery.json }",
        ];
  return [summary(lines), ...remarks, ...howToDump];
}

function summary(lines: readonly PreflightLine[]): string {
  const count = (...words: readonly PreflightLine["status"][]): number =>
    lines.filter(({ status }) => words.includes(status)).length;
  const checked = lines.length - count("not_checked");
  if (checked === 0) return "Nothing was checked.";
  const failed = count("fail", "error");
  const warned = count("warn");
  if (failed > 0) return `NOT CONFIRMED: ${failed} of ${checked} lines are not as expected.`;
  return `Confirmed: ${checked} lines are as expected${warned > 0 ? `, ${warned} with a warning` : ""}.`;
}
