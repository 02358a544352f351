/** A verdict never pools days whose single events are gone with days that are counted by another definition. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { aggregateCommand } from "../../src/commands/aggregate.ts";
import { recordCommand } from "../../src/commands/record.ts";
import type { CheckResult, Result } from "../../src/model/result.ts";
import { run } from "../commands/workspace.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { caseTime, runCase } from "../helpers/run-case.ts";
import { changeFile, copiedWorkspace, sampleInto, writeFilesIn } from "../helpers/temp-workspace.ts";

const staging = "queries/sources/feed_events.sql";
const all = "SELECT * FROM feed_events\n";

let root: string;
beforeEach(async () => {
  const firstNight = async (made: string): Promise<void> => {
    judgeBy(made, "ctr");
    await sampleInto(made, { scenario: "thin", usersPerDay: 60 });
    writeFilesIn(made, { [staging]: all });
    await runCase(made, { date: "2026-02-06" });
  };
  const settings = { "keep_events: 14": "keep_events: 3" };
  root = await copiedWorkspace(onTestFinished, "closed-days", firstNight, settings);
});

const checkOf = ({ checks }: Pick<Result, "checks">, name: string): CheckResult | undefined =>
  checks.find((check) => check.name === name);

async function tonight(): Promise<{ readonly result: Result; readonly closed: CheckResult | undefined }> {
  const { result } = await runCase(root, { date: "2026-02-07" });
  return { result, closed: checkOf(result, "closed_days") };
}

it("a comment in a staging file or a relation changes nothing", async () => {
  writeFilesIn(root, { [staging]: `-- all of them\n${all.toLowerCase()}` });
  const relation = join(root, "queries/relations/user_days.sql");
  writeFileSync(relation, `${readFileSync(relation, "utf8")}-- counted by unit\n`);
  const { closed } = await tonight();
  expect(closed).toMatchObject({ status: "pass", accept: null });
});

it("another staging query holds, names the days, and is settled by a word that names this very change", async () => {
  writeFilesIn(root, { [staging]: "SELECT * FROM feed_events WHERE user_id NOT LIKE '%1'\n" });
  const { result, closed } = await tonight();
  expect(result.decision.action).toBe("hold");
  expect(closed).toMatchObject({
    status: "fail",
    effect: "block",
    detail: expect.stringMatching(
      /^feed_events on 2026-02-01 to 2026-02-03: their files now have another number of rows \(\d+ → \d+; changed: staging\); the relations keep these days as they were counted/,
    ),
    accept: expect.stringMatching(/^closed-days:[0-9a-f]{8}$/),
  });
  expect(result.decision.next.join("\n")).toContain(`gatebook record accept ${closed?.accept}`);
  const accepted = { kind: "accept", what: closed?.accept, by: "ada", reason: "bots are few" };
  await run(recordCommand, root, accepted, { now: caseTime });
  const again = await tonight();
  expect(again.closed).toMatchObject({
    status: "warn",
    detail: expect.stringContaining("accepted by ada (bots are few)"),
  });
  // another change is another word
  writeFilesIn(root, { [staging]: "SELECT * FROM feed_events WHERE user_id NOT LIKE '%2'\n" });
  expect((await tonight()).closed).toMatchObject({ status: "fail" });
});

it("days that are loaded again are counted by the new definition", async () => {
  writeFilesIn(root, { [staging]: "SELECT * FROM feed_events WHERE user_id NOT LIKE '%1'\n" });
  expect((await tonight()).closed?.status).toBe("fail");
  await run(aggregateCommand, root, { date: "2026-02-07", reload: true }, { now: caseTime });
  expect((await tonight()).closed?.status).toBe("pass");
});

it("another SQL of a relation keeps its closed days and says whose they are", async () => {
  changeFile(root, "queries/relations/user_days.sql", { "dwell_seconds >= 30": "dwell_seconds >= 20" });
  const { result, closed } = await tonight();
  expect(closed).toMatchObject({
    status: "fail",
    detail: expect.stringMatching(/^relation user_days on 2026-02-01 to 2026-02-03: made by an earlier SQL/),
  });
  expect(result.traffic.days.map(({ date }) => date)).toContain("2026-02-01");
  changeFile(root, "queries/relations/user_days.sql", { "dwell_seconds >= 20": "dwell_seconds >= 30" });
  // the day that was closed meanwhile is the other SQL's
  expect((await tonight()).closed?.detail).toMatch(
    /^relation user_days on 2026-02-04: made by an earlier SQL/,
  );
});

it("given days that are not those of the times ask for the source's time zone", async () => {
  const shifted = "CAST(CAST(occurred_at AS TIMESTAMP) + INTERVAL 2 HOUR AS DATE) AS event_date";
  writeFilesIn(root, { [staging]: `SELECT *, ${shifted} FROM feed_events\n` });
  const { result } = await tonight();
  expect(result.decision.action).toBe("hold");
  expect(checkOf(result, "given_days")).toMatchObject({
    status: "fail",
    effect: "block",
    detail: expect.stringMatching(
      /^time_zone of the source\? feed_events: on 2026-02-0\d \d+\.\d% of the rows \(\d+ of \d+\)/,
    ),
  });
});
