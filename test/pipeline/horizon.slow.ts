/** Single events go by their age, never by a date that is only asked for; and what went comes back while its export is there. */
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { aggregateCommand } from "../../src/commands/aggregate.ts";
import { runCommand } from "../../src/commands/run.ts";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Result } from "../../src/model/result.ts";
import { readResult } from "../../src/result/read-result.ts";
import { aggregateDay } from "../../src/runs/aggregate-day.ts";
import { run } from "../commands/workspace.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { caseContext, limits, runCase } from "../helpers/run-case.ts";
import { changeFile, copiedWorkspace, sampleInto, writeFilesIn } from "../helpers/temp-workspace.ts";

let root: string;
beforeEach(async () => {
  root = await shortMemory("exports", async () => {});
});

const afterTheLastNight = (): Promise<string> =>
  shortMemory("night", async (made) => void (await runCase(made, { date: "2026-02-07" })));

function shortMemory(name: string, work: (made: string) => Promise<void>): Promise<string> {
  const settings = { "keep_events: 14": "keep_events: 3" };
  const make = async (made: string): Promise<void> => {
    judgeBy(made, "ctr", "long_dwell_share");
    await sampleInto(made, { scenario: "thin", usersPerDay: 60 });
    await work(made);
  };
  return copiedWorkspace(onTestFinished, `horizon-${name}`, make, settings);
}

async function ask(sql: string): Promise<readonly unknown[]> {
  const engine = await openDuckDb({ file: join(root, ".gatebook/warehouse.duckdb"), readOnly: true });
  const rows = await engine.rows(sql);
  engine.close();
  return rows.map((row) => Object.values(row).join(" "));
}

const lastResult = (): Result => readResult(join(root, "reports/clip-cosine-v2/2026-02-07/result.json"));

const days = "SELECT DISTINCT event_date FROM events ORDER BY 1";
const sums = "SELECT event_date, sum(impressions), sum(clicks) FROM user_days GROUP BY 1 ORDER BY 1";

it("a run of a day far behind the newest export keeps the newest days", async () => {
  await runCase(root, { date: "2026-06-01", now: "2026-06-02T03:00:00Z" });
  expect(await ask(days)).toEqual(["2026-02-05", "2026-02-06", "2026-02-07"]);
});

it("a run that drops events says how many, and of which days", async () => {
  const told: string[] = [];
  const context = { ...caseContext(), progress: ({ text }: { text: string }) => void told.push(text) };
  await aggregateDay(
    { config: join(root, "rollout.yaml"), reports: join(root, "reports"), date: "2026-02-06", limits },
    context,
  );
  expect(told.join("\n")).toMatch(
    /dropping [\d,]+ events of 3 days \(2026-02-01 to 2026-02-03\) \(keep_events: 3\)/,
  );
  const { result } = await runCase(root, { date: "2026-02-07" });
  expect(result.checks.find(({ name }) => name === "events_dropped")).toMatchObject({
    status: "pass",
    detail: expect.stringMatching(/^[\d,]+ events of 2026-02-04 are no longer kept/),
  });
});

it("a night that is run again after it has dropped events sees what it saw in them", async () => {
  root = await afterTheLastNight();
  const once = lastResult();
  await runCase(root, { date: "2026-02-07" });
  const twice = lastResult();
  expect(once.checks.map(({ name }) => name)).toContain("events_dropped");
  expect(twice.checks.map(({ name }) => name)).not.toContain("events_dropped");
  expect(twice.measurement).toEqual(once.measurement);
  const { action, rule, latched } = once.decision;
  expect(twice.decision).toMatchObject({ action, rule, latched });
  const before = new Map(once.checks.map((check) => [check.name, JSON.stringify(check)]));
  const changed = twice.checks.filter((check) => before.get(check.name) !== JSON.stringify(check));
  // the one warns of open days alone, the other names the first of them
  expect(changed.map(({ name }) => name)).toEqual(["changed_columns", "closed_days"]);
});

it("a --date in the future is refused before anything is touched", async () => {
  for (const [command, options] of [
    [runCommand, { date: "2026-02-09" }],
    [runCommand, { from: "2026-02-01", to: "2026-03-01" }],
    [aggregateCommand, { date: "2027-01-01" }],
  ] as const) {
    const { refused } = await run(command, root, options, { now: "2026-02-08T08:00:00Z" });
    expect(refused).toMatch(
      /^usage: .* is in the future: today is 2026-02-08 \(UTC\) \| .*--date 2026-02-07$/,
    );
  }
  const { code } = await run(aggregateCommand, root, { date: "2026-02-08" }, { now: "2026-02-08T08:00:00Z" });
  expect(code).toBe(0);
});

it("a column is absent when no file has it, not because its rows were dropped", async () => {
  root = await afterTheLastNight();
  changeFile(root, "rollout.yaml", { "keep_events: 3": "keep_events: 0" });
  await runCase(root, { date: "2026-02-07" });
  writeFilesIn(root, { "queries/sources/feed_events.sql": "-- read anew\nSELECT * FROM feed_events\n" });
  const { result } = await runCase(root, { date: "2026-02-07" });
  expect(result.metrics.flatMap(({ name, unavailable }) => (unavailable === null ? [] : [name]))).toEqual([]);
});

it("aggregate --reload brings dropped days back, with the same sums, while their exports are there", async () => {
  root = await afterTheLastNight();
  const before = await ask(sums);
  expect(await ask(days)).toHaveLength(3);
  changeFile(root, "rollout.yaml", { "keep_events: 3": "keep_events: 30" });
  await run(aggregateCommand, root, { date: "2026-02-07" });
  expect(await ask(days)).toHaveLength(3);
  await run(aggregateCommand, root, { date: "2026-02-07", reload: true });
  expect(await ask(days)).toHaveLength(7);
  expect(await ask(sums)).toEqual(before);
  expect(await ask("SELECT value FROM load_state WHERE key = 'first_open_day'")).toEqual([]);
});

it("aggregate --reload leaves days closed of which an export is gone", async () => {
  root = await afterTheLastNight();
  const before = await ask(sums);
  rmSync(join(root, "exports/feed_events/2026-02-02.csv"));
  changeFile(root, "rollout.yaml", { "keep_events: 3": "keep_events: 30" });
  await run(aggregateCommand, root, { date: "2026-02-07", reload: true });
  expect((await ask(days))[0]).toBe("2026-02-03");
  expect(await ask(sums)).toEqual(before);
});

it("a store whose horizon an earlier version moved far ahead is healed by aggregate --reload", async () => {
  root = await afterTheLastNight();
  const before = await ask(sums);
  const engine = await openDuckDb({ file: join(root, ".gatebook/store.duckdb") });
  await engine.execute(
    "DELETE FROM event_rows; UPDATE load_state SET value = '2026-11-15' WHERE key = 'first_open_day'",
  );
  engine.close();
  appendFileSync(join(root, "exports/feed_events/2026-02-07.csv"), "");
  await run(aggregateCommand, root, { date: "2026-02-07", reload: true });
  expect(await ask(days)).toEqual(["2026-02-05", "2026-02-06", "2026-02-07"]);
  expect(await ask(sums)).toEqual(before);
});
