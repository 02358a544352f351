import { dirname, relative, resolve } from "node:path";
import { plural } from "../text/words.ts";
import { defineCommand } from "./terminal/command.ts";
import { shared } from "./terminal/options.ts";

const SCENARIOS = [
  "healthy",
  "warning",
  "rollback",
  "severe",
  "broken-ingestion",
  "sample-ratio",
  "thin",
  "lost-clicks",
  "placeholder-user",
  "crossed-heavy-users",
  "lookup-miss",
  "one-platform",
  "broken-split",
] as const;

export const sampleCommand = defineCommand({
  options: {
    ...shared("config"),
    scenario: { type: "string", choices: SCENARIOS, default: "healthy", describe: "What the exports show" },
    days: { type: "number", default: 7, describe: "How many days, from 2026-02-01 on" },
    before: { type: "number", default: 0, describe: "Days before the rollout, the baseline alone" },
    seed: { type: "number", default: 1, describe: "Another seed gives other users and clicks" },
    "last-day": { type: "string", describe: "Last day instead of counting from 2026-02-01" },
    users: { type: "number", describe: "Users a day (default: the scenario's own)" },
  },
  examples: [["gatebook sample --scenario severe", "a day that must roll back"]],
  run: async ({ config, scenario, days, before, seed, lastDay, users }, { cwd, terminal }) => {
    const [{ writeSample }, { openDuckDb }] = await Promise.all([
      import("../sample/sample.ts"),
      import("../engine/duckdb/open.ts"),
    ]);
    const root = dirname(resolve(cwd, config));
    const truth = await writeSample(
      {
        root,
        scenario,
        days,
        before,
        seed,
        lastDay,
        usersPerDay: users,
        onDay: (day) => terminal.remark(`  ${day}`),
      },
      () => openDuckDb({ file: ":memory:" }),
    );
    const rows = truth.files.reduce((sum, file) => sum + file.rows, 0);
    const earlier = before === 0 ? "" : `, and ${plural(before, "day")} before`;
    const where = relative(cwd, resolve(root, "exports")) || "exports";
    terminal.note(
      `Sample "${truth.scenario}", ${truth.firstDay} to ${truth.lastDay}${earlier}: ${plural(rows, "row")} in ${where}/ (truth in ${where}/truth.json).`,
    );
    return 0;
  },
});
