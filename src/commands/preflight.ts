import type { PreflightLine } from "../model/result.ts";
import { ageText } from "../text/times.ts";
import { answer, defineCommand, type ExitCode } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { formatTable, left } from "./terminal/table.ts";
import { readConfig } from "./terminal/workspace.ts";

export const preflightCommand = defineCommand({
  options: shared("config", "json"),
  examples: [["gatebook preflight", "before a gate opens, and after every change of the app's settings"]],
  run: async (options, context) => {
    const [{ readPreflight }, { dumpCommand }] = await Promise.all([
      import("../preflight/preflight.ts"),
      import("../preflight/config-dump.ts"),
    ]);
    const config = await readConfig(options, context);
    const lines = readPreflight(config, { env: context.env, now: context.now() });
    const dump = config.preflight?.config == null ? dumpCommand() : null;
    answer(context, options.json, { lines, dumpCommand: dump }, (columns) =>
      [preflightTable(lines, columns), "", ...advice(lines, dump)].join("\n"),
    );
    return preflightExitCode(lines);
  },
});

/** 3 when a setting could not be confirmed; 0 for a warning or "not checked". */
function preflightExitCode(lines: readonly PreflightLine[]): ExitCode {
  return lines.some(({ status }) => status === "fail" || status === "error") ? 3 : 0;
}

function preflightTable(lines: readonly PreflightLine[], columns: number): string {
  const head = left("setting", "expected", "actual", "source", "age", "status");
  const rows = lines.map((line) => [
    line.key,
    valueText(line.expected),
    line.actual === null ? "–" : valueText(line.actual),
    line.source ?? "–",
    line.ageHours === null ? "–" : ageText(line.ageHours),
    line.status === "not_checked" ? "not checked" : line.status,
  ]);
  return formatTable(head, rows, { columns });
}

/** The forced algorithm is expected to be empty: an empty cell would look forgotten. */
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
          "rollout.yaml names no dump of the app's config. To make one, run this where the app runs:",
          `  ${dump}`,
          "then name the file in rollout.yaml: preflight: { config: discovery.json }",
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
  if (failed > 0) return `NOT CONFIRMED: ${failed} of ${checked} settings are not as expected.`;
  return `Confirmed: ${checked} settings are as expected${warned > 0 ? `, ${warned} with a warning` : ""}.`;
}
