import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { ConcentrationEstimate, Estimate } from "../../../src/model/measurement.ts";
import { measureConcentration } from "../../../src/queries/measures/concentration.ts";
import { measureMetrics } from "../../../src/queries/measures/metrics.ts";
import { buildCrossoverUnits } from "../../../src/queries/measures/plan.ts";
import { asQueryFile } from "../../../src/queries/validation/inspect.ts";
import { jackknife } from "../../../src/statistics/concentration.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { catalogOf, openEngine, plan, told } from "../warehouse.ts";

const [first, second] = ["2026-02-01", "2026-02-02"] as const;
type Shown = readonly [day: string, algorithm: string, unit: string, author: string, impressions: number];

/** The table author_days, and user_days summed from it. */
async function authorDays(rows: readonly Shown[]): Promise<Engine> {
  const engine = await openEngine();
  const values = rows.map(
    ([day, ...rest]) => `(DATE '${day}', ${rest.map((part) => `'${part}'`).join(", ")})`,
  );
  await engine.execute(`CREATE TABLE author_days AS
    SELECT event_date, algo_version, unit_id, author_id, CAST(impressions AS BIGINT) AS impressions
    FROM (VALUES ${values.join(", ")}) AS shown(event_date, algo_version, unit_id, author_id, impressions)`);
  await engine.execute(`CREATE TABLE user_days AS SELECT event_date, algo_version, unit_id,
    CAST(sum(impressions) AS BIGINT) AS impressions, 0 AS clicks FROM author_days GROUP BY ALL`);
  return engine;
}

const sql = (top: number) => `-- @top ${top}
SELECT event_date, algo_version, unit_id, author_id AS key, impressions AS weight FROM author_days`;

async function measure(engine: Engine, top: number, changes: Partial<typeof plan> = {}) {
  const [found] = await measureMetrics(engine, catalogOf({ "metrics/top.sql": sql(top) }), {
    ...plan,
    ...changes,
  });
  if (found === undefined || found.error !== null) throw new Error(told(found?.error));
  return found;
}

function concentration(estimate: Estimate | null | undefined): ConcentrationEstimate {
  if (estimate?.shape !== "concentration") throw new Error("no concentration");
  return estimate;
}

/** vectors/formulas.json, concentration_small and jackknife_small: authors by user. */
const small = { u1: { a: 3, b: 1 }, u2: { a: 1, c: 2 }, u3: { b: 2, c: 1, d: 1 }, u4: { a: 2 } };
const shownSmall = (algorithm: string, names: readonly string[] = Object.keys(small)): readonly Shown[] =>
  Object.values(small).flatMap((authors, index) =>
    Object.entries(authors).map(
      ([author, n]) => [index % 2 === 0 ? first : second, algorithm, names[index] ?? "", author, n] as const,
    ),
  );

describe("a top-K share", () => {
  it.each([
    [1, 6, 0.46153846153846156],
    [2, 9, 0.6923076923076923],
    [10, 13, 1],
  ])("of the %d heaviest keys is the vector's", async (top, numerator, share) => {
    const { observation } = await measure(await authorDays(shownSmall("v1")), top);
    expect(observation).toEqual({
      baseline: {
        shape: "concentration",
        units: 4,
        value: share,
        rawValue: share,
        rawNumerator: numerator,
        rawDenominator: 13,
        groups: 1,
        groupUnits: 4,
        standardError: null,
        degreesOfFreedom: null,
      },
      candidate: null,
    });
  });

  it("has the vector's delete-a-group jackknife error when each user is a group", async () => {
    // Ids whose md5('jk1:' || id) falls into four different groups of four.
    const engine = await authorDays(shownSmall("v1"));
    const ids = await engine.rows(`SELECT min('u' || i) AS id FROM range(100) AS t(i)
      GROUP BY CAST('0x' || substr(md5('jk1:u' || i), 1, 8) AS UBIGINT) % 4 ORDER BY 1`);
    const own = await authorDays(
      shownSmall(
        "v1",
        ids.map(({ id }) => String(id)),
      ),
    );
    const [file] = catalogOf({ "metrics/top.sql": sql(1) }).metrics;
    if (file === undefined) throw new Error("no file");
    await buildCrossoverUnits(own, plan);
    const metric = { file, columns: await own.describe(asQueryFile(file)), top: 1 };
    const sizes = { groups: 4, unitsPerGroup: 1, fewestUnits: 1 };
    const measured = await measureConcentration(own, metric, plan, sizes);
    const estimate = concentration(measured.observation.baseline);
    expect(estimate.standardError).toBeCloseTo(0.22831201766544904, 14);
    expect(estimate.degreesOfFreedom).toBe(3);
  });

  it("has the jackknife error of all keys, also where a left-out group takes every leader with it", async () => {
    // Twenty authors, each shown to one unit of the first jackknife group alone, and a lighter one for each other unit.
    const engine = await openEngine();
    const named = await engine.rows(`SELECT id, jack FROM (
      SELECT 'u' || i AS id, CAST('0x' || substr(md5('jk1:u' || i), 1, 8) AS UBIGINT) % 8 AS jack FROM range(400) AS t(i)
    ) AS hashed QUALIFY row_number() OVER (PARTITION BY jack ORDER BY id) <= CASE WHEN jack = 0 THEN 20 ELSE 3 END
    ORDER BY jack, id`);
    engine.close();
    const units = named.map(({ id, jack }, at) => ({ id: String(id), jack: Number(jack), shown: 100 - at }));
    const sizes = { groups: 8, unitsPerGroup: 1, fewestUnits: 1 };
    const own = await authorDays(units.map(({ id, shown }) => [first, "v1", id, `by ${id}`, shown] as const));
    const [file] = catalogOf({ "metrics/top.sql": sql(1) }).metrics;
    if (file === undefined) throw new Error("no file");
    await buildCrossoverUnits(own, plan);
    const metric = { file, columns: await own.describe(asQueryFile(file)), top: 1 };
    const measured = await measureConcentration(own, metric, plan, sizes);
    const shareOf = (kept: readonly { readonly shown: number }[]) =>
      Math.max(...kept.map(({ shown }) => shown)) / kept.reduce((sum, { shown }) => sum + shown, 0);
    const without = Array.from({ length: 8 }, (_, jack) =>
      shareOf(units.filter((unit) => unit.jack !== jack)),
    );
    const expected = jackknife({ theta: shareOf(units), leaveOneOut: without })?.standardError;
    expect(concentration(measured.observation.baseline).standardError).toBeCloseTo(expected ?? 0, 14);
  });

  it("of a day is that day's share of the window's keys, not of the day's own", async () => {
    // Author a leads the window, b the second day.
    const engine = await authorDays([
      [first, "v1", "x", "a", 9],
      [first, "v1", "x", "b", 1],
      [second, "v1", "x", "a", 1],
      [second, "v1", "x", "b", 4],
    ]);
    const { days } = await measure(engine, 1);
    expect(days.map(({ date, baseline }) => [date, concentration(baseline).value])).toEqual([
      [first, 0.9],
      [second, 0.2],
    ]);
    expect(concentration(days[1]?.baseline)).toMatchObject({ rawNumerator: 1, rawDenominator: 5, units: 1 });
  });

  it("before the window has keys of its own", async () => {
    const engine = await authorDays([
      ["2026-01-31", "v1", "x", "c", 3],
      ["2026-01-31", "v1", "x", "a", 1],
      [first, "v1", "x", "a", 9],
    ]);
    const { days } = await measure(engine, 1, { shownFrom: "2026-01-30" });
    expect(days.map(({ date, baseline }) => [date, concentration(baseline).value])).toEqual([
      ["2026-01-31", 0.75],
      [first, 1],
    ]);
  });

  it("is the mean over disjoint groups of the smaller variant's size", async () => {
    // Five baseline units that each see one author of their own, two candidate units likewise: any group of two has half
    // its weight on its first author, while the plain share of five units is a fifth.
    const alone = (algorithm: string, count: number): readonly Shown[] =>
      Array.from(
        { length: count },
        (_, i) => [first, algorithm, `${algorithm}-${i}`, `author ${i}`, 1] as const,
      );
    const { observation } = await measure(await authorDays([...alone("v1", 5), ...alone("v2", 2)]), 1);
    expect(observation.baseline).toMatchObject({
      units: 5,
      groups: 2,
      groupUnits: 2,
      value: 0.5,
      rawValue: 0.2,
    });
    expect(observation.candidate).toMatchObject({
      units: 2,
      groups: 1,
      groupUnits: 2,
      value: 0.5,
      rawValue: 0.5,
    });
  });

  it("names the keys whose share moved most, the key breaking ties", async () => {
    const { movers } = await measure(
      await authorDays([
        [first, "v1", "x", "a", 5],
        [first, "v1", "x", "b", 3],
        [first, "v1", "x", "same", 2],
        [first, "v2", "y", "a", 1],
        [first, "v2", "y", "b", 1],
        [first, "v2", "y", "c", 6],
        [first, "v2", "y", "same", 2],
      ]),
      1,
    );
    expect(movers).toEqual([
      { key: "c", baselineShare: 0, candidateShare: 0.6 },
      { key: "a", baselineShare: 0.5, candidateShare: 0.1 },
      { key: "b", baselineShare: 0.3, candidateShare: 0.1 },
    ]);
  });

  it("before the window has the days of a unit on which it was under one algorithm", async () => {
    const engine = await authorDays([
      ["2026-01-30", "v1", "x", "a", 3],
      ["2026-01-30", "v1", "y", "b", 1],
      ["2026-01-31", "v1", "x", "a", 8],
      ["2026-01-31", "v2", "x", "a", 8],
      ["2026-01-31", "v1", "y", "b", 1],
      [first, "v1", "x", "a", 9],
    ]);
    const changes = { ...plan, shownFrom: "2026-01-30" };
    await buildCrossoverUnits(engine, changes);
    const { days } = await measure(engine, 1, changes);
    expect(days.map(({ date, baseline }) => [date, concentration(baseline).rawNumerator])).toEqual([
      ["2026-01-30", 3],
      ["2026-01-31", 0],
      [first, 9],
    ]);
  });

  it.each([
    ["event_date", "nullif(event_date, DATE '2026-02-01')", "no event_date, unit_id or key"],
    ["unit_id", "nullif(unit_id, 'both')", "no event_date, unit_id or key"],
    ["key", "nullif(author_id, 'b')", "no event_date, unit_id or key"],
    ["weight", "nullif(impressions, 2)", "no weight"],
    ["weight", "1 - impressions", "a negative weight"],
  ])(
    "counts a row without a sound %s, also of a unit that no delta counts: %s",
    async (column, value, what) => {
      const engine = await authorDays([
        [second, "v1", "x", "a", 1],
        [first, "v1", "both", "b", 2],
        [second, "v2", "both", "a", 1],
      ]);
      await buildCrossoverUnits(engine, plan);
      const columns = {
        event_date: "event_date",
        unit_id: "unit_id",
        key: "author_id",
        weight: "impressions",
      };
      const shown = Object.entries({ ...columns, [column]: value }).map(([name, sql]) => `${sql} AS ${name}`);
      const file = `-- @top 1\nSELECT algo_version, ${shown.join(", ")} FROM author_days`;
      const [found] = await measureMetrics(engine, catalogOf({ "metrics/top.sql": file }), plan);
      expect(told(found?.error)).toMatch(
        new RegExp(`${column === "unit_id" ? "2 rows have" : "1 row has"} ${what} `),
      );
    },
  );

  it("counts rows without a key as a fault of the file", async () => {
    const engine = await authorDays([[first, "v1", "x", "a", 5]]);
    const file =
      "-- @top 1\nSELECT event_date, algo_version, unit_id, nullif(author_id, 'a') AS key, impressions AS weight FROM author_days";
    const [found] = await measureMetrics(engine, catalogOf({ "metrics/top.sql": file }), plan);
    expect(told(found?.error)).toBe(
      "queries/metrics/top.sql:2:1 1 row has no event_date, unit_id or key | leave them out with WHERE … IS NOT NULL",
    );
  });
});

/** Users who draw 10 impressions each from `authors` authors, by Zipf's law with the given exponent. */
function draw(
  seed: string,
  options: { algorithm: string; users: number; authors: number; zipf: number },
): readonly Shown[] {
  const random = createRandom(seed);
  const weights = Array.from({ length: options.authors }, (_, rank) => (rank + 1) ** -options.zipf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const drawAuthor = (): number => {
    let left = random.uniform() * total;
    const author = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return author < 0 ? options.authors - 1 : author;
  };
  return Array.from({ length: options.users }, (_, user) => user).flatMap((user) => {
    const seen = new Map<number, number>();
    for (let shown = 0; shown < 10; shown++) {
      const author = drawAuthor();
      seen.set(author, (seen.get(author) ?? 0) + 1);
    }
    return [...seen].map(
      ([author, n]) =>
        [first, options.algorithm, `${options.algorithm}-${seed}-${user}`, `a${author}`, n] as const,
    );
  });
}

/** The same by hand: every jackknife group's top K from all keys, nothing pruned. */
async function unprunedError(engine: Engine, algorithm: string, top: number): Promise<number> {
  const rows = await engine.rows(`WITH u AS (SELECT unit_id, author_id, impressions,
      CAST('0x' || substr(md5('jk1:' || unit_id), 1, 8) AS UBIGINT) % 50 AS jack FROM author_days WHERE algo_version = '${algorithm}'),
    totals AS (SELECT j.jack, author_id, sum(impressions) FILTER (WHERE u.jack <> j.jack) AS n
      FROM u, (SELECT DISTINCT jack FROM u) AS j GROUP BY ALL),
    ranked AS (SELECT *, row_number() OVER (PARTITION BY jack ORDER BY n DESC NULLS LAST) AS place FROM totals)
    SELECT jack, CAST(sum(n) FILTER (WHERE place <= ${top}) AS DOUBLE) / sum(n) AS share FROM ranked GROUP BY jack ORDER BY jack`);
  const shares = rows.map(({ share }) => Number(share));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.sqrt(
    ((shares.length - 1) / shares.length) * shares.reduce((sum, share) => sum + (share - mean) ** 2, 0),
  );
}

describe("over many units", () => {
  it.each([
    { zipf: 0, top: 10 },
    { zipf: 1, top: 1 },
  ])("the pruned jackknife is the whole one, $zipf, top $top", async ({ zipf, top }) => {
    const engine = await authorDays(draw("prune", { algorithm: "v1", users: 300, authors: 200, zipf }));
    const estimate = concentration((await measure(engine, top)).observation.baseline);
    expect(estimate.degreesOfFreedom).toBe(49);
    expect(estimate.standardError).toBeCloseTo(await unprunedError(engine, "v1", top), 14);
  });

  it("fewer than 250 units make fewer jackknife groups, fewer than 50 none", async () => {
    const error = async (users: number) => {
      const engine = await authorDays(draw("few", { algorithm: "v1", users, authors: 20, zipf: 1 }));
      return concentration((await measure(engine, 1)).observation.baseline).degreesOfFreedom;
    };
    expect([await error(249), await error(50), await error(49)]).toEqual([48, 9, null]);
  });

  it("identical algorithms at 10/90 read alike, where the plain shares differ by far", async () => {
    // Flat catalogue of 400 authors, 60 candidate and 540 baseline users, 6 times.
    const deltas = { fair: [] as number[], naive: [] as number[] };
    for (let run = 0; run < 6; run++) {
      const authors = { authors: 400, zipf: 0 };
      const engine = await authorDays([
        ...draw(`aa${run}b`, { algorithm: "v1", users: 540, ...authors }),
        ...draw(`aa${run}c`, { algorithm: "v2", users: 60, ...authors }),
      ]);
      const { observation } = await measure(engine, 10);
      const [b, c] = [concentration(observation.baseline), concentration(observation.candidate)];
      expect([b.groups, b.groupUnits, c.groups]).toEqual([9, 60, 1]);
      deltas.fair.push(c.value / b.value - 1);
      deltas.naive.push(c.rawValue / b.rawValue - 1);
      engine.close();
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const errorOf = (values: readonly number[]) =>
      Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));
    expect(Math.min(...deltas.naive)).toBeGreaterThan(0.4);
    expect(mean(deltas.naive)).toBeGreaterThan(10 * errorOf(deltas.naive));
    expect(Math.abs(mean(deltas.fair))).toBeLessThan(2 * errorOf(deltas.fair));
    expect(errorOf(deltas.fair)).toBeLessThan(0.05);
  });
});
