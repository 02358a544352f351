import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { inPart, partsByEvents, wholeRange } from "../../../src/queries/relations/relation-parts.ts";
import { buildRelations } from "../../../src/queries/relations/relations.ts";
import { catalogOf, insertEvents, openWarehouse } from "../warehouse.ts";

const days = ["2026-02-01", "2026-02-02", "2026-02-05", "2026-02-06"] as const;
const nothing = { dirtyDates: [], rebuildAll: false };

/** Three impressions on each day but the last, which has one. */
async function shown(): Promise<Engine> {
  const engine = await openWarehouse();
  await insertEvents(
    engine,
    days.flatMap((day, index) =>
      ["a", "b", "c"]
        .slice(0, index === 3 ? 1 : 3)
        .map((user) => `('impression', DATE '${day}', 'v1', '${user}', 'author ${user}', NULL)`),
    ),
  );
  return engine;
}

const daily = "SELECT event_date, algo_version, count(*) AS n FROM events GROUP BY event_date, algo_version";

describe("a large relation", () => {
  it("is made in parts of whole days, as many in a row as come to the size", async () => {
    const engine = await shown();
    await buildRelations(engine, catalogOf({ "relations/daily.sql": daily }), nothing);
    expect(await partsByEvents(engine, null, 1)).toEqual(days.map((day) => [day]));
    expect(await partsByEvents(engine, null, 4)).toEqual([days.slice(0, 2), days.slice(2)]);
    expect(await partsByEvents(engine, null, 1000)).toEqual([days]);
    expect(await partsByEvents(engine, [days[3], "2026-02-09"], 1000)).toEqual([[days[3], "2026-02-09"]]);
    // a day whose events were pruned is no part: its rows stand before the first
    await engine.execute(`DELETE FROM event_rows WHERE event_date = DATE '${days[0]}'`);
    expect(await partsByEvents(engine, null, 1)).toEqual(days.slice(1).map((day) => [day]));
  });

  it("has conditions for its parts that leave out no row", async () => {
    const engine = await shown();
    const conditions = wholeRange(days.map((day) => [day]));
    const dates = `SELECT CAST(range AS DATE) AS event_date FROM range(DATE '2026-01-25', DATE '2026-02-12', INTERVAL 1 DAY)
      UNION ALL SELECT NULL`;
    const times = conditions.map((condition) => `CASE WHEN ${condition} THEN 1 ELSE 0 END`).join(" + ");
    expect(
      await engine.rows(`SELECT ${times} AS times, count(*) AS days FROM (${dates}) GROUP BY times`),
    ).toEqual([{ times: 1, days: 19 }]);
    expect(conditions[0]).toBe("event_date = DATE '2026-02-01'");
    expect(inPart(days.slice(0, 2))).toBe("event_date IN (DATE '2026-02-01', DATE '2026-02-02')");
    expect(wholeRange([days])).toEqual(["true"]);
    expect(wholeRange([])).toEqual(["true"]);
  });

  const relations = {
    "relations/daily.sql": daily,
    // a day's rows under the date of the next: no part is named after the last one
    "relations/shifted.sql": "SELECT event_date + 1 AS event_date, algo_version, n FROM daily",
    "relations/dateless.sql": `SELECT CASE WHEN user_id = 'a' THEN NULL ELSE event_date END AS event_date, algo_version,
      count(*) AS n FROM events GROUP BY ALL`,
    "relations/running.sql":
      "SELECT event_date, algo_version, sum(n) OVER (ORDER BY event_date) AS n FROM daily",
    "relations/typed.sql": `SELECT event_date, algo_version, any_value(event_type) AS kind, {'n': count(*)} AS inside
      FROM events GROUP BY ALL`,
  };
  const names = ["daily", "shifted", "dateless", "running", "typed"];

  it("is in parts what it is in one", async () => {
    const [parts, one] = [await shown(), await shown()];
    for (const [engine, eventsPerPart] of [
      [parts, 1],
      [one, 1000],
    ] as const) {
      const builds = await buildRelations(engine, catalogOf(relations), { ...nothing, eventsPerPart });
      expect(builds.map(({ outcome }) => outcome)).toEqual(names.map(() => "whole"));
    }
    for (const name of names) {
      const sql = `SELECT *, typeof(COLUMNS(*)) FROM ${name} ORDER BY ALL`;
      const rows = await one.rows(sql);
      expect(rows.length, name).toBeGreaterThan(3);
      expect(await parts.rows(sql), name).toEqual(rows);
    }
    expect(await parts.rows("SELECT max(event_date) AS last FROM shifted")).toEqual([{ last: "2026-02-07" }]);
  });

  it("keeps the type of its columns, a named one too", async () => {
    const engine = await shown();
    await buildRelations(engine, catalogOf(relations), nothing);
    const types = await engine.rows(
      "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'typed'",
    );
    expect(Object.fromEntries(types.map((row) => [row["column_name"], row["data_type"]]))).toMatchObject({
      kind: expect.stringMatching(/^(event_kind|ENUM\()/),
      inside: "STRUCT(n BIGINT)",
    });
  });
});
