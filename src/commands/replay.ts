import { resolve } from "node:path";
import type { Result } from "../model/result.ts";
import type { Replayed } from "../runs/replay/replay.ts";
import { plural } from "../text/words.ts";
import { answer, defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";
import { withWarehouse, workspacePaths } from "./terminal/workspace.ts";

export const replayCommand = defineCommand({
  positionals: {
    result: { type: "string", demandOption: true, describe: "A result.json, or the folder of a night" },
  },
  options: {
    ...shared("config"),
    "judge-only": {
      type: "boolean",
      default: false,
      describe: "Only judge again what was measured: from result.json alone, without a warehouse",
    },
    ...shared("json", "query-timeout"),
  },
  examples: [
    ["gatebook replay reports/clip-cosine-v2/2026-02-07/result.json", "the recorded SQL on the stored data"],
    ["gatebook replay --judge-only ~/Downloads/result.json", "an attachment of a mail, on any machine"],
  ],
  run: async (options, context) => {
    const [{ readResult, resultFile }, { replayJudgement, replayResult }, { openRecorded }] =
      await Promise.all([
        import("../result/read-result.ts"),
        import("../runs/replay/replay.ts"),
        import("../runs/replay/recorded-events.ts"),
      ]);
    const { judgeOnly, queryTimeout: timeoutMs, json } = options;
    const { root } = workspacePaths(options, context);
    const { version } = context;
    const recorded = readResult(resultFile(resolve(context.cwd, options.result)));
    const replayed = judgeOnly
      ? replayJudgement({ recorded, root, version })
      : await withWarehouse(root, async (books) => {
          const events = await openRecorded(books, { recorded, root }, context);
          try {
            return await replayResult(events, { recorded, root, timeoutMs, version });
          } finally {
            await events.close();
          }
        });
    answer(context, json, replayed, () => replayText(replayed, recorded, judgeOnly));
    return replayed.outcome === "identical" ? 0 : 3;
  },
});

/** Differences that are listed; --json has them all. */
const LISTED = 20;
/** Of a value in one line. */
const MOST_CHARACTERS = 100;

function replayText(replayed: Replayed, recorded: Result, judgeOnly: boolean): string {
  const { differences, inputs, missing, rebuilt } = replayed;
  const { rollout, window } = recorded;
  return [
    `${replayed.outcome.toUpperCase()}  ${rollout.name} at ${rollout.gate}, ${window.reportDate}: ${summary(replayed, judgeOnly)}`,
    ...(replayed.judgedBy === undefined
      ? []
      : [
          `  verdict as recorded (judged by the rules of ${replayed.judgedBy}): ${recorded.decision.action} (${recorded.decision.rule})`,
        ]),
    ...differences
      .slice(0, LISTED)
      .flatMap(({ path, recorded: was, replayed: is }) => [
        `  ${path}`,
        `    recorded  ${cut(was)}`,
        `    replayed  ${cut(is)}`,
      ]),
    ...(differences.length > LISTED
      ? [`  and ${differences.length - LISTED} more (--json lists them all)`]
      : []),
    ...inputs.map(
      ({ subject, text, matters }) => `  input ${subject}: ${text}${matters ? "" : " (has no effect here)"}`,
    ),
    ...missing.map(({ path, why }) => `  cannot be replayed: ${path}: ${why}`),
    ...otherTools(replayed),
    ...rebuilt.map((name) => `  rebuilt from kept events: relation ${name}`),
  ].join("\n");
}

function summary({ outcome, differences, judgedBy }: Replayed, judgeOnly: boolean): string {
  const wording = differences.filter(isWording).length;
  const places = `${plural(differences.length, "difference")}${wording === 0 ? "" : ` (${wording} in wording)`}`;
  switch (outcome) {
    case "identical":
      if (judgedBy !== undefined) return "every measured number is the same to the last digit";
      return judgeOnly
        ? "the recorded measurement gives the recorded verdict"
        : "every number and the verdict are the same to the last digit";
    case "inputs changed":
      return differences.length === 0
        ? "the same numbers, from other inputs than those recorded"
        : `${places}, and its inputs have changed since`;
    case "differs":
      return `${places}, though its inputs are the same`;
    case "incomplete":
      return judgeOnly && judgedBy !== undefined
        ? "nothing can be compared without the warehouse"
        : "the same as far as it can be reproduced";
    default:
      return outcome satisfies never;
  }
}

/** Sentences, not numbers or single words. */
function isWording({ recorded, replayed }: Replayed["differences"][number]): boolean {
  return [recorded, replayed].every((json) => json === null || /^".*\s.*"$/.test(json));
}

function otherTools({ outcome, tools: { recorded, now } }: Replayed): readonly string[] {
  const other = [
    recorded.gatebook === now.gatebook ? [] : [`gatebook ${recorded.gatebook}, this is ${now.gatebook}`],
    now.duckdb === null || recorded.duckdb === now.duckdb
      ? []
      : [`DuckDB ${recorded.duckdb}, this is ${now.duckdb}`],
  ].flat();
  return outcome === "identical" || other.length === 0 ? [] : [`  recorded by ${other.join("; ")}`];
}

function cut(json: string | null): string {
  if (json === null) return "nothing";
  return json.length > MOST_CHARACTERS ? `${json.slice(0, MOST_CHARACTERS)}…` : json;
}
