/** Exit codes are what a scheduler sees of a night: each is shown here. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { exitCodeFor } from "../../src/commands/run.ts";
import { readResult } from "../../src/result/read-result.ts";
import type { Scenario } from "../../src/sample/scenario.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { holdDatabase } from "../helpers/hold-database.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { copiedWorkspace, madeWorkspace, sampleInto, writeFilesIn } from "../helpers/temp-workspace.ts";

const night = ["run", "--date", "2026-02-07", "--quiet", "--format", "txt"] as const;

const broken = { "queries/cells/broken.sql": "-- @title Broken\n-- One row.\nSELECT nothing FROM rollout\n" };

/** Bare thresholds on little data: what a scenario plants is what it says. */
const settings = {
  "judge: evidence": "judge: literal",
  "min_sample: { impressions: 1000, clicks: 100 }": "min_sample: { impressions: 100, clicks: 10 }",
};

async function exportsOf(scenario: Scenario, root: string): Promise<void> {
  judgeBy(root, "ctr", "near_duplicate_share");
  await sampleInto(root, { scenario, usersPerDay: 300 });
}

async function workspaceOf(scenario: Scenario, finish = onTestFinished): Promise<string> {
  const root = await madeWorkspace(finish, settings);
  await exportsOf(scenario, root);
  return root;
}

/** After a night of its own, so that another has little to load. */
function healthyNight(): Promise<string> {
  const firstNight = async (root: string): Promise<void> => {
    await exportsOf("healthy", root);
    await gatebook(root, ...night);
  };
  return copiedWorkspace(onTestFinished, "exit-codes", firstNight, settings);
}

/** Of the night that was run there, with another --fail-on. */
function codeOf(root: string, failOn: "hold" | "rollback" | undefined): number {
  return exitCodeFor(readResult(join(root, "reports/clip-cosine-v2/latest/result.json")), failOn);
}

describe("a rollback", () => {
  let root: string;
  beforeAll(async () => {
    root = await workspaceOf("rollback", afterAll);
  });

  it("exits 0 unless a pipeline asked to fail: the job ran, and under --quiet cron has nothing to mail", async () => {
    expect(await gatebook(root, ...night)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("exits 20 with --fail-on rollback, and says why under --quiet, too", async () => {
    const { code, stdout, stderr } = await gatebook(root, ...night, "--fail-on", "rollback");
    expect([code, stderr]).toEqual([20, ""]);
    expect(stdout).toMatch(/^ROLLBACK {2}clip-cosine-v2 at g10, 2026-02-07\n.+\nReport: reports\//);
  });

  it("exits 20 with --fail-on hold, which includes it, rather than 3 when a query fails as well", async () => {
    writeFilesIn(root, broken);
    expect((await gatebook(root, ...night, "--fail-on", "hold")).code).toBe(20);
    expect(codeOf(root, undefined)).toBe(3);
  });
});

describe("a hold", () => {
  let root: string;
  beforeAll(async () => {
    root = await workspaceOf("warning", afterAll);
  });

  it("exits 10 with --fail-on hold, and 0 with --fail-on rollback", async () => {
    const hold = await gatebook(root, ...night, "--fail-on", "hold");
    expect(hold.stdout).toMatch(/^HOLD {2}/);
    expect(hold.code).toBe(10);
    expect(codeOf(root, "rollback")).toBe(0);
  });

  it("exits 10 rather than 3 when a query fails as well", async () => {
    writeFilesIn(root, broken);
    expect((await gatebook(root, ...night, "--fail-on", "hold")).code).toBe(10);
  });
});

it("a promote exits 0 whatever --fail-on says", async () => {
  const root = await healthyNight();
  const words = night.filter((word) => word !== "--quiet");
  const { code, stdout } = await gatebook(root, ...words, "--fail-on", "hold");
  expect(stdout).toMatch(/^PROMOTE {2}/);
  expect(code).toBe(0);
});

it("a hold because nothing arrived for the report date exits 4, where one that waits exits 0", async () => {
  const root = await healthyNight();
  const words = ["run", "--quiet", "--format", "txt", "--fail-on", "rollback", "--date"] as const;
  const { code, stdout } = await gatebook(root, ...words, "2026-02-09");
  expect(stdout).toMatch(
    /^HOLD .*\n"The newest events are of the report date" fails: the newest events are of 2026-02-07/,
  );
  expect(code).toBe(4);
  expect(await gatebook(root, ...words, "2026-02-02")).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("bad configuration exits 2", async () => {
  const root = await madeWorkspace(onTestFinished, { "judge: evidence": "judge: evidently" });
  expect((await gatebook(root, ...night)).code).toBe(2);
});

describe("a source of which every file is refused", () => {
  let root: string;
  beforeAll(async () => {
    root = await workspaceOf("healthy", afterAll);
    const saves = "exports/user_discovery_events";
    rmSync(join(root, saves), { recursive: true });
    writeFilesIn(root, { [`${saves}/2026-02-01/part.jsonl.gz`]: "not gzip" });
  });

  it("exits 4, with a report that says so, and rather than 3 when a query fails as well", async () => {
    writeFilesIn(root, broken);
    const { code, stdout } = await gatebook(root, ...night);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^HOLD {2}.*\n"Every file could be read" fails: exports\/user_discovery_events\//);
    expect(stdout).toContain("Report: reports/");
    rmSync(join(root, "queries/cells/broken.sql"));
  });

  it("exits 10 with --fail-on hold: the verdict comes first", () => {
    expect(codeOf(root, "hold")).toBe(10);
  });

  it("aggregate names the file and the reason, and exits 4", async () => {
    const { code, stdout } = await gatebook(root, "aggregate", "--date", "2026-02-07", "--quiet");
    expect(code).toBe(4);
    expect(stdout).toMatch(
      /\nfail {2}Every file could be read: exports\/user_discovery_events\/2026-02-01\/part\.jsonl\.gz /,
    );
  });
});

describe("rejected rows", () => {
  const file = "exports/feed_events/2026-02-07.csv";
  const row = (at: number) => `r-${at},feed_impression,soon,u-1,s-1,item-1,clip-cosine-v1,,1`;

  it("past max_rejected let aggregate exit 4, with one of them quoted", async () => {
    const root = await healthyNight();
    const lines = readFileSync(join(root, file), "utf8").trimEnd().split("\n");
    const rows = Array.from({ length: 200 }, (_, at) => row(at));
    writeFilesIn(root, { [file]: `${[lines[0], ...rows, ...lines.slice(1)].join("\n")}\n` });
    const { code, stdout } = await gatebook(root, "aggregate", "--date", "2026-02-07", "--quiet");
    expect(code).toBe(4);
    expect(stdout).toContain(`rows (not_a_time 200), e.g. ${file}:2 occurred_at in "${row(0)}"`);
  });

  it("within it are named, and exit 0", async () => {
    const root = await healthyNight();
    const lines = readFileSync(join(root, file), "utf8").trimEnd().split("\n");
    writeFilesIn(root, { [file]: `${[lines[0], row(0), ...lines.slice(1)].join("\n")}\n` });
    const { code, stdout } = await gatebook(root, "aggregate", "--date", "2026-02-07");
    expect(code).toBe(0);
    expect(stdout).toContain(row(0));
  });
});

it("a source of which every row is rejected exits 4, with a report", async () => {
  const root = await workspaceOf("healthy");
  const saves = "exports/user_discovery_events";
  rmSync(join(root, saves), { recursive: true });
  const saved = Array.from(
    { length: 20 },
    (_, at) => `{"event_id":"s${at}","event_type":"saved","occurred_at":"2026-02-07"}`,
  );
  mkdirSync(join(root, saves));
  writeFileSync(join(root, saves, "part.jsonl.gz"), gzipSync(saved.join("\n")));
  const { code, stdout } = await gatebook(root, ...night);
  expect(stdout).toContain("20 of 20 rows (unknown_event_type 20)");
  expect(code).toBe(4);
});

it("a check that could not be evaluated exits 3, though no query failed", async () => {
  const root = await healthyNight();
  const empty =
    "-- @title Empty\n-- No row.\nSELECT 'pass' AS status, 0 AS observed, 0 AS expected, '' AS detail FROM rollout WHERE 1 = 0\n";
  writeFilesIn(root, { "queries/checks/empty.sql": empty });
  expect((await gatebook(root, ...night)).code).toBe(3);
});

it("missing exports exit 4", async () => {
  const root = await madeWorkspace(onTestFinished);
  expect((await gatebook(root, ...night)).code).toBe(4);
});

it("no warehouse yet exits 4 for whoever asks it", async () => {
  const root = await madeWorkspace(onTestFinished);
  expect(await gatebook(root, "query", "ctr")).toEqual({
    code: 4,
    stdout: "",
    stderr:
      "error: there is no warehouse yet\n  at WORKSPACE/.gatebook/warehouse.duckdb\n  hint: run `gatebook run` first\n",
  });
});

it("a store that another run holds exits 5 after --wait, naming the process", async () => {
  const root = await workspaceOf("thin");
  mkdirSync(join(root, ".gatebook"));
  const holder = await holdDatabase(onTestFinished, join(root, ".gatebook/store.duckdb"), "write");
  const { code, stdout, stderr } = await gatebook(root, ...night, "--wait", "0");
  expect([code, stdout]).toEqual([5, ""]);
  expect(stderr).toMatch(new RegExp(`^error: the store is in use by process ${holder.pid} \\(`));
  expect(stderr).toContain("at WORKSPACE/.gatebook/store.duckdb\n  hint: wait for that run to end");
  await holder.kill();
  expect((await gatebook(root, ...night, "--wait", "20s")).code).toBe(0);
});

it("a store that cannot be written is a fault outside of the data: exit 1, told without a stack", async () => {
  const root = await workspaceOf("thin");
  rmSync(join(root, ".gatebook"), { recursive: true, force: true });
  mkdirSync(join(root, ".gatebook/store.duckdb"), { recursive: true });
  const { code, stderr } = await gatebook(root, ...night);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: the store cannot be opened: .*\n {2}at WORKSPACE\/\.gatebook\/store\.duckdb\n$/,
  );
});
