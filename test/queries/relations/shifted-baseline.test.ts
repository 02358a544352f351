import { afterEach, beforeEach, expect, it } from "vitest";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { withShiftedBaseline } from "../../../src/queries/relations/shifted-baseline.ts";

let engine: Engine;
beforeEach(async () => {
  engine = await openDuckDb({ file: ":memory:" });
  await engine.execute(`CREATE TABLE user_days AS SELECT * FROM (VALUES
    (DATE '2026-02-16', 'v1', 'a', 10), (DATE '2026-02-17', 'v1', 'b', 20), (DATE '2026-03-02', 'v1', 'late', 99),
    (DATE '2026-03-02', 'v2', 'a', 1), (DATE '2026-03-03', 'v2', 'c', 2)) AS t(event_date, algo_version, unit_id, impressions)`);
  await engine.fence();
});
afterEach(() => engine.close());

const catalog = readCatalog(new URL("../../..", import.meta.url).pathname);
const shift = { baseline: "v1", days: 14, opened: "2026-03-01" };
const seen = "SELECT event_date, algo_version, unit_id FROM user_days ORDER BY ALL";

it("shows the baseline's earlier days at the window's dates, behind the names that analysts use", async () => {
  const rows = await withShiftedBaseline(
    engine,
    catalog,
    shift,
    async () => (await engine.query({ file: "m.sql", sql: seen })).rows,
  );
  expect(rows).toEqual([
    ["2026-03-02", "v1", "a"],
    ["2026-03-02", "v2", "a"],
    ["2026-03-03", "v1", "b"],
    ["2026-03-03", "v2", "c"],
  ]);
});

it("leaves the tables as they were, even when the work fails", async () => {
  const before = (await engine.table(seen)).rows;
  await expect(
    withShiftedBaseline(engine, catalog, shift, () => Promise.reject(new Error("stopped"))),
  ).rejects.toThrow("stopped");
  expect((await engine.table(seen)).rows).toEqual(before);
});

it("moves the days of a relation that stands in front of the stored one, and leaves that one in front", async () => {
  const select = (below: string) => `SELECT * FROM ${below} WHERE unit_id <> 'c'`;
  await engine.overlay({ name: "user_days", kind: "table", select });
  const inFront = (await engine.table(seen)).rows;
  const rows = await withShiftedBaseline(
    engine,
    catalog,
    shift,
    async () => (await engine.query({ file: "m.sql", sql: seen })).rows,
  );
  expect(rows).toEqual([
    ["2026-03-02", "v1", "a"],
    ["2026-03-02", "v2", "a"],
    ["2026-03-03", "v1", "b"],
  ]);
  expect((await engine.table(seen)).rows).toEqual(inFront);
});
