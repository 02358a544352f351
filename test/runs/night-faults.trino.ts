/** What goes wrong with a cluster in the middle of a night: it ends right, or says what and where, and is never judged on part of the data. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { command } from "../engine/cluster/cluster.ts";
import { judgedDifferences } from "../engine/cluster/judged.ts";
import { killNode, workers } from "../engine/cluster/nodes.ts";
import { type Twin, twinOf } from "../engine/cluster/twin.ts";
import { buildCli, builtCli } from "../helpers/built-cli.ts";
import { gatebook } from "../helpers/gatebook.ts";
import { judgeBy } from "../helpers/lean-workspace.ts";
import { runCase } from "../helpers/run-case.ts";
import { changeFile, madeWorkspace, sampleInto, writeFilesIn } from "../helpers/temp-workspace.ts";

const date = "2026-02-02";
const night = ["run", "--date", date] as const;
let here: string;

beforeAll(async () => {
  here = await madeWorkspace(afterAll);
  judgeBy(here, "ctr", "near_duplicate_share");
  await sampleInto(here, { scenario: "healthy", usersPerDay: 100, days: 2 });
});

const report = (root: string): string => join(root, "reports/clip-cosine-v2", date, "result.json");

/** Statements that write or read what the run keeps, by state. */
async function statements({ scratch }: Twin, state: string): Promise<number> {
  const [row] = await command(`SELECT count(*) FROM system.runtime.queries
    WHERE state = '${state}' AND query LIKE '%${scratch}%' AND query NOT LIKE '%system.runtime%'`);
  return Number(row?.[0]);
}

async function measuring(twin: Twin): Promise<void> {
  await expect
    .poll(() => statements(twin, "FINISHED"), { timeout: 240_000, interval: 500 })
    .toBeGreaterThan(20);
}

/** A check that runs for years. */
const endless = `-- @title Pairs of pairs
SELECT CASE WHEN count(*) > 0 THEN 'pass' ELSE 'fail' END AS status, count(*) AS observed, 0 AS expected, 'endless' AS detail
FROM events AS e1 CROSS JOIN events AS e2 CROSS JOIN events AS e3
WHERE (e1.position + e2.position + e3.position) % 7 = 3
`;

async function statesOfEndless({ schema }: Twin): Promise<readonly unknown[][]> {
  return await command(`SELECT state, error_code FROM system.runtime.queries
    WHERE query LIKE '%${schema}%events AS e3%' AND query LIKE 'WITH%' AND query NOT LIKE '%LIMIT 0'`);
}

/** Tables of the run itself; relations stay. */
async function left({ scratch }: Twin): Promise<readonly unknown[]> {
  return await command(`SELECT table_name FROM iceberg.information_schema.tables
    WHERE table_schema = '${scratch}' AND table_name LIKE 'gb\\_%' ESCAPE '\\'`);
}

it("a worker that dies: the night is judged as if nothing had been; a second run at once is turned away", async () => {
  const twin = await twinOf(here, onTestFinished);
  const first = runCase(twin.root, { date, threads: 4 });
  await measuring(twin);
  // of a process of its own: the lock is the process's
  const second = await buildCli()(twin.root, ...night, "--wait", "0");
  const node = killNode("worker2");
  const { result } = await first.finally(node.again);
  expect(second.code, second.stderr).toBe(5);
  expect(judgedDifferences((await runCase(here, { date })).result, result)).toEqual([]);
  await expect.poll(workers, { timeout: 180_000 }).toBe(2);
}, 900_000);

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s: what runs is cancelled on the server, nothing is judged, and no table of it stays",
  async (signal) => {
    const twin = await twinOf(here, onTestFinished);
    writeFilesIn(twin.root, { "queries/checks/endless.sql": endless });
    const cli = spawn(process.execPath, [await builtCli(), ...night], { cwd: twin.root });
    const said = text(cli.stderr);
    await expect.poll(() => statesOfEndless(twin), { timeout: 240_000 }).toEqual([["RUNNING", null]]);
    cli.kill(signal);
    expect(await once(cli, "exit")).toEqual([null, signal]);
    expect(await said).toMatch(/stopped before it was done/);
    expect(await statements(twin, "RUNNING")).toBe(0);
    expect(await left(twin)).toEqual([]);
    expect(existsSync(report(twin.root))).toBe(false);
    expect(await statesOfEndless(twin)).toEqual([["FAILED", "USER_CANCELED"]]);
  },
  900_000,
);

it("no right to write in scratch: it says which, with the query's id, and nothing is judged", async () => {
  const twin = await twinOf(here, onTestFinished);
  changeFile(twin.root, "rollout.yaml", { "kind: trino": "kind: trino\n  user: analyst" });
  const { code, stderr } = await gatebook(twin.root, ...night);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`write and drop tables in iceberg.${twin.scratch}`),
  ]);
  expect(stderr).toMatch(/\(query 20\d+_\d+_/);
  expect(existsSync(report(twin.root))).toBe(false);
}, 300_000);
