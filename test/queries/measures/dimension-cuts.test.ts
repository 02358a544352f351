import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/config.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { MeasuredDimension } from "../../../src/model/measurement.ts";
import type { Catalog } from "../../../src/queries/catalog/catalog.ts";
import { inConfiguredOrder, withEventDimensions } from "../../../src/queries/catalog/event-dimensions.ts";
import { measureMetrics } from "../../../src/queries/measures/metrics.ts";
import { buildCrossoverUnits } from "../../../src/queries/measures/plan.ts";
import { measureUnitsByValue } from "../../../src/queries/measures/units-by-value.ts";
import { buildRelations } from "../../../src/queries/relations/relations.ts";
import { WORKSPACE } from "../../config/workspace.ts";
import { catalogOf, openEngine, openWarehouse, plan, told } from "../warehouse.ts";

const rate = `-- @title A rate
SELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days`;
const userDays = `SELECT event_date, algo_version, unit_id, count(*) FILTER (WHERE event_type = 'impression') AS impressions,
  count(*) FILTER (WHERE event_type = 'click') AS clicks FROM events WHERE algo_version IS NOT NULL
  GROUP BY event_date, algo_version, unit_id`;
const platform = "SELECT event_date, algo_version, unit_id, value FROM platforms";
const cutMetrics = new Set(["rate"]);

async function measure(
  engine: Engine,
  catalog: Catalog,
): Promise<{ readonly cuts: readonly MeasuredDimension[]; readonly whole: unknown }> {
  const [found] = await measureMetrics(engine, catalog, { ...plan, cutMetrics });
  expect(told(found?.error)).toBe("nothing");
  return { cuts: found?.dimensions ?? [], whole: found?.observation };
}

/** units, Σm, Σy, Σm², Σy², Σmy of each variant, by value. */
function sums(dimension: MeasuredDimension | undefined) {
  expect(told(dimension?.error)).toBe("nothing");
  const of = (moments: MeasuredDimension["values"][number]["baseline"]) =>
    moments === null ? null : Object.values(moments).slice(1);
  return dimension?.values.map(({ kind, value, baseline, candidate }) => [
    value ?? kind,
    of(baseline),
    of(candidate),
  ]);
}

/** user_days (day, algorithm, unit, impressions, clicks) and platforms (day, algorithm, unit, value). */
async function tables(
  days: readonly (readonly [string, string, string, number, number])[],
  platforms: readonly (readonly [string, string, string, string | null])[],
) {
  const engine = await openEngine();
  await engine.execute(`CREATE TABLE user_days (event_date DATE, algo_version VARCHAR, unit_id VARCHAR, impressions BIGINT, clicks BIGINT);
    CREATE TABLE platforms (event_date DATE, algo_version VARCHAR, unit_id VARCHAR, value VARCHAR);
    CREATE TABLE platform AS FROM platforms`);
  const row = (values: readonly (string | number | null)[]) =>
    `(${values.map((value) => (typeof value === "string" ? `'${value}'` : String(value))).join(", ")})`;
  await engine.execute(`INSERT INTO user_days VALUES ${days.map(row).join(", ")}`);
  await engine.execute(`INSERT INTO platform VALUES ${platforms.map(row).join(", ")}`);
  return engine;
}

const files = { "metrics/rate.sql": rate, "dimensions/platform.sql": platform };
const [first, second] = ["2026-02-01", "2026-02-02"] as const;

describe("a ratio cut by a dimension", () => {
  it("has six sums per value: NULL is a value, days without one are unknown, a unit may have several", async () => {
    const engine = await tables(
      [
        [first, "v1", "a", 4, 1],
        [second, "v1", "a", 2, 2],
        [first, "v1", "b", 10, 3],
        [first, "v1", "c", 5, 0],
        [first, "v2", "d", 8, 2],
        [second, "v2", "d", 8, 1],
      ],
      [
        [first, "v1", "a", "ios"],
        [second, "v1", "a", "web"],
        [first, "v1", "b", null],
        [first, "v2", "d", "ios"],
        [second, "v2", "d", "ios"],
      ],
    );
    const { cuts } = await measure(engine, catalogOf(files));
    expect(sums(cuts[0])).toEqual([
      ["none", [1, 10, 3, 100, 9, 30], null],
      ["unknown", [1, 5, 0, 25, 0, 0], null],
      ["ios", [1, 4, 1, 16, 1, 4], [1, 16, 3, 256, 9, 48]],
      ["web", [1, 2, 2, 4, 4, 4], null],
    ]);
  });

  it("counts the units of the metric's own delta: none of both algorithms, none without a denominator", async () => {
    const engine = await tables(
      [
        [first, "v1", "a", 100, 5],
        [first, "v1", "both", 50, 5],
        [second, "v2", "both", 50, 5],
        [first, "v1", "clicks only", 0, 7],
        [first, "v1", "late", 0, 2],
        [second, "v1", "late", 10, 1],
        [first, "v2", "d", 100, 4],
      ],
      [
        [first, "v1", "a", "ios"],
        [first, "v1", "both", "ios"],
        [first, "v1", "clicks only", "ios"],
        [first, "v1", "late", "ios"],
        [second, "v1", "late", "web"],
        [first, "v2", "d", "ios"],
      ],
    );
    const { cuts, whole } = await measure(engine, catalogOf(files));
    expect(whole).toMatchObject({ baseline: { sumDenominator: 110, sumNumerator: 8 } });
    expect(sums(cuts[0])).toEqual([
      ["ios", [2, 100, 7, 10_000, 29, 500], [1, 100, 4, 10_000, 16, 400]],
      ["web", [1, 10, 1, 100, 1, 10], null],
    ]);
  });

  it("pools what is beyond twenty values and what is rare, a unit of several such values counting once", async () => {
    const units = Array.from({ length: 23 }, (_, index) => `u${String(index).padStart(2, "0")}`);
    const days = units.map((unit, index) => [first, "v1", unit, 100 - index, 1] as const);
    const engine = await tables(
      [...days, [first, "v1", "r", 1, 1], [second, "v1", "r", 2, 1]],
      [
        ...units.map((unit) => [first, "v1", unit, `value ${unit}`] as const),
        [first, "v1", "r", "rare"],
        [second, "v1", "r", "rarer"],
      ],
    );
    const { cuts } = await measure(engine, catalogOf(files));
    const found = sums(cuts[0]) ?? [];
    expect(found.length).toBe(21);
    expect(found[0]).toEqual([
      "other",
      [4, 80 + 79 + 78 + 3, 5, 80 ** 2 + 79 ** 2 + 78 ** 2 + 9, 7, 80 + 79 + 78 + 6],
      null,
    ]);
  });

  it("refuses several values for one day of a unit, and a dimension that does not run, at that dimension alone", async () => {
    const engine = await tables(
      [[first, "v1", "a", 4, 1]],
      [
        [first, "v1", "a", "ios"],
        [first, "v1", "a", "web"],
      ],
    );
    const { cuts } = await measure(
      engine,
      catalogOf({ ...files, "dimensions/gone.sql": "SELECT 1 AS x FROM nowhere" }),
    );
    expect(cuts.map(({ name, error }) => [name, told(error)])).toEqual([
      ["gone", expect.stringContaining("nowhere")],
      ["platform", expect.stringMatching(/^queries\/dimensions\/platform\.sql:1:1 .*more than one value/)],
    ]);
  });

  it("costs nothing for metrics that are no guardrail", async () => {
    const engine = await tables([[first, "v1", "a", 4, 1]], [[first, "v1", "a", "ios"]]);
    const [found] = await measureMetrics(engine, catalogOf(files), plan);
    expect(found?.dimensions).toEqual([]);
  });
});

describe("dimensions of rollout.yaml", () => {
  const config = parseConfig(`${WORKSPACE}\ndimensions: [category_id, metadata.device.os]\n`, {
    file: "rollout.yaml",
  });

  it("take the value of a unit's first event of the day under that algorithm, and are rebuilt by day", async () => {
    const engine = await openWarehouse();
    const insert = (values: string) =>
      engine.execute(
        `INSERT INTO event_rows (event_type, occurred_at, event_date, algo_version, user_id, category_id, metadata) VALUES ${values}`,
      );
    await insert(`
      ('impression', TIMESTAMP '2026-02-01 09:00:00', DATE '2026-02-01', 'v1', 'a', 'late', '{"device":{"os":"ios"}}'),
      ('impression', TIMESTAMP '2026-02-01 08:00:00', DATE '2026-02-01', 'v1', 'a', NULL, 'no json'),
      ('impression', TIMESTAMP '2026-02-01 07:00:00', DATE '2026-02-01', 'v2', 'a', 'other', '{"device":"x"}'),
      ('impression', TIMESTAMP '2026-02-02 09:00:00', DATE '2026-02-02', 'v1', 'a', 'next', '{"device":{"os":"web"}}'),
      ('click',      TIMESTAMP '2026-02-02 10:00:00', DATE '2026-02-02', 'v1', 'a', 'later', NULL)`);
    const catalog = withEventDimensions(catalogOf({ "relations/user_days.sql": userDays }), config);
    const build = (dirtyDates: readonly string[]) =>
      buildRelations(engine, catalog, { dirtyDates, rebuildAll: false });
    expect((await build([])).map(({ name, outcome, error }) => [name, outcome, told(error)])).toEqual([
      ["user_days", "whole", "nothing"],
      ["category_id", "whole", "nothing"],
      ["device_os", "whole", "nothing"],
    ]);
    const rows = async (table: string) =>
      (
        await engine.table(
          `SELECT CAST(event_date AS VARCHAR), algo_version, unit_id, value FROM ${table} ORDER BY ALL`,
        )
      ).rows;
    expect(await rows("category_id")).toEqual([
      [first, "v1", "a", null],
      [first, "v2", "a", "other"],
      [second, "v1", "a", "next"],
    ]);
    expect((await rows("device_os")).map((row) => row[3])).toEqual([null, null, "web"]);
    await insert(
      `('impression', TIMESTAMP '2026-02-02 08:00:00', DATE '2026-02-02', 'v1', 'a', 'first', NULL)`,
    );
    expect((await build([second])).map(({ name, outcome }) => [name, outcome])).toEqual([
      ["user_days", "days"],
      ["category_id", "days"],
      ["device_os", "days"],
    ]);
    expect((await rows("category_id")).map((row) => row[3])).toEqual([null, "other", "first"]);
    // the first day's events are dropped, and the dimension's SQL becomes another
    await engine.execute("DELETE FROM event_rows WHERE event_date = DATE '2026-02-01'");
    const [dimension] = catalog.dimensions;
    const sql = (dimension?.sql ?? "").replace("value NULLS LAST", "value DESC NULLS LAST");
    const changed = catalog.relations.map((file) =>
      file === dimension ? { ...file, sql, sha256: "another" } : file,
    );
    await buildRelations(engine, { ...catalog, relations: changed }, { dirtyDates: [], rebuildAll: false });
    expect(await rows("category_id")).toEqual([[second, "v1", "a", "first"]]);
    expect((await rows("device_os")).length).toBe(3);
  });

  it("have the least value of those at that instant, known before unknown, and no value of a later one", async () => {
    const engine = await openWarehouse();
    await engine.execute(
      `INSERT INTO event_rows (event_type, occurred_at, event_date, algo_version, user_id, category_id) VALUES
      ('impression', TIMESTAMP '2026-02-01 08:00:00', DATE '2026-02-01', 'v1', 'tie', 'web'),
      ('impression', TIMESTAMP '2026-02-01 08:00:00', DATE '2026-02-01', 'v1', 'tie', 'ios'),
      ('impression', TIMESTAMP '2026-02-01 08:00:00', DATE '2026-02-01', 'v1', 'tie', NULL),
      ('click',      TIMESTAMP '2026-02-01 08:00:01', DATE '2026-02-01', 'v1', 'tie', 'android'),
      ('click',      TIMESTAMP '2026-02-01 09:00:00', DATE '2026-02-01', 'v1', 'back', 'b'),
      ('click',      TIMESTAMP '2026-02-01 08:30:00', DATE '2026-02-01', 'v1', 'back', 'a'),
      ('impression', TIMESTAMP '2026-02-01 08:00:00', DATE '2026-02-01', 'v1', 'back', 'b'),
      ('impression', TIMESTAMP '2026-02-01 09:00:00', DATE '2026-02-01', 'v1', 'timed', 'z'),
      ('impression', NULL,                            DATE '2026-02-01', 'v1', 'timed', 'a'),
      ('impression', NULL,                            DATE '2026-02-01', 'v1', 'untimed', 'm'),
      ('impression', NULL,                            DATE '2026-02-01', 'v1', 'untimed', 'k'),
      ('favorite',   TIMESTAMP '2026-02-01 09:00:00', DATE '2026-02-01', NULL, 'saved', 'a')`,
    );
    const catalog = withEventDimensions(catalogOf({ "relations/user_days.sql": userDays }), config);
    await buildRelations(engine, catalog, { dirtyDates: [], rebuildAll: true });
    const { rows } = await engine.table("SELECT unit_id, value FROM category_id ORDER BY unit_id");
    expect(rows).toEqual([
      ["back", "b"],
      ["tie", "ios"],
      ["timed", "z"],
      ["untimed", "k"],
    ]);
  });

  it("keep their place when a record is run again: files by name, then as rollout.yaml lists them", () => {
    const night = withEventDimensions(catalogOf({ "dimensions/age.sql": platform }), config);
    const recorded = { ...night, dimensions: night.dimensions.toReversed() };
    const names = ({ dimensions }: Catalog) => dimensions.map(({ name }) => name);
    expect(names(night)).toEqual(["age", "category_id", "device_os"]);
    expect(names(inConfiguredOrder(recorded, config))).toEqual(names(night));
  });

  it("that are called like a file are that file's to explain", () => {
    const catalog = withEventDimensions(catalogOf({ "metrics/category_id.sql": rate }), config);
    expect(catalog.problems.map(told)).toEqual([
      'rollout.yaml/dimensions/category_id the name "category_id" is taken by queries/metrics/category_id.sql | rename the file, or take category_id out of dimensions',
    ]);
  });
});

describe("new units by the values of a dimension", () => {
  it("count a unit once, with the value of its first day under that algorithm, and pool beyond fifty", async () => {
    const many = Array.from({ length: 52 }, (_, n) => `m${String(n).padStart(2, "0")}`);
    const engine = await tables(
      [
        [first, "v1", "a", 4, 1],
        [second, "v1", "a", 2, 2],
        [first, "v1", "clicks only", 0, 3],
        [second, "v1", "late", 1, 0],
        [first, "v1", "late", 0, 1],
        [first, "v2", "d", 8, 2],
        [first, "v2", "none", 1, 0],
        [first, "v2", "no row", 1, 0],
        [first, "v1", "both", 1, 0],
        [second, "v2", "both", 1, 0],
        ...many.map((unit) => [first, "v2", unit, 1, 0] as const),
      ],
      [
        [first, "v1", "a", "ios"],
        [second, "v1", "a", "web"],
        [first, "v1", "late", "ios"],
        [second, "v1", "late", "web"],
        [first, "v2", "d", "ios"],
        [first, "v2", "none", null],
        [first, "v1", "both", "ios"],
        [second, "v2", "both", "ios"],
        ...many.map((unit) => [first, "v2", unit, `value ${unit}`] as const),
      ],
    );
    await buildCrossoverUnits(engine, plan);
    const [found] = await measureUnitsByValue(engine, catalogOf(files), plan);
    expect(told(found?.error)).toBe("nothing");
    const counts = found?.values.map(({ kind, value, baselineUnits, candidateUnits }) => [
      ...[kind, value, baselineUnits, candidateUnits],
    ]);
    expect(counts?.filter(([, value]) => value === null)).toEqual([
      ["none", null, 0, 1],
      ["other", null, 1, 3],
      ["unknown", null, 0, 1],
    ]);
    expect(counts?.slice(3).length).toBe(50);
    expect(counts?.filter(([, value]) => value === "ios" || value === "web")).toEqual([
      ["value", "ios", 1, 1],
    ]);
  });
});
