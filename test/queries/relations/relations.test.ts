import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { measureMetrics } from "../../../src/queries/measures/metrics.ts";
import {
  notePendingDays,
  readClosedRows,
  readFailedRelations,
} from "../../../src/queries/relations/relation-builds.ts";
import { buildRelations, type RelationBuild } from "../../../src/queries/relations/relations.ts";
import { catalogOf, insertEvents, openWarehouse, plan, shippedRoot, told, workspace } from "../warehouse.ts";

const [first, second] = ["2026-02-01", "2026-02-02"] as const;
const nothing = { dirtyDates: [], rebuildAll: false };

/** Impressions of (day, algorithm, user). */
async function show(engine: Engine, ...rows: readonly (readonly [string, string, string])[]): Promise<void> {
  await insertEvents(
    engine,
    rows.map(
      ([day, algorithm, user]) =>
        `('impression', DATE '${day}', '${algorithm}', '${user}', 'author ' || '${user}', NULL)`,
    ),
  );
}

const outcomes = (builds: readonly RelationBuild[]) =>
  builds.map(({ name, outcome, days, error }) => [
    name,
    outcome,
    error === null ? days.join(" ") : told(error),
  ]);

const daily = "SELECT event_date, algo_version, count(*) AS n FROM events GROUP BY event_date, algo_version";
const running = `SELECT event_date, algo_version, sum(n) OVER (PARTITION BY algo_version ORDER BY event_date) AS n FROM daily`;

describe("relations", () => {
  it("are built in the order of what they read, without declaring it", async () => {
    const engine = await openWarehouse();
    await show(engine, [first, "v1", "a"], [second, "v1", "a"]);
    const catalog = catalogOf({ "relations/a_running.sql": running, "relations/daily.sql": daily });
    expect(outcomes(await buildRelations(engine, catalog, nothing))).toEqual([
      ["daily", "whole", ""],
      ["a_running", "whole", ""],
    ]);
    expect(await engine.rows("SELECT n FROM a_running ORDER BY event_date")).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("are rebuilt for dirty days only where a day stands alone, else whole, else not at all", async () => {
    const engine = await openWarehouse();
    await show(engine, [first, "v1", "a"], [second, "v1", "a"]);
    const catalog = catalogOf({ "relations/daily.sql": daily, "relations/running.sql": running });
    await buildRelations(engine, catalog, nothing);
    expect(outcomes(await buildRelations(engine, catalog, nothing))).toEqual([
      ["daily", "kept", ""],
      ["running", "kept", ""],
    ]);
    await show(engine, [second, "v1", "b"]);
    expect(
      outcomes(await buildRelations(engine, catalog, { dirtyDates: [second], rebuildAll: false })),
    ).toEqual([
      ["daily", "days", second],
      ["running", "whole", ""],
    ]);
    expect(await engine.rows("SELECT n FROM running ORDER BY event_date")).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it("are rebuilt when what a CTE of the same name reads has changed", async () => {
    const engine = await openWarehouse();
    await show(engine, [first, "v1", "a"], [second, "v1", "a"]);
    const catalog = catalogOf({
      "relations/a_copy.sql": "WITH daily AS (SELECT * FROM daily WHERE n > 0) SELECT * FROM daily",
      "relations/daily.sql": daily,
    });
    await buildRelations(engine, catalog, nothing);
    await show(engine, [second, "v1", "b"]);
    await buildRelations(engine, catalog, { dirtyDates: [second], rebuildAll: false });
    expect(await engine.rows("SELECT n FROM a_copy ORDER BY event_date")).toEqual([{ n: 1 }, { n: 2 }]);
    const doubled = daily.replace("count(*)", "10 * count(*)");
    const changed = catalogOf({
      "relations/a_copy.sql": "WITH daily AS (SELECT * FROM daily WHERE n > 0) SELECT * FROM daily",
      "relations/daily.sql": doubled,
    });
    await buildRelations(engine, changed, nothing);
    expect(await engine.rows("SELECT n FROM a_copy ORDER BY event_date")).toEqual([{ n: 10 }, { n: 20 }]);
  });

  it("are rebuilt whole when their SQL or one upstream changed", async () => {
    const engine = await openWarehouse();
    await show(engine, [first, "v1", "a"]);
    await buildRelations(
      engine,
      catalogOf({ "relations/daily.sql": daily, "relations/running.sql": running }),
      nothing,
    );
    const changed = catalogOf({
      "relations/daily.sql": daily.replace("count(*)", "2 * count(*)"),
      "relations/running.sql": running,
    });
    expect(outcomes(await buildRelations(engine, changed, nothing))).toEqual([
      ["daily", "whole", ""],
      ["running", "whole", ""],
    ]);
    expect(await engine.rows("SELECT n FROM running")).toEqual([{ n: 2 }]);
  });

  it("keep days whose events were pruned, and note those that an earlier SQL made", async () => {
    const engine = await openWarehouse();
    await show(engine, [first, "v1", "a"], [second, "v1", "a"]);
    const catalog = catalogOf({ "relations/daily.sql": daily });
    await buildRelations(engine, catalog, nothing);
    await engine.execute(`DELETE FROM event_rows WHERE event_date = DATE '${first}'`);
    const rebuilt = async (sql: string, outcome: string, change = {}): Promise<void> => {
      const builds = await buildRelations(engine, catalogOf({ "relations/daily.sql": sql }), {
        ...nothing,
        ...change,
      });
      expect(builds).toMatchObject([{ outcome, error: null }]);
    };
    const rows = (columns = "n"): Promise<unknown> =>
      engine.rows(`SELECT ${columns} FROM daily ORDER BY event_date`);
    await rebuilt(daily, "whole", { rebuildAll: true });
    expect(await rows()).toEqual([{ n: 1 }, { n: 1 }]);
    // a comment and the layout are the same SQL
    await rebuilt(`${daily.replaceAll(", ", ",\n  ")} -- anew`, "kept");
    expect(await readClosedRows(engine)).toEqual([]);
    const doubled = daily.replace("count(*)", "2 * count(*)");
    await rebuilt(doubled, "whole");
    expect(await rows()).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await readClosedRows(engine)).toMatchObject([{ relation: "daily", date: first, whole: true }]);
    await rebuilt(daily, "whole");
    expect(await readClosedRows(engine)).toEqual([]);
    await rebuilt(daily.replace("count(*) AS n", "count(*) AS n, 7 AS more"), "whole");
    expect(await rows("n, more")).toEqual([
      { n: 1, more: null },
      { n: 1, more: 7 },
    ]);
    expect(await readClosedRows(engine)).toMatchObject([{ relation: "daily", date: first, whole: false }]);
    // the day's events are back
    await show(engine, [first, "v1", "a"]);
    await rebuilt(daily, "whole", { dirtyDates: [first] });
    expect(await readClosedRows(engine)).toEqual([]);
  });

  it("built whole lose a dirty day that has no events any more", async () => {
    const engine = await openWarehouse();
    await show(engine, [first, "v1", "a"], [second, "v1", "a"]);
    const catalog = catalogOf({ "relations/daily.sql": daily, "relations/running.sql": running });
    await buildRelations(engine, catalog, nothing);
    await engine.execute(`DELETE FROM event_rows WHERE event_date = DATE '${first}'`);
    await buildRelations(engine, catalog, { dirtyDates: [first], rebuildAll: false });
    const left = [{ event_date: second, algo_version: "v1", n: 1 }];
    expect(await engine.rows("SELECT * FROM daily")).toEqual(left);
    expect(await engine.rows("SELECT * FROM running")).toEqual(left);
  });

  it("whose file is gone leave no table behind", async () => {
    const engine = await openWarehouse();
    await buildRelations(engine, catalogOf({ "relations/daily.sql": daily }), nothing);
    await buildRelations(engine, catalogOf({ "relations/other.sql": daily }), nothing);
    const tables = await engine.rows(
      "SELECT table_name FROM information_schema.tables WHERE table_name IN ('daily', 'other')",
    );
    expect(tables).toEqual([{ table_name: "other" }]);
  });

  it("of the package are built only where something reads them", async () => {
    const engine = await openWarehouse();
    const metric =
      "SELECT event_date, algo_version, unit_id, repeats AS numerator, impressions AS denominator FROM mine";
    const root = workspace({
      "relations/mine.sql": "SELECT * FROM duplicate_days",
      "metrics/m.sql": metric,
      "checks/c.sql": "SELECT 'pass' AS status, 1 AS observed, 1 AS expected, '' AS detail",
      "cells/c2.sql": "SELECT 1 AS one",
    });
    expect(outcomes(await buildRelations(engine, readCatalog(root, shippedRoot), nothing))).toEqual([
      ["duplicate_days", "whole", ""],
      ["mine", "whole", ""],
      ["user_days", "whole", ""],
    ]);
  });

  it("take in days noted while loading, though the process died in between", async () => {
    const engine = await openWarehouse();
    const catalog = catalogOf({ "relations/daily.sql": daily });
    await show(engine, [first, "v1", "a"], [second, "v1", "a"]);
    await buildRelations(engine, catalog, nothing);
    await show(engine, [first, "v1", "b"]);
    await notePendingDays(engine, catalog.relations, [first]);
    expect(outcomes(await buildRelations(engine, catalog, nothing))).toEqual([["daily", "days", first]]);
    expect(await engine.rows("SELECT n FROM daily ORDER BY event_date")).toEqual([{ n: 2 }, { n: 1 }]);
  });

  it("carry what they are as a comment that any client shows", async () => {
    const engine = await openWarehouse();
    await buildRelations(
      engine,
      catalogOf({ "relations/daily.sql": `-- One row per day's algorithm.\n${daily}` }),
      nothing,
    );
    expect(await engine.rows("SELECT comment FROM duckdb_tables() WHERE table_name = 'daily'")).toEqual([
      { comment: "One row per day's algorithm." },
    ]);
  });
});

describe("a relation that cannot be built", () => {
  it.each([
    [
      "reads an unknown table",
      { "relations/daily.sql": "SELECT *\nFROM evnts" },
      [
        [
          "daily",
          "failed",
          'queries/relations/daily.sql:2:6 unknown table "evnts"; did you mean "events"? | events, rollout, the lookups of rollout.yaml and the files in queries/relations can be read',
        ],
      ],
    ],
    [
      "lacks a column",
      { "relations/daily.sql": "-- Days.\nSELECT event_date AS day, algo_version FROM events" },
      [
        [
          "daily",
          "failed",
          'queries/relations/daily.sql:2:1 the relation returns no column "event_date" | it returns day, algo_version',
        ],
      ],
    ],
    [
      "has a day that is no date",
      {
        "relations/daily.sql": "SELECT CAST(event_date AS TIMESTAMP) AS event_date, algo_version FROM events",
      },
      [
        [
          "daily",
          "failed",
          'queries/relations/daily.sql:1:1 column "event_date" is TIMESTAMP, not a DATE | write CAST(… AS DATE) AS event_date',
        ],
      ],
    ],
    [
      "goes round in a circle",
      {
        "relations/a.sql": "SELECT *\nFROM b",
        "relations/b.sql": "SELECT * FROM c",
        "relations/c.sql": "SELECT * FROM a",
      },
      [
        [
          "a",
          "failed",
          "queries/relations/a.sql:2:6 the relations read each other: a → b → c → a | take one of these references out",
        ],
        [
          "b",
          "failed",
          "queries/relations/b.sql:1:15 the relations read each other: b → c → a → b | take one of these references out",
        ],
        [
          "c",
          "failed",
          "queries/relations/c.sql:1:15 the relations read each other: c → a → b → c | take one of these references out",
        ],
      ],
    ],
    [
      "reads itself",
      { "relations/a.sql": "SELECT * FROM a" },
      [
        [
          "a",
          "failed",
          "queries/relations/a.sql:1:15 the relations read each other: a → a | take one of these references out",
        ],
      ],
    ],
    [
      "has two statements",
      { "relations/a.sql": "SELECT 1; DROP TABLE event_rows" },
      [
        [
          "a",
          "failed",
          "queries/relations/a.sql:1:11 the file has 2 statements | one file has exactly one SELECT (PIVOT needs ON … IN (…) to count as one)",
        ],
      ],
    ],
  ])("since it %s says so with its place", async (_, files, expected) => {
    const engine = await openWarehouse();
    expect(outcomes(await buildRelations(engine, catalogOf(files), nothing))).toEqual(expected);
  });

  it("since a table of its name is there leaves that table alone", async () => {
    const engine = await openWarehouse();
    await engine.execute("CREATE TABLE items AS SELECT 1 AS item_id");
    expect(
      outcomes(await buildRelations(engine, catalogOf({ "relations/items.sql": daily }), nothing)),
    ).toEqual([
      [
        "items",
        "failed",
        'queries/relations/items.sql "items" is a table already, and not a relation | rename the file, or the lookup of that name in rollout.yaml',
      ],
    ]);
    expect(await engine.rows("SELECT * FROM items")).toEqual([{ item_id: 1 }]);
  });

  it("stops what reads it, keeps its pending days, and is whole again when mended", async () => {
    const engine = await openWarehouse();
    const good = { "relations/daily.sql": daily, "relations/running.sql": running };
    await show(engine, [first, "v1", "a"]);
    await buildRelations(engine, catalogOf(good), nothing);
    await show(engine, [second, "v1", "a"]);
    const bad = catalogOf({
      ...good,
      "relations/daily.sql": daily.replace("count(*)", "CAST(user_id AS INTEGER)").replace(/ GROUP BY.*/, ""),
      "relations/user_days.sql":
        "SELECT event_date, algo_version, user_id AS unit_id, 1 AS impressions, 0 AS clicks FROM events",
      "metrics/m.sql":
        "SELECT event_date, algo_version, 'u' AS unit_id, n AS numerator, n AS denominator\nFROM running",
    });
    const builds = outcomes(await buildRelations(engine, bad, { dirtyDates: [second], rebuildAll: false }));
    expect(builds.map(([name, outcome]) => [name, outcome])).toEqual([
      ["daily", "failed"],
      ["running", "failed"],
      ["user_days", "whole"],
    ]);
    expect(builds[0]?.[2]).toContain("Could not convert string 'a' to INT32");
    expect(builds[1]?.[2]).toBe(
      'queries/relations/running.sql:1:104 it reads the relation "daily", which could not be built | fix queries/relations/daily.sql first',
    );
    const failedRelations = await readFailedRelations(engine);
    const [metric] = await measureMetrics(engine, bad, { ...plan, failedRelations });
    expect(told(metric?.error)).toBe(
      'queries/metrics/m.sql:2:6 it reads the relation "running", which could not be built | fix queries/relations/running.sql first',
    );
    // The old table stands, and mending the file takes the missed day in.
    expect(await engine.rows("SELECT n FROM daily")).toEqual([{ n: 1 }]);
    expect(outcomes(await buildRelations(engine, catalogOf(good), nothing))).toEqual([
      ["daily", "days", second],
      ["running", "whole", ""],
    ]);
    expect(await engine.rows("SELECT n FROM running ORDER BY event_date")).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

it("day by day or whole, the shipped relations end the same", { timeout: 120_000 }, async () => {
  const days = ["2026-02-01", "2026-02-02", "2026-02-03"] as const;
  const event = fc.record({
    type: fc.constantFrom("impression", "click", "favorite", "download"),
    day: fc.constantFrom(...days),
    algorithm: fc.constantFrom("'v1'", "'v2'", "NULL"),
    user: fc.constantFrom("a", "b", "c"),
    author: fc.constantFrom("'x'", "'y'", "NULL"),
    dwell: fc.constantFrom("NULL", "3", "45"),
  });
  const catalog = readCatalog(shippedRoot);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(event, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 4 }),
      async (nights) => {
        const [stepwise, whole] = [await openWarehouse(), await openWarehouse()];
        for (const night of nights) {
          const values = night.map(
            (e) => `('${e.type}', DATE '${e.day}', ${e.algorithm}, '${e.user}', ${e.author}, ${e.dwell})`,
          );
          await insertEvents(stepwise, values);
          await insertEvents(whole, values);
          await buildRelations(stepwise, catalog, {
            dirtyDates: [...new Set(night.map((e) => e.day))],
            rebuildAll: false,
          });
        }
        await buildRelations(whole, catalog, nothing);
        for (const table of [...catalog.relations.map(({ name }) => name), "day_edges", "day_hours"]) {
          const all = `SELECT * FROM ${table} ORDER BY ALL`;
          expect(await stepwise.rows(all), table).toEqual(await whole.rows(all));
        }
        stepwise.close();
        whole.close();
      },
    ),
    { numRuns: 3, seed: 7 },
  );
});
