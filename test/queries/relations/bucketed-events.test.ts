import { beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { type Catalog, readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { measureMetrics } from "../../../src/queries/measures/metrics.ts";
import type { EventSlot, MeasurePlan } from "../../../src/queries/measures/plan.ts";
import { measureTraffic } from "../../../src/queries/measures/traffic.ts";
import { withBucketedEvents } from "../../../src/queries/relations/bucketed-events.ts";
import { readFailedRelations } from "../../../src/queries/relations/relation-builds.ts";
import { buildRelations } from "../../../src/queries/relations/relations.ts";
import { catalogOf, openWarehouse, shippedRoot, plan as wholeDays } from "../warehouse.ts";

const slot = (date: string, from: string, to: string): EventSlot => ({
  date,
  from: `2026-02-${from}:00Z`,
  to: `2026-02-${to}:00Z`,
});
/** The gate opened at 22:30, the run is as of 00:40 of the next day: three hours under three dates. */
const hours = [
  slot("2026-02-01", "01T22:30", "01T23:00"),
  slot("2026-02-02", "01T23:00", "02T00:00"),
  slot("2026-02-03", "02T00:00", "02T00:40"),
];
/** Time, type, algorithm, user. */
const events: readonly (readonly [string, string, string, string])[] = [
  ["2026-02-01 22:29:59", "impression", "v1", "too-early"],
  ["2026-02-01 22:30:00", "impression", "v1", "a"],
  ["2026-02-01 22:50:00", "click", "v1", "a"],
  ["2026-02-01 22:55:00", "impression", "v2", "b"],
  ["2026-02-01 23:10:00", "impression", "v1", "a"],
  ["2026-02-01 23:20:00", "impression", "v1", "both"],
  ["2026-02-02 00:10:00", "impression", "v2", "both"],
  ["2026-02-02 00:20:00", "impression", "v2", "b"],
  ["2026-02-02 00:21:00", "click", "v2", "b"],
  ["2026-02-02 00:30:00", "impression", "v2", "c"],
  ["2026-02-02 00:40:00", "impression", "v2", "too-late"],
];

let engine: Engine;
let shipped: Catalog;
beforeEach(async () => {
  engine = await openWarehouse();
  shipped = readCatalog(shippedRoot);
  const rows = events.map(
    ([at, type, algorithm, user], index) =>
      `('e${index}', '${type}', TIMESTAMP '${at}', DATE '${at.slice(0, 10)}', '${algorithm}', '${user}')`,
  );
  await engine.execute(`INSERT INTO event_rows (event_id, event_type, occurred_at, event_date, algo_version, user_id)
    VALUES ${rows.join(", ")}, ('timeless', 'impression', NULL, DATE '2026-02-01', 'v2', 'd')`);
  await buildRelations(engine, shipped, { dirtyDates: ["2026-02-01", "2026-02-02"], rebuildAll: false });
  await engine.fence();
});

const plan: MeasurePlan = { ...wholeDays, to: "2026-02-03", slots: hours };
const seen = async (sql: string) => (await engine.query({ file: "seen.sql", sql })).rows;
const byHour = <T>(work: () => Promise<T>): Promise<T> =>
  withBucketedEvents(engine, shipped, { slots: hours }, work);

describe("behind the names that analysts use", () => {
  it("an hour has the date of a day, and nothing outside of the hours is seen", async () => {
    const sql = "SELECT event_date, count(*) FROM events GROUP BY event_date ORDER BY event_date";
    expect(await byHour(() => seen(sql))).toEqual([
      ["2026-02-01", 3],
      ["2026-02-02", 2],
      ["2026-02-03", 4],
    ]);
  });

  it("relations and the runbook's own view are made of the same events", async () => {
    const units = "SELECT event_date, unit_id, impressions, clicks FROM user_days WHERE algo_version = 'v1'";
    const runbook = "SELECT count(*) FROM user_discovery_events";
    expect(await byHour(() => seen(`${units} ORDER BY ALL`))).toEqual([
      ["2026-02-01", "a", 1, 1],
      ["2026-02-02", "a", 1, 0],
      ["2026-02-02", "both", 1, 0],
    ]);
    expect(await byHour(() => seen(runbook))).toEqual([[9]]);
  });

  it("the stored tables are as they were afterwards, also when the work fails", async () => {
    const sql = `SELECT 'user_days' AS name, count(*) AS n, min(event_date) AS first FROM user_days
      UNION ALL SELECT 'events', count(*), min(event_date) FROM events
      UNION ALL SELECT 'day_edges', count(*), min(event_date) FROM day_edges ORDER BY 1`;
    const before = await seen(sql);
    await expect(byHour(() => Promise.reject(new Error("stopped")))).rejects.toThrow("stopped");
    expect(await seen(sql)).toEqual(before);
    expect(before).toContainEqual(["events", 12, "2026-02-01"]);
  });
});

describe("what is measured by the hour", () => {
  it("traffic: units first seen in the gate, units of both algorithms, ends of each hour", async () => {
    const traffic = await byHour(() => measureTraffic(engine, plan));
    expect(traffic.days.map((day) => [day.date, day.events, day.startGapHours, day.endGapHours])).toEqual([
      ["2026-02-01", 3, 0, 5 / 60],
      ["2026-02-02", 2, 10 / 60, 40 / 60],
      ["2026-02-03", 4, 10 / 60, 10 / 60],
    ]);
    expect(traffic.days.map((day) => [day.baseline.newUnits, day.candidate.newUnits])).toEqual([
      [1, 1],
      [0, 0],
      [0, 1],
    ]);
    expect(traffic).toMatchObject({ baselineUnits: 1, candidateUnits: 2, crossoverUnits: 1 });
  });

  it("metrics: the unit of both algorithms is in no hour", async () => {
    const measured = await byHour(() => measureMetrics(engine, shipped, plan));
    const ctr = measured.find(({ definition }) => definition.name === "ctr");
    const counts = ctr?.days.map(({ date, baseline, candidate }) => [
      date,
      ...[baseline, candidate].map((one) =>
        one?.shape === "ratio" ? `${one.sumNumerator}/${one.sumDenominator}` : null,
      ),
    ]);
    expect(counts).toEqual([
      ["2026-02-01", "1/1", "0/1"],
      ["2026-02-02", "0/1", null],
      ["2026-02-03", null, "1/2"],
    ]);
  });

  it("a relation that fails stops what reads it, and is forgotten with the hours", async () => {
    const catalog = catalogOf({
      "relations/user_days.sql":
        "SELECT event_date, algo_version, unit_id, 1 AS impressions, 0 AS clicks FROM events",
      "relations/broken.sql": "SELECT event_date, algo_version, error('no') AS n FROM events",
      "metrics/of_broken.sql":
        "SELECT event_date, algo_version, 'u' AS unit_id, 1 AS numerator, 1 AS denominator FROM broken",
    });
    const measured = await withBucketedEvents(engine, catalog, { slots: hours }, (failedRelations) =>
      measureMetrics(engine, catalog, { ...plan, failedRelations }),
    );
    expect(measured[0]?.error?.message).toBe('it reads the relation "broken", which could not be built');
    expect(await readFailedRelations(engine)).toEqual(new Map());
  });
});

it("before/after: the baseline's earlier stretch stands at the same dates", async () => {
  const earlier = [slot("2026-02-01", "01T22:00", "01T22:30"), slot("2026-02-02", "01T22:30", "01T23:00")];
  const slots = [slot("2026-02-01", "02T00:00", "02T00:20"), slot("2026-02-02", "02T00:20", "02T00:40")];
  const rows = await withBucketedEvents(
    engine,
    shipped,
    { slots, earlier: { baseline: "v1", slots: earlier } },
    () => seen("SELECT event_date, algo_version, unit_id FROM user_days ORDER BY ALL"),
  );
  expect(rows).toEqual([
    ["2026-02-01", "v1", "too-early"],
    ["2026-02-01", "v2", "both"],
    ["2026-02-02", "v1", "a"],
    ["2026-02-02", "v2", "b"],
    ["2026-02-02", "v2", "c"],
  ]);
});
