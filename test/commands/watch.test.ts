import { expect, it } from "vitest";
import { passText } from "../../src/commands/texts/watch-text.ts";
import { watchCommand } from "../../src/commands/watch.ts";
import type { Note } from "../../src/preview/follow.ts";
import type { Pass } from "../../src/preview/pass.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import { run, workspace } from "./workspace.ts";

const bare = { anchor: null, differences: [], error: null, lastGood: null, edits: [] } as const;
const note = (subject: string, kind: Note["kind"], more: Partial<Note> = {}): Note => ({
  ...bare,
  subject,
  kind,
  ...more,
});

function pass(more: Partial<Pass>): Pass {
  return {
    ...{ at: "15:04:05", files: ["queries/metrics/ctr.sql"], newWarehouse: false, ran: ["metric ctr"] },
    ...{ durationMs: 48.4, problems: [], notes: [], focus: null, result: sampleResult() },
    ...more,
  };
}

it("says a save in one line for each thing that it changed", () => {
  const notes = [
    note("verdict", "changed", { differences: ["hold (warning) → promote (promote)"] }),
    note("metric ctr", "changed", {
      differences: ["value 3.10% → 2.70%", "classification warning → healthy"],
    }),
    note("cell top_authors", "changed", { differences: ["rows 24 → 23"] }),
  ];
  expect(passText(pass({ notes }), 100)).toBe(
    `15:04:05 · queries/metrics/ctr.sql · ran metric ctr · 48 ms
  verdict  hold (warning) → promote (promote)
  metric ctr  value 3.10% → 2.70%, classification warning → healthy
  cell top_authors  rows 24 → 23`,
  );
});

it("folds differences that are wider than the terminal", () => {
  const notes = [
    note("metric ctr", "changed", { differences: ["value 3.10% → 2.70%", "reading warning → healthy"] }),
  ];
  expect(passText(pass({ notes }), 40).split("\n").slice(1)).toEqual([
    "  metric ctr",
    "    value 3.10% → 2.70%",
    "    reading warning → healthy",
  ]);
});

it("points at the character of an error, names the last good result and shows what was edited", () => {
  const error = {
    message: 'column "clickz" is not there',
    ...{ file: "queries/metrics/ctr.sql", line: 14, column: 3 },
    ...{ excerpt: "  clickz AS numerator,\n  ^", hint: "did you mean clicks?" },
  };
  const [cell] = sampleResult().cells;
  if (cell === undefined) throw new Error("the sample has no cell");
  const lastGood = { subject: { kind: "cell", part: cell }, sql: "", at: "15:03:00" } as const;
  const edits = ["-   clicks AS numerator,", "+   clickz AS numerator,"];
  const text = passText(pass({ notes: [note("metric ctr", "failed", { error, lastGood, edits })] }), 100);
  expect(text).toBe(`15:04:05 · queries/metrics/ctr.sql · ran metric ctr · 48 ms
  metric ctr fails; the last good result is of 15:03:00
    error: column "clickz" is not there
      at queries/metrics/ctr.sql:14:3
          clickz AS numerator,
          ^
      hint: did you mean clicks?
        -   clicks AS numerator,
        +   clickz AS numerator,`);
});

it("says when an error is fixed, when nothing changed, and what is wrong elsewhere", () => {
  const fixed = note("cell a", "fixed", { differences: ["rows 24 → 23"] });
  expect(passText(pass({ notes: [fixed, note("cell b", "fixed"), note("cell c", "gone")] }), 100)).toContain(
    `  cell a runs again; against the last good result:
    rows 24 → 23
  cell b runs again, and says what it said before the error
  cell c is gone`,
  );
  expect(passText(pass({ files: ["templates/theme.css"], ran: [] }), 100)).toBe(
    "15:04:05 · templates/theme.css · nothing run again · 48 ms\n  every number is as before",
  );
  const where = { file: "rollout.yaml", line: 13, column: 1 };
  const problem = {
    ...{ level: "error" as const, message: 'unknown key "active_gatee"; did you mean "active_gate"?', where },
    ...{ excerpt: "active_gatee: g10\n^", hint: null },
  } as const;
  expect(passText(pass({ newWarehouse: true, files: [], problems: [problem] }), 100)).toBe(
    `15:04:05 · a new warehouse · ran metric ctr · 48 ms
  error: unknown key "active_gatee"; did you mean "active_gate"?
    at rollout.yaml:13:1
      active_gatee: g10
      ^`,
  );
});

it("refuses what is no port, no day and no warehouse", async () => {
  const root = workspace();
  expect((await run(watchCommand, root, { port: 70_000 })).refused).toBe(
    'usage: --port must be a whole number from 0 to 65535, not "70000" | e.g. --port 10',
  );
  expect((await run(watchCommand, root, { date: "today" })).refused).toBe(
    'usage: --date must be a day, not "today" | write a day as 2026-02-07',
  );
  expect((await run(watchCommand, root)).refused).toMatch(
    /^input: there is no warehouse yet at .*warehouse\.duckdb \| run `gatebook run` first$/,
  );
});
