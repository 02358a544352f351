/** replay, backtest and calibrate on nights that were really run. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backtestCommand } from "../../src/commands/backtest.ts";
import { calibrateCommand } from "../../src/commands/calibrate.ts";
import { replayCommand } from "../../src/commands/replay.ts";
import { runCase } from "../helpers/run-case.ts";
import { changeFile, madeWorkspace, sampleInto } from "../helpers/temp-workspace.ts";
import { run, workspace } from "./workspace.ts";

let root = "";
beforeAll(async () => {
  root = await madeWorkspace(afterAll);
  await sampleInto(root, { scenario: "healthy", days: 2, usersPerDay: 300 });
  await runCase(root, { date: "2026-02-01" });
  await runCase(root, { date: "2026-02-02" });
});

const result = "reports/clip-cosine-v2/2026-02-02/result.json";

it("replay says identical and exits 0, with and without a warehouse", async () => {
  const { code, out } = await run(replayCommand, root, { result });
  expect(out).toBe(
    "IDENTICAL  clip-cosine-v2 at g10, 2026-02-02: every number and the verdict are the same to the last digit",
  );
  expect(code).toBe(0);
  const elsewhere = workspace({});
  const alone = await run(replayCommand, elsewhere, { result: join(root, result), judgeOnly: true });
  expect(alone.out).toMatch(/^IDENTICAL .* the recorded measurement gives the recorded verdict$/);
  expect(alone.code).toBe(0);
  const without = await run(replayCommand, elsewhere, { result: join(root, result) });
  expect(without.refused).toMatch(/^input: there is no warehouse yet/);
});

it("replay names what a tampered record says, and exits 3", async () => {
  const tampered = join(root, "tampered.json");
  const text = readFileSync(join(root, result), "utf8");
  writeFileSync(tampered, text.replace('"candidateUnits": ', '"candidateUnits": 9'));
  const { code, out } = await run(replayCommand, root, { result: tampered });
  expect(out).toMatch(/^DIFFERS .*1 difference, though its inputs are the same\n {2}\S*candidateUnits\n/);
  expect(out).toMatch(/\n {4}recorded {2}9\d+\n {4}replayed {2}\d+$/);
  expect(code).toBe(3);
  writeFileSync(
    tampered,
    text
      .replace('"version": "0.0.0"', '"version": "0.0.9"')
      .replace("is not the last gate", "is surely not the last gate"),
  );
  const worded = await run(replayCommand, root, { result: tampered });
  expect(worded.out).toMatch(/^DIFFERS .* \(1 in wording\), though its inputs are the same\n/);
  expect(worded.out).toMatch(/\n {2}recorded by gatebook 0\.0\.9, this is 0\.0\.0$/);
  const json = await run(replayCommand, root, { result: tampered, json: true });
  expect(JSON.parse(json.out)).toMatchObject({ outcome: "differs", inputs: [], missing: [] });
});

it("backtest judges the kept nights by today's rollout.yaml, or by what --set says", async () => {
  const same = await run(backtestCommand, root);
  expect(same.out).toContain("0 of 2 verdicts flip");
  // 60 candidate users a day: the bare thresholds say something on what evidence calls too little.
  const literal = await run(backtestCommand, root, {
    set: ["judge=literal", "min_sample.impressions=1", "min_sample.clicks=1", "ctr.drop.warning=0.01%"],
    json: true,
  });
  const { nights } = JSON.parse(literal.out);
  expect(nights.map(({ date }: { date: string }) => date)).toEqual(["2026-02-01", "2026-02-02"]);
  expect(nights.every(({ reproduces }: { reproduces: boolean }) => reproduces)).toBe(true);
  const unknown = await run(backtestCommand, root, { set: ["ctrr.drop.rollback=4%"] });
  expect(unknown.refused).toMatch(/^config: .*there is no metric "ctrr"; did you mean "ctr"\?/);
  const missing = await run(backtestCommand, root, { thresholds: "nowhere.yaml" });
  expect(missing.refused).toMatch(/^config: this file does not exist or cannot be read at .*nowhere\.yaml/);
});

it("calibrate prints the runbook's line for this config on this data", async () => {
  const { code, out } = await run(calibrateCommand, root, { splits: "30", concentrationSplits: "2" });
  expect(code).toBe(0);
  expect(out).toMatch(
    /^clip-cosine-v1 against itself: \d+ units, 2026-02-01 to 2026-02-02 \(2 nights\), 10% of them/,
  );
  const promise =
    /P\(rollback on a harmless candidate within 2 nights\) literal .*, evidence .* \((\d) guardrails, (\d+) splits\)\.$/gm;
  expect([...out.matchAll(promise)].map(([, guardrails, splits]) => `${guardrails} ${splits}`)).toEqual([
    "3 30",
    "5 2",
  ]);
  expect(out).toMatch(/^\| top_author_share +\| literal +\|.*\| 2 +\|$/m);
});

it("calibrate refuses shares and splits that are none, and a gate that serves everyone", async () => {
  const refused = async (given: Readonly<Record<string, unknown>>): Promise<string> =>
    (await run(calibrateCommand, root, given)).refused;
  expect(await refused({ share: "100%" })).toMatch(
    /^usage: --share must be more than 0% and less than 100%, not "100%"/,
  );
  expect(await refused({ splits: "1" })).toMatch(
    /^usage: --splits must be a whole number of at least 2, not "1"/,
  );
  expect(await refused({ from: "2026-03-01" })).toMatch(/^usage: --from 2026-03-01 is after --to 2026-02-02/);
  changeFile(root, "rollout.yaml", {
    "active_gate: g10": "active_gate: g100",
    "exposure: 100%, min_days": "exposure: 100%, started: 2026-02-01, min_days",
  });
  expect(await refused({})).toMatch(/^usage: g100 serves everyone, .* \| name a share: --share 10%$/);
});
