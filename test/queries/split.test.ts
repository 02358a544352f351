import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { daysFrom } from "../../src/model/calendar.ts";
import { measureSplit, prepareConcentration } from "../../src/queries/aa/aa-concentration.ts";
import { prepareRatio, splitNights, splitSums, wholeSums } from "../../src/queries/aa/aa-ratio.ts";
import { countNewUnits, drawSplits, hexLimit, tagUnits } from "../../src/queries/aa/aa-units.ts";
import { measureConcentration } from "../../src/queries/measures/concentration.ts";
import { buildCrossoverUnits } from "../../src/queries/measures/plan.ts";
import { measureRatio } from "../../src/queries/measures/ratio.ts";
import { asQueryFile } from "../../src/queries/validation/inspect.ts";
import { catalogOf, plan as onePlan, openEngine } from "./warehouse.ts";

const plan = { ...onePlan, from: "2026-02-01", to: "2026-02-04", shownFrom: "2026-02-01" };
const nights = daysFrom(plan.from, plan.to);
const salts = { seed: "test", first: 0, count: 5, share: 0.3 } as const;

const files = {
  "relations/user_days.sql": "SELECT event_date, algo_version, unit_id, impressions, clicks FROM events",
  "relations/author_days.sql": "SELECT event_date, algo_version, unit_id, author_id, impressions FROM events",
  "metrics/ctr.sql":
    "SELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days",
  "metrics/spent.sql":
    "SELECT event_date, algo_version, unit_id, clicks * 0.25 AS numerator, impressions AS denominator FROM user_days",
  "metrics/by_row.sql": `SELECT event_date, algo_version, unit_id || '-' || event_date AS unit_id, clicks AS numerator, impressions AS denominator FROM user_days`,
  "metrics/by_family.sql": `SELECT event_date, algo_version, unit_id[1:2] AS unit_id, clicks AS numerator, impressions AS denominator FROM user_days`,
  "metrics/by_name.sql": `SELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days WHERE algo_version = 'v1'`,
  "metrics/top_author.sql": `-- @top 2
SELECT event_date, algo_version, unit_id, author_id AS key, impressions AS weight FROM author_days`,
};
const catalog = () => catalogOf(files);

/**
 * 400 units of v1 over four days, of whom some come back, some days have clicks without an impression, and u1 … u9 (of 400)
 * are also shown v2; every number hangs on md5 alone.
 */
async function seeded(): Promise<Engine> {
  const engine = await openEngine();
  await engine.execute(`
    CREATE TABLE user_days AS
      SELECT DATE '2026-02-01' + CAST(d AS INTEGER) AS event_date, 'v1' AS algo_version, 'u' || u AS unit_id,
        CASE WHEN h % 7 = 0 THEN 0 ELSE CAST(h % 30 AS INTEGER) END AS impressions, CAST((h // 64) % 4 AS INTEGER) AS clicks
      FROM range(400) AS a(u), range(4) AS b(d), LATERAL (SELECT md5_number_lower('user ' || u || ' ' || d) % 1000000 AS h)
      WHERE h % 2 = 0
      UNION ALL SELECT DATE '2026-02-02', 'v2', 'u' || u, 3, 1 FROM range(1, 10) AS a(u);
    CREATE TABLE author_days AS
      SELECT event_date, algo_version, unit_id, 'a' || (md5_number_lower(unit_id || a) % 12) AS author_id, impressions
      FROM user_days, range(2) AS b(a) WHERE impressions > 0`);
  return engine;
}

/** The same split as a real night would see it: the candidate's side under its own algorithm. */
async function relabelled(salt: number): Promise<Engine> {
  const engine = await seeded();
  await engine.execute(
    "DELETE FROM user_days WHERE unit_id IN (SELECT unit_id FROM user_days WHERE algo_version = 'v2')",
  );
  await engine.execute("DELETE FROM author_days WHERE unit_id NOT IN (SELECT unit_id FROM user_days)");
  const units = (await engine.rows("SELECT DISTINCT unit_id FROM user_days")).map((row) =>
    String(row["unit_id"]),
  );
  const chosen = units.filter((unit) => isChosen(unit, salt)).map((unit) => `'${unit}'`);
  for (const table of ["user_days", "author_days"]) {
    await engine.execute(`UPDATE ${table} SET algo_version = 'v2' WHERE unit_id IN (${chosen.join(", ")})`);
  }
  await buildCrossoverUnits(engine, plan);
  return engine;
}

/** int(md5(salt:user)[0:8] hex) / 2³² < share. */
function isChosen(unit: string, salt: number): boolean {
  const hash = createHash("md5").update(`${salts.seed} ${salt}:${unit}`).digest("hex");
  return Number.parseInt(hash.slice(0, 8), 16) / 2 ** 32 < salts.share;
}

function metricFile(name: string) {
  const file = catalog().metrics.find((one) => one.name === name);
  if (file === undefined) throw new Error(`there is no metric ${name}`);
  return file;
}

describe("units of one algorithm, split", () => {
  it("are those of it alone, chosen by the first eight digits of md5", async () => {
    const engine = await seeded();
    const tagged = await tagUnits(engine, catalog(), plan);
    const [alone] = await engine.rows(
      "SELECT count(*) AS units FROM split_units WHERE unit_id NOT IN ('u1','u2','u3','u4','u5','u6','u7','u8','u9')",
    );
    expect(tagged).toEqual({ units: alone?.["units"], crossed: expect.any(Number), unsplit: [] });
    expect(tagged.crossed).toBeGreaterThan(0);
    await drawSplits(engine, salts);
    const drawn = await engine.rows("SELECT salt, unit_id FROM splits JOIN split_units USING (unit_no)");
    const all = await engine.rows("SELECT unit_id FROM split_units WHERE NOT crossed");
    const wanted = all.flatMap((row) =>
      [0, 1, 2, 3, 4]
        .filter((salt) => isChosen(String(row["unit_id"]), salt))
        .map((salt) => `${salt} ${row["unit_id"]}`),
    );
    expect(drawn.map((row) => `${row["salt"]} ${row["unit_id"]}`).sort()).toEqual(wanted.sort());
  });

  it.each([
    [0.1, "1999999a"],
    [0.5, "80000000"],
    [1e-9, "00000005"],
  ])("a share of %d is a hash below %s", (share, limit) => expect(hexLimit(share)).toBe(limit));

  it("are new on the day on which they are first shown anything", async () => {
    const engine = await seeded();
    await tagUnits(engine, catalog(), plan);
    await drawSplits(engine, salts);
    const counted = await countNewUnits(engine);
    const total = (salt: number | null) =>
      (counted.get(salt) ?? []).reduce((sum, { units }) => sum + units, 0);
    const [shown] = await engine.rows(
      "SELECT count(*) AS units FROM split_units WHERE NOT crossed AND first_shown IS NOT NULL",
    );
    expect(total(null)).toBe(shown?.["units"]);
    for (const salt of [0, 4]) expect(total(salt) / total(null)).toBeCloseTo(salts.share, 1);
  });
});

describe("a ratio over many splits", () => {
  it.each(["ctr", "spent", "by_row"])(
    "%s has the very sums that a real night of that split has, day by day and window by window",
    async (name) => {
      const file = metricFile(name);
      const engine = await seeded();
      await tagUnits(engine, catalog(), plan);
      await drawSplits(engine, salts);
      const columns = await engine.describe(asQueryFile(file));
      await prepareRatio(engine, file, columns, plan);
      const whole = await wholeSums(engine, file, nights);
      const sums = await splitSums(engine, file, nights);
      for (const salt of [0, 3]) {
        const real = await relabelled(salt);
        const split = splitNights(whole, sums.get(salt));
        for (const [at, night] of nights.entries()) {
          const measured = await measureRatio(real, file, columns, { ...plan, to: night });
          expect(split[at]?.window).toEqual(measured.observation);
          const {
            date,
            heaviest: _,
            ...day
          } = measured.days.find((one) => one.date === night) ?? { date: "", heaviest: null };
          expect(date).toBe(night);
          expect(split[at]?.day).toEqual(day);
        }
      }
    },
  );

  it("of units that join several of user_days is refused", async () => {
    const engine = await seeded();
    await tagUnits(engine, catalog(), plan);
    const file = metricFile("by_family");
    const columns = await engine.describe(asQueryFile(file));
    await expect(prepareRatio(engine, file, columns, plan)).rejects.toThrow(
      /its unit_id joins several units/,
    );
  });

  it("that names its algorithm itself is refused", async () => {
    const engine = await seeded();
    await tagUnits(engine, catalog(), plan);
    const file = metricFile("by_name");
    const columns = await engine.describe(asQueryFile(file));
    await expect(prepareRatio(engine, file, columns, plan)).rejects.toThrow(
      /no row when each unit takes the place of its algorithm/,
    );
  });
});

describe("a concentration under a split", () => {
  it("is what a real night of that split measures", async () => {
    const file = metricFile("top_author");
    const engine = await seeded();
    await tagUnits(engine, catalog(), plan);
    await drawSplits(engine, salts);
    const columns = await engine.describe(asQueryFile(file));
    await prepareConcentration(engine, file, plan);
    const measured = await measureSplit(engine, { file, columns, top: 2 }, { salt: 3, nights, plan });
    const real = await relabelled(3);
    for (const [at, to] of nights.entries()) {
      const night = await measureConcentration(real, { file, columns, top: 2 }, { ...plan, to });
      expect(measured[at]).toEqual(night);
    }
    expect(measured.at(-1)?.observation.candidate).toMatchObject({ shape: "concentration", groups: 1 });
  });
});
