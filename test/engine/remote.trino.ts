/** What a cluster does beyond a data engine: tables that are kept, pinned and read at a snapshot; names that are put in front of a statement. */
import { describe, expect, it } from "vitest";
import type { RemoteEngine } from "../../src/engine/engine.ts";
import { clusterOptions, openCluster } from "./cluster/cluster.ts";
import { failure } from "./contract.ts";

const days = `SELECT * FROM (VALUES (DATE '2026-02-01', 'a', 1), (DATE '2026-02-01', 'b', 2), (DATE '2026-02-02', 'a', 3))
  AS t(event_date, unit_id, n)`;

const read = async (engine: RemoteEngine, sql: string) => (await engine.query({ file: "a.sql", sql })).rows;

async function withKept(owner = clusterOptions().owner): Promise<RemoteEngine> {
  const engine = await openCluster({ owner });
  await engine.keep({ name: "user_days", rows: days, days: null });
  return engine;
}

describe("a kept table", () => {
  it("is made of a file, partitioned by day; days of it are made again, and readers stay at their snapshot", async () => {
    const engine = await openCluster();
    await engine.scratch("source_rows", days);
    const rows = { file: "r.sql", sql: "SELECT event_date, unit_id, n * 10 AS n FROM source_rows" };
    const first = await engine.keep({ name: "user_days", rows, days: null });
    expect(first).toEqual({ name: "user_days", snapshot: expect.stringMatching(/^\d{15,}$/) });
    const sums = "SELECT event_date, sum(n) AS n FROM user_days GROUP BY event_date ORDER BY event_date";
    expect(await read(engine, sums)).toEqual([
      ["2026-02-01", 30],
      ["2026-02-02", 30],
    ]);
    await engine.scratch("source_rows", days.replace("'b', 2", "'b', 5"));
    const second = await engine.keep({ name: "user_days", rows, days: ["2026-02-01"] });
    expect(await read(engine, sums)).toEqual([
      ["2026-02-01", 60],
      ["2026-02-02", 30],
    ]);
    expect(second.snapshot).not.toBe(first.snapshot);
    engine.mountKept(first);
    expect((await read(engine, sums))[0]).toEqual(["2026-02-01", 30]);
    expect(await engine.keptNames()).toEqual(new Set(["user_days"]));
    await engine.dropKept("user_days");
    expect(await engine.keptNames()).toEqual(new Set());
    expect((await engine.tables()).has("user_days")).toBe(false);
  });

  it("is found by the scans of a file under its own name, also where a CTE of that name hides it", async () => {
    const engine = await withKept();
    const sql =
      "WITH user_days AS (SELECT * FROM user_days WHERE n > 1) SELECT n FROM user_days ORDER BY n DESC";
    expect(await engine.scans({ file: "a.sql", sql })).toEqual(["user_days"]);
    expect(await read(engine, sql)).toEqual([[3], [2]]);
    await engine.dropKept("user_days");
  });

  it("of a day without rows loses what it had", async () => {
    const engine = await withKept();
    await engine.keep({
      name: "user_days",
      rows: `SELECT * FROM (${days}) AS d WHERE n < 3`,
      days: ["2026-02-02"],
    });
    expect(await read(engine, "SELECT n FROM user_days ORDER BY n")).toEqual([[1], [2]]);
    await engine.dropKept("user_days");
  });
});

describe("a stored table", () => {
  it("has a snapshot with its time, and can be read as it was", async () => {
    const { owner } = clusterOptions();
    const engine = await withKept(owner);
    const table = `iceberg.gatebook.kept_${owner}_user_days`;
    const snapshot = await engine.snapshot(table);
    expect(snapshot).toEqual({
      id: expect.stringMatching(/^\d+$/),
      committedAt: expect.stringMatching(/^20.*Z$/),
    });
    await engine.keep({ name: "user_days", rows: days, days: ["2026-02-05"] });
    await engine.keep({ name: "user_days", rows: `SELECT * FROM (${days}) AS d WHERE n = 1`, days: null });
    const [row] = await engine.rows(`SELECT count(*) AS n FROM ${engine.tableAt(table, snapshot?.id)} AS t`);
    expect(row).toEqual({ n: 3 });
    expect((await engine.columnsOf(table)).map(({ name, kind }) => [name, kind])).toEqual([
      ["event_date", "date"],
      ["unit_id", "text"],
      ["n", "integer"],
    ]);
    await engine.dropKept("user_days");
  });

  it("without snapshots says so; one that is not there is an error", async () => {
    const engine = await openCluster();
    expect(await engine.snapshot("memory.information_schema.tables")).toBeNull();
    expect(await failure(engine.snapshot("iceberg.gatebook.nope"))).toMatchObject({ kind: "query" });
    expect(await failure(engine.columnsOf("iceberg.gatebook.nope"))).toMatchObject({ kind: "query" });
  });
});
