/** replay, backtest and calibrate on nights that were really run. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { backtestCommand } from "../../src/commands/backtest.ts";
import { calibrateCommand } from "../../src/commands/calibrate.ts";
import { compareCommand } from "../../src/commands/compare.ts";
import { evaluateCommand } from "../../src/commands/evaluate.ts";
import { queryCommand } from "../../src/commands/query.ts";
import { renderCommand } from "../../src/commands/render.ts";
import { replayCommand } from "../../src/commands/replay.ts";
import { runCommand } from "../../src/commands/run.ts";
import { showCommand } from "../../src/commands/show.ts";
import { renderAll } from "../../src/report/render.ts";
import { buildView } from "../../src/report/view/view.ts";
import { parseResult, serializeResult } from "../../src/result/serialize.ts";
import type { CalibrationReport } from "../../src/runs/calibrate/calibrate.ts";
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

it("replay and render take the folder of a night for its result.json", async () => {
  const folder = "reports/clip-cosine-v2/2026-02-02";
  expect((await run(replayCommand, root, { result: folder })).out).toMatch(/^IDENTICAL /);
  const rendered = await run(renderCommand, root, { result: folder, out: "again", format: ["txt"] });
  expect([rendered.code, rendered.out]).toEqual([0, "Wrote summary.txt to again"]);
  const empty = await run(replayCommand, root, { result: "queries" });
  expect(empty.refused).toMatch(/^input: there is no such file at .*queries\/result\.json/);
});

describe("show", () => {
  it("prints the summary of the newest night, or of another one, as its file has it", async () => {
    for (const [date, day] of [
      [undefined, "2026-02-02"],
      ["2026-02-01", "2026-02-01"],
    ]) {
      const report = `reports/clip-cosine-v2/${day}`;
      const { out } = await run(showCommand, root, date === undefined ? {} : { date });
      const [summary = "", , rest] = out.split(/\n\n(Report: )/);
      const kept = parseResult(readFileSync(join(root, report, "result.json"), "utf8"));
      const [file] = await renderAll(kept, { formats: ["txt"] });
      expect(summary).toBe(file?.content.trimEnd());
      if (rest !== undefined) expect(rest).toBe(`${report}/report.html`);
    }
  });

  it("says which night the ledger lacks, and what is no day", async () => {
    expect((await run(showCommand, root, { date: "2026-01-09" })).refused).toBe(
      "input: the ledger of clip-cosine-v2 does not keep a night of 2026-01-09 | gatebook history lists the nights",
    );
    expect((await run(showCommand, root, { date: "yesterday" })).refused).toMatch(
      /^usage: --date must be a day/,
    );
  });
});

it("compare and evaluate look at the rollout's algorithms over the gate so far", async () => {
  const window = { from: "2026-02-01", to: "2026-02-02" };
  const named = { ...window, baseline: "clip-cosine-v1", candidate: "clip-cosine-v2", json: true };
  const compared = await run(compareCommand, root, { json: true });
  expect(JSON.parse(compared.out)).toEqual(JSON.parse((await run(compareCommand, root, named)).out));
  const evaluated = await run(evaluateCommand, root, { json: true });
  expect(JSON.parse(evaluated.out)).toEqual(
    JSON.parse((await run(evaluateCommand, root, { ...window, json: true })).out),
  );
  const half = await run(compareCommand, root, { from: "2026-02-01" });
  expect(half.refused).toMatch(/^usage: --to is missing/);
});

it("compare writes values as the report does, in columns of a terminal and a line each in a pipe", async () => {
  const terminal = await run(compareCommand, root, {}, { columns: 80 });
  const piped = await run(compareCommand, root, {}, { columns: Number.POSITIVE_INFINITY });
  const tableOf = (out: string) => out.split("\n\n")[0]?.split("\n") ?? [];
  expect(tableOf(piped.out)[0]).toMatch(/^metric +baseline +candidate +delta +95% interval +classification/);
  expect(tableOf(piped.out)).toContainEqual(expect.stringMatching(/^ctr +\d+\.\d+% +\d+\.\d+% +[+−]/));
  expect(tableOf(piped.out)).toContainEqual(expect.stringMatching(/^save_rate .* informational /));
  expect(Math.max(...tableOf(terminal.out).map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(terminal.out).not.toContain("── row");
  const plain = await run(evaluateCommand, root, {});
  expect(plain.out).toMatch(/^ctr +clip-cosine-v1 +\d+\.\d+% +\d+ +\d+ /m);
});

it("a tried night leaves the ledger, the events and the newest report as they were", async () => {
  const tried = await madeWorkspace(onTestFinished);
  changeFile(tried, "rollout.yaml", { "keep_events: 14": "keep_events: 1" });
  await sampleInto(tried, { scenario: "healthy", days: 2, usersPerDay: 60 });
  const options = { date: "2026-02-02", format: ["txt"], try: true };
  const { code, out } = await run(runCommand, tried, options);
  expect([code, out]).toEqual([0, expect.stringContaining("Report: reports/clip-cosine-v2/2026-02-02-try/")]);
  expect(readdirSync(join(tried, "reports/clip-cosine-v2"))).toEqual(["2026-02-02-try"]);
  const asked = async (sql: string) => {
    writeFileSync(join(tried, "asked.sql"), sql);
    return await run(queryCommand, tried, { name: "asked.sql", csv: true });
  };
  expect((await asked("SELECT count(*) AS n FROM decisions")).out).toBe("n\n0");
  expect((await asked("SELECT count(DISTINCT event_date) AS n FROM events")).out).toBe("n\n2");
  expect((await run(runCommand, tried, { ...options, try: false })).code).toBe(0);
  const result = parseResult(
    readFileSync(join(tried, "reports/clip-cosine-v2/2026-02-02/result.json"), "utf8"),
  );
  expect([result.ledger.nights, result.changes]).toEqual([[], []]);
  expect(readFileSync(join(tried, "reports/index.html"), "utf8")).toContain("2026-02-02-try/");
  const both = { ...options, from: "2026-02-01", to: "2026-02-02", date: undefined };
  expect((await run(runCommand, tried, both)).refused).toMatch(/^usage: --try is for a night/);
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

describe("what a calibration with planted drops leaves", () => {
  const given = { splits: "20", concentrationSplits: "0", json: true };
  const planted = async (...plant: readonly string[]) => {
    const { out } = await run(calibrateCommand, root, { ...given, plant });
    return (JSON.parse(out) as CalibrationReport).planted;
  };
  const quoted = async (): Promise<string> => {
    const { result: night } = await runCase(root, { date: "2026-02-02" });
    expect(parseResult(serializeResult(night)).calibration).toEqual(night.calibration);
    return buildView(night).calibration ?? "";
  };

  it("is one row for each change, however they are written", async () => {
    const rows = await planted("ctr=-5%,-8%");
    expect(rows.map(({ metric, change }) => `${metric} ${change}`)).toEqual(["ctr -0.05", "ctr -0.08"]);
    expect(await planted("ctr=-5%,ctr=−8 %")).toEqual(rows);
    expect(await planted("ctr=-5%", "ctr=-0.08")).toEqual(rows);
    const { rolledBack, promoted, held } = rows[1] ?? {};
    expect((rolledBack?.share ?? 0) + (promoted?.share ?? 0) + (held?.share ?? 0)).toBeCloseTo(1, 12);
  });

  it("is quoted by the nights after it, and said to be older once a threshold has changed", async () => {
    await planted("ctr=-8%");
    const fresh = await quoted();
    expect(fresh).toMatch(
      /days 2026-02-01 to 2026-02-02, 20 splits of 2 nights at 10% under 3 guardrails: a h/,
    );
    expect(fresh).toMatch(/Click-through rate truly −8% rolled back in \d.* and promoted in /);
    expect(fresh).not.toContain("older than the configuration");
    changeFile(root, "rollout.yaml", { "severe: 10%": "severe: 11%" });
    expect(await quoted()).toContain(
      "older than the configuration (changed since: thresholds): run gatebook",
    );
    changeFile(root, "rollout.yaml", { "severe: 11%": "severe: 10%" });
  });

  it.each(["ctr", "ctr=", "=-5%", "ctr=-100%", "ctr=5", "ctr=0%", "ctr=--5%", "-5%"])(
    "refuses --plant %s, which is no metric with changes",
    async (plant) => {
      const { refused } = await run(calibrateCommand, root, { ...given, plant: [plant] });
      expect(refused).toMatch(/^usage: --plant takes a metric and its true changes, not /);
    },
  );
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
