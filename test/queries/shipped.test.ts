import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createLoadTables } from "../../src/load/records/tables.ts";
import type { CheckMeasurement, EventsPerUnit, UnitEvent } from "../../src/model/measurement.ts";
import { type Catalog, catalogFiles, readCatalog } from "../../src/queries/catalog/catalog.ts";
import { runCells } from "../../src/queries/cells/cells.ts";
import { runChecks } from "../../src/queries/measures/checks.ts";
import { measureMetrics } from "../../src/queries/measures/metrics.ts";
import { measureTraffic } from "../../src/queries/measures/traffic.ts";
import { buildRelations } from "../../src/queries/relations/relations.ts";
import { chartFaults } from "../../src/report/charts/cell/chart-faults.ts";
import { openWarehouse, plan, shippedRoot, told } from "./warehouse.ts";

const shipped = readCatalog(shippedRoot);
const [first, second] = ["2026-02-01", "2026-02-02"] as const;

interface Event {
  readonly type: "impression" | "click" | "favorite" | "download";
  readonly day: string;
  readonly algorithm: string | null;
  readonly user: string;
  readonly id?: string | null;
  readonly at?: string;
  readonly author?: string;
  readonly category?: string;
  readonly group?: string;
  readonly dwell?: number;
  readonly metadata?: string;
}

let nextId = 0;
async function insert(engine: Engine, events: readonly Event[]): Promise<void> {
  const text = (value: string | null | undefined) =>
    value === null || value === undefined ? "NULL" : `'${value}'`;
  const values = events.map((event) => {
    const id = event.id === undefined ? `e${nextId++}` : event.id;
    const at = `CAST(${text(event.at === undefined ? null : `${event.day} ${event.at}`)} AS TIMESTAMP)`;
    return `(${[
      text(id),
      text(event.type),
      at,
      text(event.day),
      text(event.user),
      text(event.author),
      text(event.category),
      text(event.group),
      text(event.algorithm),
      event.dwell ?? "NULL",
      text(event.metadata),
    ].join(", ")})`;
  });
  await engine.execute(`INSERT INTO event_rows (event_id, event_type, occurred_at, event_date, user_id, author_id, category_id,
    duplicate_group, algo_version, dwell_seconds, metadata) VALUES ${values.join(", ")}`);
}

const repeat = (count: number, event: Event): readonly Event[] => Array.from({ length: count }, () => event);

/** Two days: v1 has users a and b, v2 has user c; every number below can be counted here. */
const events: readonly Event[] = [
  ...repeat(3, {
    type: "impression",
    day: first,
    algorithm: "v1",
    user: "a",
    author: "x",
    category: "k",
    group: "g1",
    at: "01:00:00",
  }),
  ...repeat(1, {
    type: "impression",
    day: first,
    algorithm: "v1",
    user: "a",
    author: "y",
    category: "l",
    group: "g2",
    at: "02:00:00",
  }),
  ...repeat(1, { type: "click", day: first, algorithm: "v1", user: "a", dwell: 30, at: "03:00:00" }),
  ...repeat(1, { type: "click", day: first, algorithm: "v1", user: "a", dwell: 4.5, at: "04:00:00" }),
  ...repeat(1, { type: "favorite", day: first, algorithm: "v1", user: "a", metadata: "{}", at: "05:00:00" }),
  ...repeat(4, {
    type: "impression",
    day: second,
    algorithm: "v1",
    user: "b",
    author: "z",
    category: "k",
    at: "06:00:00",
  }),
  ...repeat(1, { type: "click", day: second, algorithm: "v1", user: "a", at: "07:00:00" }),
  ...repeat(2, {
    type: "impression",
    day: second,
    algorithm: "v2",
    user: "c",
    author: "x",
    category: "k",
    group: "g1",
    at: "22:30:00",
  }),
  ...repeat(1, { type: "click", day: second, algorithm: "v2", user: "c", dwell: 200, at: "22:30:00" }),
  ...repeat(1, { type: "download", day: second, algorithm: null, user: "c", id: null, at: "23:00:00" }),
  ...repeat(5, { type: "impression", day: second, algorithm: "v9", user: "d", at: "23:00:00" }),
];

/** One check or cell, and the relations that it reads. */
function only(kind: "checks" | "cells", name: string): Catalog {
  const files = shipped[kind].filter((file) => file.name === name);
  const relations = shipped.relations.filter((one) => files.some(({ sql }) => sql.includes(one.name)));
  return { ...shipped, metrics: [], checks: [], cells: [], relations, [kind]: files };
}

const whole = { dirtyDates: [], rebuildAll: false };

async function build(engine: Engine): Promise<void> {
  await insert(engine, events);
  const builds = await buildRelations(engine, shipped, whole);
  expect(builds.map(({ error }) => told(error))).toEqual(builds.map(() => "nothing"));
}

/** With the events above, for tests that only read. */
let byHand: Engine;
beforeAll(async () => {
  byHand = await openWarehouse(undefined, afterAll);
  await build(byHand);
});

describe("the shipped metrics", () => {
  it("are what one counts by hand", async () => {
    const measured = await measureMetrics(byHand, shipped, plan);
    const shown = measured.map(({ definition, observation, error }) => {
      const { baseline, candidate } = observation;
      const fraction = (estimate: typeof baseline) =>
        estimate === null
          ? "nothing"
          : estimate.shape === "ratio"
            ? `${estimate.sumNumerator}/${estimate.sumDenominator} of ${estimate.units}`
            : `${estimate.rawNumerator}/${estimate.rawDenominator} of ${estimate.units}`;
      return [definition.name, fraction(baseline), fraction(candidate), told(error)];
    });
    expect(shown).toEqual([
      // a's click of the second day has no impression that day.
      ["ctr", "2/8 of 2", "1/2 of 1", "nothing"],
      ["long_dwell_share", "1/3 of 1", "1/1 of 1", "nothing"],
      // g1 three times is two repeats; b's items have no group.
      ["near_duplicate_share", "2/8 of 2", "1/2 of 1", "nothing"],
      // The download without an algorithm is outside.
      ["save_rate", "1/8 of 2", "0/2 of 1", "nothing"],
      ["top_author_share", "8/8 of 2", "2/2 of 1", "nothing"],
      ["top_category_share", "7/8 of 2", "2/2 of 1", "nothing"],
    ]);
  });

  it("are not available without the columns they require", async () => {
    const measured = await measureMetrics(byHand, shipped, {
      ...plan,
      presentColumns: new Set(["event_id"]),
    });
    expect(measured.map(({ definition, unavailable }) => [definition.name, unavailable])).toEqual([
      ["ctr", null],
      ["long_dwell_share", "column dwell_seconds is absent"],
      ["near_duplicate_share", "column duplicate_group is absent"],
      ["save_rate", null],
      ["top_author_share", "column author_id is absent"],
      ["top_category_share", "column category_id is absent"],
    ]);
  });
});

/** Units, events and their squares. */
type Totals = readonly [units: number, events: number, eventsSquared: number];

function perUnit(event: UnitEvent, baseline: Totals, candidate: Totals): EventsPerUnit {
  const totals = ([units, events, eventsSquared]: Totals) => ({ units, events, eventsSquared });
  return { event, baseline: totals(baseline), candidate: totals(candidate) };
}

describe("traffic", () => {
  it("counts units where they were shown something, new ones once, and the hours a day lacks at its ends", async () => {
    expect(await measureTraffic(byHand, { ...plan, timeZone: "Europe/Berlin" })).toMatchObject({
      // The day in Berlin begins at 23:00 UTC of the day before and ends at 23:00 UTC.
      days: [
        {
          date: first,
          startGapHours: 2,
          endGapHours: 18,
          events: 7,
          baseline: { impressions: 4, clicks: 2, units: 1, newUnits: 1 },
          candidate: { impressions: 0, clicks: 0, units: 0, newUnits: 0 },
        },
        {
          date: second,
          startGapHours: 7,
          endGapHours: 0.5,
          events: 8,
          baseline: { impressions: 4, clicks: 1, units: 1, newUnits: 1 },
          candidate: { impressions: 2, clicks: 1, units: 1, newUnits: 1 },
        },
      ],
      baselineUnits: 2,
      candidateUnits: 1,
      crossoverUnits: 0,
      // over the whole window: a unit's two days are one number, whose square counts
      perUnit: [
        perUnit("impressions", [2, 8, 32], [1, 2, 4]),
        perUnit("clicks_with_dwell", [2, 2, 4], [1, 1, 1]),
        perUnit("saves", [2, 1, 1], [1, 0, 0]),
      ],
    });
  });

  it("gives a unit of both algorithms to neither, and counts it", async () => {
    const engine = await openWarehouse();
    await insert(engine, [{ type: "impression", day: second, algorithm: "v2", user: "b" }]);
    await build(engine);
    const { baselineUnits, candidateUnits, crossoverUnits, days, ...rest } = await measureTraffic(
      engine,
      plan,
    );
    expect([baselineUnits, candidateUnits, crossoverUnits]).toEqual([1, 1, 1]);
    expect(rest.perUnit.map(({ baseline }) => baseline.units)).toEqual([1, 1, 1]);
    expect(days[1]?.candidate).toMatchObject({ units: 2, newUnits: 1 });
    const firstNight = { ...plan, from: second, shownFrom: second };
    expect((await measureTraffic(engine, firstNight)).crossoverUnits, "on a gate's first night").toBe(1);
  });

  it("still knows a day's ends when its events are pruned", async () => {
    const engine = await openWarehouse();
    await build(engine);
    const before = await measureTraffic(engine, plan);
    await engine.execute("DELETE FROM event_rows");
    await buildRelations(engine, shipped, whole);
    expect(await measureTraffic(engine, plan)).toEqual(before);
  });
});

/** Status and detail of every row of one check. */
function rowsOf(checks: readonly CheckMeasurement[], name: string): readonly string[] {
  const check = checks.find((each) => each.name === name);
  expect(told(check?.error), name).toBe("nothing");
  return check?.rows.map(({ status, detail }) => `${status}: ${detail}`) ?? [];
}

describe("the shipped checks", () => {
  it("find what was planted", async () => {
    const engine = await openWarehouse();
    await build(engine);
    await engine.execute(`INSERT INTO load_files (file_id, source, file) VALUES (1, 'feed', 'a.csv');
      INSERT INTO duplicate_rows (file_id, event_date, kind) VALUES (1, DATE '${first}', 'exact'), (1, DATE '${second}', 'conflict')`);
    const checks = await runChecks(engine, shipped);
    const rows = (name: string) => rowsOf(checks, name);
    expect(rows("event_id_populated")).toEqual([
      `pass: ${first}: 0 of 7 events have no event_id`,
      `fail: ${second}: 1 of 14 events have no event_id`,
    ]);
    expect(rows("duplicate_event_ids")).toEqual([
      "fail: ids with two contents: 1 rows left out; exact copies: 1 rows left out",
    ]);
    expect(rows("save_events_present")).toEqual([
      `warn: ${first}: download events: none (1 in the window)`,
      `pass: ${first}: favorite events: 1 (1 in the window)`,
      `pass: ${second}: download events: 1 (1 in the window)`,
      `warn: ${second}: favorite events: none (1 in the window)`,
    ]);
    expect(rows("metadata_present")).toEqual([
      "warn: 1 of 1 download events have no metadata",
      "pass: 0 of 1 favorite events have no metadata",
    ]);
    expect(rows("clicks_without_impression")).toEqual([
      "pass: v1: 1 of 3 clicks have no impression of their unit that day",
      "pass: v2: 0 of 1 clicks have no impression of their unit that day",
    ]);
    expect(rows("traffic_share")).toEqual(["warn: 2 of 10 impressions are the candidate's"]);
    expect(rows("unknown_algorithms")).toEqual(['warn: "v9" has 5 impressions and clicks']);
    expect(rows("freshness")).toEqual([
      `pass: all algorithms: the last day with impressions is ${second}`,
      `pass: baseline: the last day with impressions is ${second}`,
      `pass: candidate: the last day with impressions is ${second}`,
    ]);
    expect(rows("dwell_nulls_by_variant")).toEqual([
      "pass: dwell is unknown in 0.00% of the candidate's clicks and 33.33% of the baseline's",
    ]);
  });

  it("miss no impression of a baseline that at 100% is shown to nobody", async () => {
    const engine = await openWarehouse();
    await insert(engine, repeat(5, { type: "impression", day: second, algorithm: "v2", user: "a" }));
    await buildRelations(engine, only("checks", "freshness"), whole);
    const baseline = async (exposure: number) => {
      await engine.execute(`UPDATE rollout SET exposure = ${exposure}`);
      return rowsOf(await runChecks(engine, only("checks", "freshness")), "freshness")[1];
    };
    expect(await baseline(0.5)).toBe("warn: baseline: the last day with impressions is none");
    expect(await baseline(1)).toBe("pass: baseline: the last day with impressions is none");
  });

  describe("clicks without an impression", () => {
    const users = (count: number, event: Omit<Event, "user">) =>
      Array.from({ length: count }, (_, user): Event => ({ ...event, user: `u${user}` }));
    const shown = (count: number, day: string, algorithm: string) =>
      users(count, { type: "impression", day, algorithm });
    const clicked = (count: number, day: string, algorithm: string) =>
      users(count, { type: "click", day, algorithm });

    async function orphans(rollout: string, all: readonly Event[]): Promise<readonly string[]> {
      const engine = await openWarehouse();
      await insert(engine, all);
      await buildRelations(engine, only("checks", "clicks_without_impression"), whole);
      await engine.execute(`UPDATE rollout SET ${rollout}`);
      return rowsOf(
        await runChecks(engine, only("checks", "clicks_without_impression")),
        "clicks_without_impression",
      );
    }
    const row = (status: string, variant: string, count: string) =>
      `${status}: ${variant}: ${count} clicks have no impression of their unit that day`;

    it.each([
      [3, "pass"],
      [19, "pass"],
      [20, "fail"],
    ])("that are all of %i clicks: %s", async (count, status) => {
      expect(await orphans("exposure = 0.1", clicked(count, second, "v2"))).toEqual([
        row(status, "v2", `${count} of ${count}`),
      ]);
    });

    it("are no fault on the first day where the unit was shown the algorithm the day before", async () => {
      const night = [...shown(30, first, "v2"), ...clicked(30, second, "v2")];
      expect(await orphans(`observed_from = DATE '${second}'`, night)).toEqual([
        row("pass", "v2", "0 of 30"),
      ]);
      expect(await orphans(`observed_from = DATE '${first}'`, night)).toEqual([
        row("fail", "v2", "30 of 30"),
      ]);
    });

    it("are no fault of a baseline that nobody is shown any more, and are where it is still shown", async () => {
      const clicks = clicked(30, second, "v1");
      expect(await orphans("exposure = 1", clicks)).toEqual([row("pass", "v1", "0 of 30")]);
      expect(await orphans("exposure = 0.5", clicks)).toEqual([row("fail", "v1", "30 of 30")]);
      const heldBack = [...shown(31, first, "v1"), ...clicks];
      expect(await orphans("exposure = 1", heldBack)).toEqual([row("fail", "v1", "30 of 30")]);
    });
  });

  it("warn of few ids with two contents, and let exact copies pass", async () => {
    const engine = await openWarehouse();
    await insert(engine, repeat(2000, { type: "impression", day: first, algorithm: "v1", user: "a" }));
    await buildRelations(engine, only("checks", "duplicate_event_ids"), whole);
    await engine.execute("INSERT INTO load_files (file_id, source, file) VALUES (1, 'feed', 'a.csv')");
    const duplicate = async (kind: string) => {
      await engine.execute(
        `INSERT INTO duplicate_rows (file_id, event_date, kind) VALUES (1, DATE '${first}', '${kind}')`,
      );
      return rowsOf(
        await runChecks(engine, only("checks", "duplicate_event_ids")),
        "duplicate_event_ids",
      )[0]?.slice(0, 4);
    };
    expect(await duplicate("exact")).toBe("pass");
    expect(await duplicate("conflict")).toBe("warn");
    expect(await duplicate("conflict")).toBe("warn");
    expect(await duplicate("conflict")).toBe("fail");
  });

  it("say so when nothing of the window is there, and none of it passes for data", async () => {
    const engine = await openWarehouse();
    await buildRelations(engine, shipped, whole);
    const checks = await runChecks(engine, shipped);
    const rows = (name: string) => rowsOf(checks, name);
    expect(rows("event_id_populated")).toEqual(["warn: no event of the window is kept: nothing to count"]);
    expect(rows("save_events_present")).toEqual(["warn: no event of the window is kept: nothing to count"]);
    expect(rows("freshness")[0]).toBe("fail: all algorithms: the last day with impressions is none");
    expect(rows("traffic_share")).toEqual(["fail: 0 of 0 impressions are the candidate's"]);
    expect(rows("dwell_nulls_by_variant")).toEqual(["warn: one of the two algorithms has no click"]);
    expect(rows("clicks_without_impression")).toEqual(["warn: neither algorithm has a click"]);
  });

  it("block a dwell that one variant logs less often, beyond the noise of its units", async () => {
    const engine = await openWarehouse();
    const clicks = (algorithm: string, users: number, unknownEvery: number) =>
      Array.from({ length: users }, (_, i): Event => {
        const click: Event = { type: "click", day: first, algorithm, user: `${algorithm}-${i}` };
        return i % unknownEvery === 0 ? click : { ...click, dwell: 10 };
      });
    await insert(engine, [...clicks("v1", 1000, 20), ...clicks("v2", 500, 5)]);
    await buildRelations(engine, only("checks", "dwell_nulls_by_variant"), whole);
    expect(
      rowsOf(await runChecks(engine, only("checks", "dwell_nulls_by_variant")), "dwell_nulls_by_variant"),
    ).toEqual(["fail: dwell is unknown in 20.00% of the candidate's clicks and 5.00% of the baseline's"]);
  });

  it("are not run without the columns they require", async () => {
    const checks = await runChecks(byHand, only("checks", "dwell_nulls_by_variant"), {
      presentColumns: new Set(["event_id"]),
    });
    expect(rowsOf(checks, "dwell_nulls_by_variant")).toEqual([
      "not_checked: not available: column dwell_seconds is absent",
    ]);
  });
});

describe("the shipped cells", () => {
  it("show what one counts by hand", async () => {
    const cells = await runCells(byHand, shipped, { checkChart: chartFaults, rowLimit: 100 });
    expect(cells.map(({ error }) => told(error))).toEqual(cells.map(() => "nothing"));
    const rows = (name: string) => cells.find((cell) => cell.name === name)?.rows;
    expect(rows("dwell_distribution")).toEqual([
      ["v1", "0–5 s", 1, 0.5],
      ["v1", "30–120 s", 1, 0.5],
      ["v2", "120+ s", 1, 1],
    ]);
    expect(rows("traffic_by_day")).toEqual([
      [first, "v1", 4, 2, 1, 1],
      [second, "v1", 4, 1, 2, 4 / 6],
      [second, "v2", 2, 1, 1, 2 / 6],
    ]);
    expect(rows("ingestion_by_day")).toEqual([
      [first, "click", 2, 0, 0],
      [first, "favorite", 1, 0, 0],
      [first, "impression", 4, 0, 0],
      [second, "click", 2, 0, 0],
      [second, "download", 1, 1, 1],
      [second, "impression", 11, 0, 0],
    ]);
    expect(rows("top_authors")).toEqual([
      ["v1", 1, "z", 4, 0.5],
      ["v1", 2, "x", 3, 0.375],
      ["v1", 3, "y", 1, 0.125],
      ["v2", 1, "x", 2, 1],
    ]);
    // Authors z, x and y; v2 never showed two of them.
    expect(rows("concentration_curve")).toEqual([
      ["v1", 1, 1 / 3, 4 / 8],
      ["v2", 1, 1 / 3, 1],
      ["v1", 2, 2 / 3, 7 / 8],
      ["v2", 2, 2 / 3, 1],
      ["v1", 3, 1, 1],
      ["v2", 3, 1, 1],
    ]);
    expect(rows("save_events_by_day")).toEqual([
      [first, "favorite", 1, 0],
      [second, "download", 1, 1],
    ]);
    expect(rows("known_dwell_share")).toEqual([
      ["v1", 3, 1 / 3, 0.5, 1 / 3],
      ["v2", 1, 0, 1, 1],
    ]);
  });
});

describe("the concentration curve", () => {
  const curve = only("cells", "concentration_curve");
  it.each([
    [7, 7],
    [49, 49],
    [51, 51],
    [1234, 60],
  ])("of %d authors has %d points, the first ten authors and the end among them", async (authors, points) => {
    const engine = await openWarehouse();
    await engine.execute(`INSERT INTO event_rows (event_type, event_date, algo_version, user_id, author_id)
      SELECT 'impression', DATE '${first}', 'v1', 'u' || author, 'a' || author FROM range(${authors}) AS all_authors(author)`);
    await insert(
      engine,
      repeat(3, { type: "impression", day: first, algorithm: "v2", user: "c", author: "a0" }),
    );
    await buildRelations(engine, curve, whole);
    const cells = await runCells(engine, curve, { checkChart: chartFaults, rowLimit: 1000 });
    const cell = cells.find(({ name }) => name === "concentration_curve");
    const of = (algorithm: string) => cell?.rows.filter(([version]) => version === algorithm) ?? [];
    expect(of("v1").length).toBe(points);
    expect(of("v1").map(([, place]) => place)).toEqual(of("v2").map(([, place]) => place));
    // As many impressions as authors: an even curve is the diagonal, the other is all one author's.
    expect(of("v1").every(([, , authorShare, impressionShare]) => authorShare === impressionShare)).toBe(
      true,
    );
    expect(of("v2").every(([, , , impressionShare]) => impressionShare === 1)).toBe(true);
    expect(
      of("v1")
        .slice(0, 10)
        .map(([, place]) => place),
    ).toEqual(Array.from({ length: Math.min(10, authors) }, (_, i) => i + 1));
    expect(of("v1").at(-1)?.slice(1)).toEqual([authors, 1, 1]);
  });

  it("of an algorithm without impressions is no curve", async () => {
    const engine = await openWarehouse();
    await insert(engine, [{ type: "impression", day: first, algorithm: "v1", user: "a", author: "x" }]);
    await buildRelations(engine, curve, whole);
    const cells = await runCells(engine, curve, { checkChart: chartFaults, rowLimit: 100 });
    expect(cells.find(({ name }) => name === "concentration_curve")?.rows).toEqual([["v1", 1, 1, 1]]);
  });
});

describe("the shipped files", () => {
  it("run unchanged in a plain DuckDB client on the warehouse, and so do the runbook's two queries", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gatebook-client-"));
    const file = join(folder, "warehouse.duckdb");
    try {
      const engine = await openDuckDb({ file });
      await createLoadTables(engine);
      await engine.execute(`CREATE TABLE rollout AS SELECT 'v1' AS baseline, 'v2' AS candidate, 0.1 AS exposure,
        DATE '${first}' AS observed_from, DATE '${second}' AS observed_to, DATE '${second}' AS report_date`);
      await build(engine);
      await engine.checkpoint();
      engine.close();
      const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
      const client = await instance.connect();
      for (const { path } of catalogFiles(shipped)) {
        const { currentRowCount } = await client.runAndReadAll(readFileSync(join(shippedRoot, path), "utf8"));
        expect(currentRowCount, path).toBeGreaterThan(0);
      }
      const saves =
        await client.runAndReadAll(`SELECT date(occurred_at) AS day, event_type, count(*) AS events
        FROM user_discovery_events WHERE event_type IN ('favorite', 'download') GROUP BY 1, 2 ORDER BY 1, 2`);
      expect(saves.getRowsJson()).toEqual([
        [first, "favorite", "1"],
        [second, "download", "1"],
      ]);
      const ids = await client.runAndReadAll(
        "SELECT count(*) FROM user_discovery_events WHERE event_id IS NULL OR event_id = ''",
      );
      expect(ids.getRowsJson()).toEqual([["1"]]);
      client.closeSync();
      instance.closeSync();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("keep to SQL that other engines run too", () => {
    const banned =
      /::|\bQUALIFY\b|GROUP BY ALL|ORDER BY ALL|\blag\s*\(|\bmax_by\b|\bapprox_|\bregexp_|\bjson_/i;
    for (const { path, sql } of catalogFiles(shipped)) {
      const code = sql.replace(/--[^\n]*/g, "");
      expect(banned.exec(code)?.[0] ?? null, path).toBeNull();
      // A bare quotient is an integer, or a DECIMAL of one place, somewhere.
      expect(/[\w)]\s*\/(?!\s*nullif\()/.exec(code)?.[0] ?? null, path).toBeNull();
    }
  });
});
