/** What goes wrong with a cluster: each ends right, or says what and where with the query's id, and nothing is left running or lying about. */
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { clusterOptions, command, openCluster } from "./cluster/cluster.ts";
import { killNode, workers } from "./cluster/nodes.ts";
import { failure } from "./contract.ts";

/** Some thirty million pairs of rows, on the workers. */
const long = `SELECT count(*) AS n FROM iceberg.feed.bulk AS x JOIN iceberg.feed.bulk AS y ON x.k % 3000 = y.k % 3000
  WHERE (x.n + y.n) % 7 = 3`;

beforeAll(async () => {
  await command(`CREATE TABLE IF NOT EXISTS iceberg.feed.bulk AS SELECT n, n * 7919 % 100003 AS k
    FROM UNNEST(sequence(1, 10000)) AS t(n) CROSS JOIN UNNEST(sequence(1, 30)) AS u(m)`);
});

async function statesOf(mark: string): Promise<readonly unknown[][]> {
  return await command(`SELECT state, error_code FROM system.runtime.queries
    WHERE query LIKE '%${mark}%' AND query NOT LIKE '%system.runtime%' ORDER BY created`);
}

async function running(mark: string): Promise<void> {
  await expect.poll(async () => (await statesOf(mark)).map(([state]) => state)).toContain("RUNNING");
}

describe("a query that nobody waits for any more", () => {
  it("because its time is over is cancelled on the server", async () => {
    const engine = await openCluster();
    const sql = `${long} -- mark timeout`;
    const failed = await failure(engine.query({ file: "slow.sql", sql }, { timeoutMs: 1500 }));
    expect(failed).toMatchObject({ kind: "timeout", where: { file: "slow.sql" } });
    await expect.poll(() => statesOf("mark timeout")).toEqual([["FAILED", "USER_CANCELED"]]);
  });

  it("because the session was interrupted is cancelled on the server, its steps and its tables with it", async () => {
    const options = clusterOptions();
    const engine = await openCluster(options);
    const made = failure(engine.scratch("kept", `${long} -- mark interrupt`));
    await running("mark interrupt");
    await engine.close();
    expect(await made).toMatchObject({ kind: "interrupted" });
    await expect.poll(() => statesOf("mark interrupt")).toEqual([["FAILED", "USER_CANCELED"]]);
    expect(await tablesOf(options.owner)).toEqual([]);
  });
});

async function tablesOf(owner: string): Promise<readonly unknown[][]> {
  return await command(`SELECT table_name FROM iceberg.information_schema.tables
    WHERE table_schema = 'gatebook' AND table_name LIKE '%${owner}%'`);
}

describe("rights", () => {
  const table = "iceberg.feed.bulk";

  it("to read are enough for an analyst's files, and stop everything else on the server", async () => {
    const engine = await openCluster({ readUser: "analyst" });
    engine.mount("bulk", `SELECT * FROM ${table}`);
    await engine.scratch("few", "SELECT * FROM bulk WHERE n < 3");
    const file = { file: "a.sql", sql: "SELECT count(*) AS n FROM few" };
    expect((await engine.query(file)).rows).toEqual([[60]]);
    const own = await openCluster({ user: "analyst" });
    expect((await own.query({ file: "a.sql", sql: `SELECT count(*) AS n FROM ${table}` })).rows).toEqual([
      [300000],
    ]);
    await expect(command(`DELETE FROM ${table}`, { user: "analyst" })).rejects.toThrow(/Access Denied/);
  });

  it("that are missing in scratch are said with what is needed, and leave nothing", async () => {
    const options = clusterOptions({ user: "analyst" });
    const engine = await openCluster(options);
    engine.mount("bulk", `SELECT * FROM ${table}`);
    for (const work of [
      () => engine.scratch("few", "SELECT * FROM bulk WHERE n < 3"),
      () =>
        engine.keep({
          name: "user_days",
          rows: `SELECT DATE '2026-02-01' AS event_date, n FROM bulk`,
          days: null,
        }),
    ]) {
      const failed = await failure(work());
      expect(failed).toMatchObject({ code: "store", kind: "permission" });
      expect(failed.hint).toMatch(/create, write and drop tables in iceberg\.gatebook.*query 20\d+_/);
    }
    expect(await tablesOf(options.owner)).toEqual([]);
  });

  it("that are missing on a source are said at its place in the file", async () => {
    const engine = await openCluster({ readUser: "guest" });
    await engine.scratch("few", `SELECT * FROM ${table} WHERE n < 3`);
    const failed = await failure(engine.query({ file: "a.sql", sql: "SELECT n\nFROM few" }));
    expect(failed).toMatchObject({
      code: "query",
      kind: "permission",
      message: expect.stringContaining("Access Denied"),
    });
  });

  it("end at analysts' files that are no SELECT before the server sees them", async () => {
    const engine = await openCluster();
    for (const sql of [
      `DROP TABLE ${table}`,
      `SELECT 1; DROP TABLE ${table}`,
      "SELECT * FROM system.runtime.queries",
    ]) {
      expect((await failure(engine.query({ file: "a.sql", sql }))).code).toBe("query");
    }
    expect(engine.costs()).toEqual([]);
  });

  it("a scratch schema that is not there is named", async () => {
    const engine = await openCluster({ scratch: "iceberg.nowhere" });
    expect(await failure(engine.scratch("few", "SELECT 1 AS n"))).toMatchObject({
      code: "store",
      message: expect.stringContaining("nowhere"),
    });
  });
});

describe("scratch tables", () => {
  it("of two runs at once stay apart, and go with their own", async () => {
    const [one, other] = [clusterOptions(), clusterOptions()];
    const [left, right] = [await openCluster(one), await openCluster(other)];
    await Promise.all([left.scratch("t", "SELECT 1 AS n"), right.scratch("t", "SELECT 2 AS n")]);
    await left.close();
    expect(await tablesOf(one.owner)).toEqual([]);
    expect(await right.rows("SELECT n FROM t")).toEqual([{ n: 2 }]);
  });

  it("of a process that was killed are dropped by the next session of the workspace, those of one that lives are not", async () => {
    const { owner, ...options } = clusterOptions();
    const alive = await openCluster({ ...options, owner });
    await alive.scratch("t", "SELECT 1 AS n");
    const [[present = ""] = []] = await tablesOf(owner);
    // the same name but for a process that is gone
    const gone = String(present).replace(/p[0-9a-z]+t/, `p${(2 ** 22 + 1).toString(36)}t`);
    await command(`CREATE TABLE iceberg.gatebook.${gone} AS SELECT 1 AS n`);
    const next = await openCluster({ ...options, owner });
    await next.scratch("u", "SELECT 1 AS n");
    await expect.poll(async () => (await tablesOf(owner)).flat()).not.toContain(gone);
    expect((await tablesOf(owner)).flat()).toContain(present);
  });
});

describe("a node that dies", () => {
  it("as a worker in the middle of a query: the query is run again on the others, with the same rows", async () => {
    const engine = await openCluster({ retryForMs: 60_000 });
    const [whole] = await engine.rows(long);
    const again = engine.rows(`${long} -- mark worker`);
    await running("mark worker");
    const node = killNode("worker2");
    const [found] = await again.finally(node.again);
    expect(found).toEqual(whole);
    await expect.poll(workers, { timeout: 180_000 }).toBe(2);
  }, 480_000);

  it("as the coordinator between two queries: the next one waits until it is back", async () => {
    const engine = await openCluster({ retryForMs: 120_000 });
    await engine.keep({
      name: "user_days",
      rows: "SELECT DATE '2026-02-01' AS event_date, 7 AS n",
      days: null,
    });
    const node = killNode("coordinator");
    await pause(500);
    node.again();
    expect(await engine.rows("SELECT n FROM user_days")).toEqual([{ n: 7 }]);
    await expect.poll(workers, { timeout: 180_000 }).toBe(2);
    await engine.dropKept("user_days");
  }, 480_000);
});
