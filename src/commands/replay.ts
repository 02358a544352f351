import { resolve } from "node:path";
import type { Result } from "../model/result.ts";
import type { Replayed } from "../runs/replay/replay.ts";
import { defineCommand, workspaceOptions } from "./terminal/command.ts";
import { parseDuration } from "./terminal/values.ts";
import { workspacePaths } from "./terminal/workspace.ts";

export const replayCommand = defineCommand({
  usage: "replay <result>",
  describe: "Make a recorded result again and compare to the last digit: exit 0 identical, 3 otherwise",
  positionals: {
    result: { type: "string", demandOption: true, describe: "A result.json" },
  },
  options: {
    ...workspaceOptions,
    "judge-only": {
      type: "boolean",
      default: false,
      describe: "From result.json alone, without a warehouse: judge again what was measured",
    },
    json: { type: "boolean", default: false, describe: "JSON instead of lines" },
    "query-timeout": { type: "string", default: "5m", describe: "Longest time one query may take" },
  },
  examples: [
    ["gatebook replay reports/clip-cosine-v2/2026-02-07/result.json", "the recorded SQL on the stored data"],
    ["gatebook replay --judge-only ~/Downloads/result.json", "an attachment, on any machine"],
  ],
  run: async (options, context) => {
    const [{ readResult }, { openWarehouse }, { replayJudgement, replayResult }] = await Promise.all([
      import("../result/read-result.ts"),
      import("../warehouse/store.ts"),
      import("../runs/replay/replay.ts"),
    ]);
    const timeoutMs = parseDuration(options.queryTimeout, "query-timeout");
    const { root } = workspacePaths(options.config, undefined, context);
    const recorded = readResult(resolve(context.cwd, options.result));
    const again = async (): Promise<Replayed> => {
      const engine = await openWarehouse(root);
      try {
        return await replayResult(engine, { recorded, root, timeoutMs, version: context.version });
      } finally {
        engine.close();
      }
    };
    const replayed = options.judgeOnly
      ? replayJudgement({ recorded, root, version: context.version })
      : await again();
    const text = options.json
      ? JSON.stringify(replayed, null, 2)
      : replayText(replayed, recorded, options.judgeOnly);
    context.terminal.print(text);
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
  const lines = [
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
      ({ subject, text, matters }) => `  input ${subject}: ${text}${matters ? "" : " (moves nothing here)"}`,
    ),
    ...missing.map(({ path, why }) => `  cannot be replayed: ${path}: ${why}`),
    ...otherTools(replayed),
    ...rebuilt.map((name) => `  rebuilt from kept events: relation ${name}`),
  ];
  return lines.join("\n");
}

function summary({ outcome, differences, judgedBy }: Replayed, judgeOnly: boolean): string {
  const wording = differences.filter(isWording).length;
  const count = differences.length === 1 ? "1 place differs" : `${differences.length} places differ`;
  const places = wording === 0 ? count : `${count} (${wording} in wording)`;
  switch (outcome) {
    case "identical":
      if (judgedBy !== undefined)
        return judgeOnly
          ? "nothing can be compared without the warehouse"
          : "every measured number is the same to the last digit";
      return judgeOnly
        ? "the recorded measurement gives the recorded verdict"
        : "every number and the verdict are the same to the last digit";
    case "inputs changed":
      return `${places}, and its inputs are no longer what they were`;
    case "differs":
      return `${places}, though its inputs are the same`;
    case "incomplete":
      return "the same as far as it can be made again";
    default:
      return outcome satisfies never;
  }
}

/** Sentences, not numbers or words of the closed lists. */
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
