/** What people get wrong, through the command line: the exit code and the very words on standard error. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { parseResult } from "../../src/result/serialize.ts";
import type { Ran } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import {
  changeFile,
  madeWorkspace,
  type Replacements,
  sampleInto,
  writeFilesIn,
} from "../helpers/temp-workspace.ts";

const night = ["run", "--date", "2026-02-07", "--quiet", "--format", "txt"] as const;
const nightOnPage = [...night, "--format", "html"] as const;

it("an option given twice counts twice where it takes several values, and once where it takes one", async () => {
  const root = await madeWorkspace(onTestFinished);
  for (const settings of [
    ["nonsense", "judge=literal"],
    ["judge=literal", "nonsense"],
  ]) {
    const twice = await gatebook(root, "backtest", ...settings.flatMap((setting) => ["--set", setting]));
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining("nonsense") });
  }
  const last = await gatebook(root, "check", "--format", "text", "--format", "github");
  expect(last).toMatchObject({ code: 0, stderr: "" });
});

async function sampleWorkspace(finish: (remove: () => void) => void, replacements: Replacements = {}) {
  const root = await madeWorkspace(finish, replacements);
  judgeBy(root, "ctr");
  await sampleInto(root, { scenario: "healthy", usersPerDay: 60 });
  return root;
}

function lastResult(root: string): Result {
  return parseResult(readFileSync(join(root, "reports/clip-cosine-v2/latest/result.json"), "utf8"));
}

describe("the command line", () => {
  it.each([
    [["rum"], 'error: there is no command "rum"; did you mean "run"?\n'],
    [["frobnicate"], 'error: there is no command "frobnicate"\n'],
    [
      ["new", "metrc", "a"],
      'error: kind must be metric, check, cell, relation, dimension or source, not "metrc"; did you mean "metric"?\n',
    ],
    [
      ["check", "--format", "githb"],
      'error: --format must be text or github, not "githb"; did you mean "github"?\n',
    ],
    [["run", "--dat", "2026-02-07"], 'error: Unknown argument: dat; did you mean "date"?\n'],
    [["run", "--fail-on", "warning"], 'error: --fail-on must be hold or rollback, not "warning"\n'],
    [[], "a command is missing"],
  ])("%j is refused, and says where help is", async (words, said) => {
    const root = await madeWorkspace(onTestFinished);
    const { code, stdout, stderr } = await gatebook(root, ...words);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(said);
    expect(stderr).toContain(
      "hint: gatebook --help shows every command, gatebook COMMAND --help its options",
    );
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("refuses a day that the calendar does not have", async () => {
    const root = await madeWorkspace(onTestFinished);
    expect(await gatebook(root, "run", "--date", "2026-02-30")).toEqual({
      code: 2,
      stdout: "",
      stderr: 'error: --date must be a day, not "2026-02-30"\n  hint: write a day as 2026-02-07\n',
    });
  });

  it("refuses a night of another gate than the active one", async () => {
    const root = await sampleWorkspace(onTestFinished);
    changeFile(root, "rollout.yaml", {
      "active_gate: g10": "active_gate: g50",
      "exposure: 50%,": "exposure: 50%, started: 2026-02-05,",
    });
    expect(await gatebook(root, "run", "--date", "2026-02-03", "--quiet")).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: 2026-02-03 is a day of g10, and gate g50 starts on 2026-02-05
  at WORKSPACE/rollout.yaml
  hint: pass a later --date, or set active_gate and started to the gate of that day
`,
    });
  });
});

/** AT(text) → line:column at which rollout.yaml has the text first; +10: so many characters further. */
function placed(root: string, message: string): string {
  const yaml = readFileSync(join(root, "rollout.yaml"), "utf8");
  return message.replace(/AT\((.+?)\)(?:\+(\d+))?/g, (_, wanted: string, further = "0") => {
    const before = yaml.slice(0, yaml.indexOf(wanted)).split("\n");
    return `${before.length}:${(before.at(-1) ?? "").length + 1 + Number(further)}`;
  });
}

describe("rollout.yaml", () => {
  const refused: readonly (readonly [string, Replacements, string])[] = [
    [
      "two misspelt keys are both told, with what was meant",
      {
        "ctr: { drop: { warning: 3%": "ctr: { drop: { wraning: 3%",
        "persistent_warning_days: 2": "persistant_warning_days: 2",
      },
      `error: 2 mistakes in WORKSPACE/rollout.yaml
  WORKSPACE/rollout.yaml:AT(wraning): unknown key "wraning"; did you mean "warning"? (in thresholds.ctr.drop)
  WORKSPACE/rollout.yaml:AT(persistant_warning_days): unknown key "persistant_warning_days"; did you mean "persistent_warning_days"?
  at WORKSPACE/rollout.yaml:AT(wraning)
`,
    ],
    [
      "thresholds out of order are refused",
      { "warning: 3%, rollback: 5%, severe: 10%": "warning: 6%, rollback: 5%, severe: 10%" },
      `error: thresholds.ctr.drop.rollback: rollback 5% must be above warning 6%
  at WORKSPACE/rollout.yaml:AT(rollback: 5%, severe: 10%)+10
`,
    ],
    [
      "a threshold for a metric without a file is refused",
      { "  save_rate: { role: informational }": "  click_rate: { drop: { warning: 3%, rollback: 5% } }" },
      `error: thresholds.click_rate: there is no metric "click_rate"
  at WORKSPACE/rollout.yaml:AT(click_rate:)
  hint: a metric is a file: queries/metrics/click_rate.sql
`,
    ],
    [
      "an active gate that is not in the list is refused",
      { "active_gate: g10": "active_gate: g20" },
      `error: active_gate: no gate is called "g20"; did you mean "g10"?
  at WORKSPACE/rollout.yaml:AT(g20)
  hint: gates: g10, g50, g100
`,
    ],
  ];

  it.each(refused)("%s", async (_, replacements, stderr) => {
    const root = await madeWorkspace(onTestFinished, replacements);
    expect(await gatebook(root, ...night)).toEqual({ code: 2, stdout: "", stderr: placed(root, stderr) });
  });

  it("a file that is not there is told with what makes one", async () => {
    const root = await madeWorkspace(onTestFinished);
    expect(await gatebook(root, "run", "--config", "nowhere.yaml")).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: there is no such file
  at WORKSPACE/nowhere.yaml
  hint: gatebook init DIR makes a workspace with a rollout.yaml to start from; --config FILE names another file
`,
    });
  });
});

describe("exports", () => {
  it("without any file of events there is no night", async () => {
    const root = await madeWorkspace(onTestFinished);
    mkdirSync(join(root, "exports/feed_events"), { recursive: true });
    expect(await gatebook(root, ...night)).toEqual({
      code: 4,
      stdout: "",
      stderr: `error: source feed_events: no file matches exports/feed_events/*.csv
  at WORKSPACE/rollout.yaml
  hint: looked under WORKSPACE; check that the export has run, and the pattern under sources
`,
    });
  });

  it("a source that is missing holds the night and is named first, with a report, and exits 4", async () => {
    const root = await sampleWorkspace(onTestFinished);
    rmSync(join(root, "exports/items.parquet"));
    rmSync(join(root, "exports/user_discovery_events"), { recursive: true });
    expect((await gatebook(root, ...night)).code).toBe(4);
    const { decision, loads } = lastResult(root);
    expect(decision.action).toBe("hold");
    expect(decision.reasons[0]).toBe(
      '"Every source has its files" fails: source user_discovery_events: no file matches exports/user_discovery_events/**/*.jsonl.gz; source items: no file exports/items.parquet.',
    );
    expect(loads).toHaveLength(7);
  });

  it("a source that is missing delays no rollback", async () => {
    const root = await madeWorkspace(onTestFinished, {
      "judge: evidence": "judge: literal",
      "impressions: 1000, clicks: 100": "impressions: 10, clicks: 1",
    });
    judgeBy(root, "ctr");
    await sampleInto(root, { scenario: "severe", usersPerDay: 200 });
    const code = async () => (await gatebook(root, ...night, "--fail-on", "rollback")).code;
    expect(await code()).toBe(20);
    const control = lastResult(root);
    rmSync(join(root, "exports/items.parquet"));
    expect(await code()).toBe(20);
    expect(lastResult(root).decision).toMatchObject({ action: "rollback", rule: control.decision.rule });
    expect(lastResult(root).metrics).toEqual(control.metrics);
  });

  it("no file of events that can be read is a hold that names the files, with a report, and exits 4", async () => {
    const root = await madeWorkspace(onTestFinished);
    await sampleInto(root, { scenario: "healthy", usersPerDay: 60, days: 1 });
    rmSync(join(root, "exports/user_discovery_events"), { recursive: true });
    writeFilesIn(root, {
      "exports/feed_events/2026-02-01.csv": "<html>503 Service Unavailable</html>\n",
      "exports/user_discovery_events/2026-02-01/part.jsonl.gz": "not gzip",
    });
    const { code, stdout } = await gatebook(root, ...night);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^HOLD {2}clip-cosine-v2 at g10, 2026-02-07\n"Every file could be read" fails: /);
    const { decision } = lastResult(root);
    expect(decision.reasons[0]).toContain("exports/feed_events/2026-02-01.csv");
    expect(decision.reasons[0]).toContain("exports/user_discovery_events/2026-02-01/part.jsonl.gz");
    expect(decision.reasons[1]).toMatch(/^As a consequence .*"Every guardrail was measured"/);
    expect(decision.reasons).toHaveLength(2);
    const summary = readFileSync(join(root, "reports/clip-cosine-v2/latest/summary.txt"), "utf8");
    expect(summary.replaceAll("\n  ", " ")).toContain(`\n${decision.reasons[0]}\n`);
  });

  it("a candidate that the exports spell otherwise is told by both names, before its missing days and guardrails", async () => {
    const root = await sampleWorkspace(onTestFinished, {
      "  candidate: clip-cosine-v2": "  candidate: clip-cosine-V2",
    });
    expect((await gatebook(root, ...night)).code).toBe(0);
    const { decision, checks } = lastResult(root);
    expect(checks.find(({ name }) => name === "algorithm_names")?.status).toBe("fail");
    expect(decision.reasons[0]).toMatch(
      /^"The data have the algorithms of rollout.yaml" fails: "clip-cosine-V2" has no impression from 2026-02-01 to 2026-02-07; the data have "clip-cosine-v2" \([\d,]+ impressions\): did you mean that/,
    );
    expect(decision.reasons[1]).toMatch(/^As a consequence .*"Every guardrail was measured"/);
  });

  it("broken rows are counted, told by line and reason, and block promote; the night goes on", async () => {
    const root = await sampleWorkspace(onTestFinished, { "judge: evidence": "judge: literal" });
    const path = "exports/feed_events/2026-02-07.csv";
    const lines = readFileSync(join(root, path), "utf8").trimEnd().split("\n");
    const broken = Array.from({ length: 10 }, () => "only,three,fields");
    lines.splice(9, 0, "e-1,feed_impression,soon,u-1,s-1,item-1,clip-cosine-v1,,1", ...broken);
    writeFilesIn(root, { [path]: `${lines.join("\n")}\n` });

    const { code, stdout, stderr } = await gatebook(root, ...night);
    expect([code, stdout, stderr]).toEqual([0, "", ""]);

    const result = lastResult(root);
    expect(result.decision.action).toBe("hold");
    const load = result.loads.find(({ file }) => file === path);
    expect(load?.rejected).toBe(11);
    expect(load?.read).toBe(lines.length - 1);
    expect(load?.rejectedByReason).toEqual({ not_a_time: 1, too_few_columns: 10 });
    const check = result.checks.find(({ name }) => name === "rejected_rows");
    expect([check?.status, check?.effect]).toEqual(["fail", "block"]);
    expect(result.decision.rule).toBe("data");
    expect(result.decision.reasons[0]).toContain(
      `(not_a_time 1, too_few_columns 10), e.g. ${path}:11 "only,three,fields"`,
    );

    writeFilesIn(root, {
      "rejected.sql": "SELECT line, reason, raw FROM rejected_rows ORDER BY line LIMIT 2",
    });
    const told = await gatebook(root, "query", "rejected.sql", "--csv");
    expect(told.stdout).toBe(`line,reason,raw
10,not_a_time,"e-1,feed_impression,soon,u-1,s-1,item-1,clip-cosine-v1,,1"
11,too_few_columns,"only,three,fields"
`);
  });
});

it("a chart that cannot be drawn exits 3; its cell ran, and the night is judged as without it", async () => {
  const root = await sampleWorkspace(onTestFinished);
  const plain = await gatebook(root, ...nightOnPage);
  expect(plain.code).toBe(0);
  const { decision } = lastResult(root);
  writeFilesIn(root, {
    "queries/cells/undrawn.sql": "-- @title Undrawn\n-- One row.\nSELECT 1 AS one FROM rollout\n",
    "queries/cells/undrawn.vl.json":
      '{"data": {"name": "rows"}, "mark": "image", "encoding": {"x": {"field": "one"}}}',
  });
  const ran = await gatebook(root, ...nightOnPage);
  expect(ran).toMatchObject({ code: 3, stdout: expect.stringContaining("HOLD  clip-cosine-v2") });
  const { cells, checks, ...result } = lastResult(root);
  expect(cells.find(({ name }) => name === "undrawn")).toMatchObject({
    rows: [[1]],
    error: { file: "queries/cells/undrawn.vl.json", message: "a chart cannot draw images" },
  });
  expect(checks.find(({ name }) => name === "cells_ran")?.status).toBe("pass");
  expect(result.decision).toEqual(decision);
});

describe("SQL files", () => {
  const header = "-- @title Bad\n-- One row.\n";
  const metricHeader =
    "-- @title Bad\n-- @unit percent\n-- @better higher\n-- @denominator impressions\n-- One row.\n";
  const bad = {
    "queries/cells/typo_in_header.sql": "-- @tilte Clicks\n-- One row.\nSELECT 1 AS one FROM rollout\n",
    "queries/cells/does_not_parse.sql": `${header}SELEC baseline FROM rollout\n`,
    "queries/cells/does_not_bind.sql": `${header}SELECT event_date, impresions FROM user_days\n`,
    "queries/cells/two_statements.sql": `${header}SELECT 1 AS one FROM rollout; DROP TABLE rollout\n`,
    "queries/checks/unknown_table.sql": `${header}SELECT 'pass' AS status, 0 AS observed, 0 AS expected, '' AS detail\nFROM user_dais\n`,
    "queries/metrics/misses_a_column.sql": `${metricHeader}SELECT event_date, algo_version, unit_id, clicks AS numerator\nFROM user_days\n`,
  };
  let root: string;
  let ran: Ran;
  let result: Result;

  beforeAll(async () => {
    root = await sampleWorkspace(afterAll, { "judge: evidence": "judge: literal" });
    writeFilesIn(root, bad);
    ran = await gatebook(root, ...nightOnPage);
    result = lastResult(root);
  });

  it("that are broken stop neither the night nor the report: it holds and exits 3", () => {
    expect([ran.code, ran.stderr]).toEqual([3, ""]);
    expect(ran.stdout).toContain("HOLD  clip-cosine-v2 at g10, 2026-02-07");
    expect(result.decision.rule).toBe("data");
    expect(result.metrics.find(({ name }) => name === "ctr")?.error).toBeNull();
  });

  it("are told one by one in the record, each with its place", () => {
    const errors = [...result.cells, ...result.checks, ...result.metrics].flatMap(({ error }) =>
      error === null ? [] : [[error.file, error.line, error.column, error.message] as const],
    );
    expect([...new Set(errors.map((error) => error.join(" | ")))].sort()).toEqual([
      'queries/cells/does_not_bind.sql | 3 | 20 | Referenced column "impresions" not found in FROM clause!',
      'queries/cells/does_not_parse.sql | 3 | 1 | syntax error at or near "SELEC"',
      "queries/cells/two_statements.sql | 3 | 31 | the file has 2 statements",
      "queries/cells/typo_in_header.sql | 1 | 4 | unknown header key @tilte",
      'queries/checks/unknown_table.sql | 4 | 6 | unknown table "user_dais"; did you mean "user_days"?',
      'queries/metrics/misses_a_column.sql | 6 | 1 | the metric returns no column "denominator"',
    ]);
  });

  it("show in the report with the source line and a caret under the place", () => {
    const html = readFileSync(join(root, "reports/clip-cosine-v2/latest/report.html"), "utf8");
    expect(html).toContain(`SELECT event_date, impresions FROM user_days\n${" ".repeat(19)}^`);
    expect(html).toContain("queries/cells/does_not_bind.sql:3:20");
  });

  it("leave the tables they meant to drop", async () => {
    const kept = await gatebook(root, "query", "freshness", "--csv");
    expect([kept.code, kept.stderr]).toEqual([0, ""]);
  });

  it("are found without data by check, which exits 2", async () => {
    const { code, stdout, stderr } = await gatebook(root, "check");
    expect([code, stderr]).toEqual([2, ""]);
    for (const told of [
      "queries/cells/typo_in_header.sql:1:4: error: unknown header key @tilte\n    -- @tilte Clicks\n       ^\n  hint: did you mean @title?\n",
      'queries/cells/does_not_parse.sql:3:1: error: syntax error at or near "SELEC"\n    SELEC baseline FROM rollout\n    ^\n',
      'queries/cells/does_not_bind.sql:3:20: error: Referenced column "impresions" not found in FROM clause!\n',
      "queries/cells/two_statements.sql:3:31: error: the file has 2 statements\n    SELECT 1 AS one FROM rollout; DROP TABLE rollout\n",
      'queries/checks/unknown_table.sql:4:6: error: unknown table "user_dais"; did you mean "user_days"?\n',
      'queries/metrics/misses_a_column.sql:6:1: error: the metric returns no column "denominator"\n',
      "6 errors, 0 warnings\n",
    ])
      expect(stdout).toContain(told);
  });

  it("fail alone when they are asked for alone, with exit code 3", async () => {
    expect(await gatebook(root, "query", "does_not_bind")).toEqual({
      code: 3,
      stdout: "",
      stderr: `error: Referenced column "impresions" not found in FROM clause!
    SELECT event_date, impresions FROM user_days
                       ^
  at queries/cells/does_not_bind.sql:3:20
  hint: did you mean "impressions"?
`,
    });
  });

  it("are read from standard input as well, whole or broken", async () => {
    const whole = { cwd: root, input: "SELECT baseline FROM rollout" };
    const fine = await gatebook(whole, "query", "-", "--csv");
    expect(fine).toEqual({ code: 0, stdout: "baseline\nclip-cosine-v1\n", stderr: "" });
    expect(await gatebook({ ...whole, input: "SELECT baselin FROM rollout" }, "query", "-")).toEqual({
      code: 3,
      stdout: "",
      stderr: `error: Referenced column "baselin" not found in FROM clause!
    SELECT baselin FROM rollout
           ^
  at standard input:1:8
  hint: did you mean "baseline"?
`,
    });
  });

  it("are no folders", async () => {
    const { code, stderr } = await gatebook(root, "query", "queries");
    expect(code).toBe(2);
    expect(stderr).toContain('error: there is no query or file "queries"\n');
  });

  it("are told by a name that is nearly theirs", async () => {
    expect(await gatebook(root, "query", "freshnes")).toEqual({
      code: 2,
      stdout: "",
      stderr: 'error: there is no query or file "freshnes"\n  hint: did you mean freshness?\n',
    });
  });
});
