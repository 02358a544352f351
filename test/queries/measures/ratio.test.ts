import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { MetricMeasurement, RatioMoments } from "../../../src/model/measurement.ts";
import { measureMetrics } from "../../../src/queries/measures/metrics.ts";
import { catalogOf, openEngine, plan, told } from "../warehouse.ts";

const metric = `-- @title A rate
SELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days`;

/** Rows (day, algorithm, unit, impressions, clicks) → the table user_days. */
async function userDays(
  rows: readonly (readonly [string, string, string, number, number])[],
  type = "BIGINT",
) {
  const engine = await openEngine();
  await engine.execute(
    `CREATE TABLE user_days (event_date DATE, algo_version VARCHAR, unit_id VARCHAR, impressions ${type}, clicks ${type})`,
  );
  for (const [day, algorithm, unit, impressions, clicks] of rows) {
    await engine.execute(
      `INSERT INTO user_days VALUES (DATE '${day}', '${algorithm}', '${unit}', ${impressions}, ${clicks})`,
    );
  }
  return engine;
}

async function measure(
  engine: Engine,
  sql = metric,
  changes: Partial<typeof plan> = {},
): Promise<MetricMeasurement> {
  const [found] = await measureMetrics(engine, catalogOf({ "metrics/rate.sql": sql }), {
    ...plan,
    ...changes,
  });
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

function ratio([
  units,
  sumDenominator,
  sumNumerator,
  sumDenominatorSquared,
  sumNumeratorSquared,
  sumProduct,
]: readonly [number, number, number, number, number, number]): RatioMoments {
  return {
    shape: "ratio",
    units,
    sumDenominator,
    sumNumerator,
    sumDenominatorSquared,
    sumNumeratorSquared,
    sumProduct,
  };
}

const [first, second] = ["2026-02-01", "2026-02-02"] as const;

describe("the six sums of a ratio", () => {
  it("group a unit again over the window: a returning unit is one unit with its days added up", async () => {
    const engine = await userDays([
      [first, "v1", "a", 2, 1],
      [second, "v1", "a", 3, 1],
      [first, "v1", "b", 4, 0],
      [first, "v2", "c", 5, 2],
    ]);
    const measured = await measure(engine);
    expect(told(measured.error)).toBe("nothing");
    expect(measured.observation).toEqual({
      baseline: ratio([2, 9, 2, 41, 4, 10]),
      candidate: ratio([1, 5, 2, 25, 4, 10]),
    });
    expect(measured.days).toMatchObject([
      { date: first, baseline: ratio([2, 6, 1, 20, 1, 2]), candidate: ratio([1, 5, 2, 25, 4, 10]) },
      { date: second, baseline: ratio([1, 3, 1, 9, 1, 3]), candidate: null },
    ]);
  });

  it("are those of the small delta-method vector", async () => {
    // Source: vectors/formulas.json, delta_method_small.
    const baseline = [
      [20, 1],
      [35, 3],
      [10, 0],
      [50, 2],
      [15, 1],
      [40, 3],
      [5, 0],
      [25, 2],
    ] as const;
    const candidate = [
      [30, 1],
      [22, 2],
      [8, 0],
      [45, 1],
      [12, 0],
      [60, 4],
    ] as const;
    const engine = await userDays([
      ...baseline.map(([m, y], i) => [first, "v1", `b${i}`, m, y] as const),
      ...candidate.map(([m, y], i) => [second, "v2", `c${i}`, m, y] as const),
    ]);
    expect((await measure(engine)).observation).toEqual({
      baseline: ratio([8, 200, 12, 6700, 28, 410]),
      candidate: ratio([6, 177, 8, 7217, 22, 359]),
    });
  });

  it.each([
    {
      // Source: vectors/peers.json, ratio.clustered.ctr.small; sums n, m, y, mm, yy, my.
      name: "ratio.clustered.ctr.small",
      a: { num: [3, 3, 3, 2, 1, 0, 4, 0, 1, 3, 6, 3], den: [28, 31, 45, 57, 3, 9, 49, 56, 15, 19, 52, 25] },
      b: { num: [3, 1, 0, 1, 0, 21, 0, 2, 3, 3], den: [50, 16, 7, 18, 25, 49, 27, 6, 20, 36] },
      baseline: [12, 389, 29, 16561, 103, 1084] as const,
      candidate: [10, 254, 34, 8616, 474, 1393] as const,
    },
    {
      // Source: vectors/peers.json, ratio.clustered.long_share.small. Its n counts users without a click too (den 0);
      // they add nothing to any sum, and a unit without a denominator is not in a ratio: 10 and 7 are left.
      name: "ratio.clustered.long_share.small",
      a: { num: [2, 1, 1, 2, 1, 0, 3, 0, 0, 0, 2, 3], den: [3, 3, 3, 2, 1, 0, 4, 0, 1, 3, 6, 3] },
      b: { num: [1, 1, 0, 0, 0, 8, 0, 1, 1, 2], den: [3, 1, 0, 1, 0, 21, 0, 2, 3, 3] },
      baseline: [10, 29, 15, 103, 33, 50] as const,
      candidate: [7, 34, 14, 474, 72, 183] as const,
    },
  ])("are those of $name", async ({ a, b, baseline, candidate }) => {
    const rows = (algorithm: string, { num, den }: typeof a) =>
      den.map(
        (m, i) => [i % 2 === 0 ? first : second, algorithm, `${algorithm}-${i}`, m, num[i] ?? 0] as const,
      );
    const engine = await userDays([...rows("v1", a), ...rows("v2", b)]);
    expect((await measure(engine)).observation).toEqual({
      baseline: ratio(baseline),
      candidate: ratio(candidate),
    });
  });

  it("are exact where doubles are not", async () => {
    const engine = await userDays(
      Array.from({ length: 10 }, (_, i) => [first, "v1", `u${i}`, 1, 0.1] as const),
      "DOUBLE",
    );
    const { baseline } = (await measure(engine)).observation;
    expect(baseline).toEqual(ratio([10, 10, 1, 10, 0.1, 1]));
  });

  it("stay exact past 32 bits", async () => {
    const engine = await userDays([[first, "v1", "u", 3_000_000_000, 3_000_000_000]]);
    expect((await measure(engine)).observation.baseline).toMatchObject({
      sumDenominatorSquared: 9e18,
      sumProduct: 9e18,
    });
  });

  it("leave out other algorithms, other days and units without a denominator", async () => {
    const engine = await userDays([
      [first, "v1", "a", 2, 1],
      [first, "v1", "no impression", 0, 3],
      [first, "v9", "b", 7, 7],
      ["2026-01-31", "v1", "a", 50, 50],
      ["2026-02-03", "v1", "a", 50, 50],
    ]);
    const { observation, days } = await measure(engine);
    expect(observation).toEqual({ baseline: ratio([1, 2, 1, 4, 1, 2]), candidate: null });
    expect(days.map(({ date }) => date)).toEqual([first]);
  });
});

describe("units under both algorithms", () => {
  const rows = [
    [first, "v1", "a", 2, 1],
    [first, "v1", "both", 9, 9],
    [second, "v2", "both", 9, 9],
    [second, "v2", "c", 5, 2],
  ] as const;

  it("are outside every sum of the window and its days", async () => {
    const { observation, days } = await measure(await userDays(rows));
    expect(observation).toEqual({
      baseline: ratio([1, 2, 1, 4, 1, 2]),
      candidate: ratio([1, 5, 2, 25, 4, 10]),
    });
    expect(days).toMatchObject([
      { date: first, baseline: ratio([1, 2, 1, 4, 1, 2]), candidate: null },
      { date: second, baseline: null, candidate: ratio([1, 5, 2, 25, 4, 10]) },
    ]);
  });

  it("before the window are out only on a day with both, since units move between gates", async () => {
    const engine = await userDays([
      ["2026-01-30", "v1", "moved", 1, 0],
      ["2026-01-31", "v2", "moved", 1, 1],
      ["2026-01-31", "v1", "same day", 1, 1],
      ["2026-01-31", "v2", "same day", 1, 1],
      [first, "v2", "moved", 4, 1],
    ]);
    const { observation, days } = await measure(engine, metric, { shownFrom: "2026-01-30" });
    expect(observation).toEqual({ baseline: null, candidate: ratio([1, 4, 1, 16, 1, 4]) });
    expect(days).toMatchObject([
      { date: "2026-01-30", baseline: ratio([1, 1, 0, 1, 0, 0]), candidate: null },
      { date: "2026-01-31", baseline: null, candidate: ratio([1, 1, 1, 1, 1, 1]) },
      { date: first, baseline: null, candidate: ratio([1, 4, 1, 16, 1, 4]) },
    ]);
  });
});

describe("the heaviest unit of a day", () => {
  const many = (algorithm: string, day: string, count: number) =>
    Array.from({ length: count }, (_, i) => [day, algorithm, `${algorithm}-${i}`, 10, 1] as const);

  it("is named by day and variant with what it holds, its rows of that day added up", async () => {
    const engine = await userDays([
      ...many("v1", first, 30),
      ...many("v2", first, 30),
      [first, "v2", "crawler", 50, 0],
      [first, "v2", "crawler", 40, 2],
      [second, "v1", "other", 7, 3],
    ]);
    const { days } = await measure(engine);
    expect(days.map(({ heaviest }) => heaviest)).toEqual([
      { baseline: null, candidate: { unit: "crawler", denominator: 90, numerator: 2 } },
      { baseline: { unit: "other", denominator: 7, numerator: 3 }, candidate: null },
    ]);
  });

  it("is the first by name of equal ones, and none where the heaviest holds less than a twentieth", async () => {
    const engine = await userDays([...many("v1", first, 20), ...many("v2", first, 21)]);
    const { days } = await measure(engine);
    expect(days[0]?.heaviest).toEqual({
      baseline: { unit: "v1-0", denominator: 10, numerator: 1 },
      candidate: null,
    });
  });

  it("is never one that saw both algorithms", async () => {
    const engine = await userDays([
      ...many("v1", first, 30),
      ...many("v2", first, 30),
      [first, "v1", "both", 900, 0],
      [second, "v2", "both", 900, 0],
    ]);
    const { days } = await measure(engine);
    expect(days[0]?.heaviest).toEqual({ baseline: null, candidate: null });
  });
});

describe("rows that are no measurement", () => {
  it.each([
    [
      "NULL AS numerator",
      "rate.sql:2:1 2 rows have no numerator or denominator | write coalesce(…, 0), or leave them out with WHERE",
    ],
    ["-clicks AS numerator", "nothing"],
  ])("%s: %s", async (numerator, expected) => {
    const sql = metric.replace("clicks AS numerator", numerator.replace("NULL", "CAST(NULL AS INTEGER)"));
    const engine = await userDays([
      [first, "v1", "a", 2, 1],
      [second, "v1", "a", 2, 1],
    ]);
    expect(told((await measure(engine, sql)).error).replace("queries/metrics/", "")).toBe(expected);
  });

  it("are counted: negative denominators and missing units", async () => {
    const engine = await userDays([
      [first, "v1", "a", -2, 1],
      [second, "v1", "b", 2, 1],
    ]);
    expect(told((await measure(engine)).error)).toBe(
      "queries/metrics/rate.sql:2:1 1 row has a negative denominator | a count or a weight is zero or more",
    );
    expect(
      told((await measure(engine, metric.replace("unit_id,", "nullif(unit_id, 'b') AS unit_id,"))).error),
    ).toBe(
      "queries/metrics/rate.sql:2:1 1 row has no event_date or unit_id | leave them out with WHERE … IS NOT NULL",
    );
  });
});
