/** What units did before the rollout, beside what they do in the window: by hand, and against one pass over the units' rows. */
import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { addDays } from "../../../src/model/calendar.ts";
import { measureMetrics } from "../../../src/queries/measures/metrics.ts";
import { findPrePeriod } from "../../../src/queries/measures/pre-period.ts";
import { catalogOf, openEngine, plan, told } from "../warehouse.ts";

const metric = `-- @title A rate
SELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days`;

type Row = readonly [day: string, algorithm: string, unit: string, impressions: number, clicks: number];

async function userDays(rows: readonly Row[]): Promise<Engine> {
  const engine = await openEngine();
  const values = rows.map(
    ([day, ...rest]) =>
      `(DATE '${day}', ${rest.map((one) => (typeof one === "number" ? one : `'${one}'`)).join(", ")})`,
  );
  await engine.execute(
    `CREATE TABLE user_days AS SELECT * FROM (VALUES ${values.join(", ")}) AS t(event_date, algo_version, unit_id, impressions, clicks)`,
  );
  return engine;
}

const [first, second] = ["2026-02-01", "2026-02-02"] as const;
const daysBefore = (days: number) => addDays(first, -days);
const pre = { from: daysBefore(14), to: daysBefore(1) };

async function measured(engine: Engine, changes: Partial<typeof plan> = {}) {
  const [found] = await measureMetrics(engine, catalogOf({ "metrics/rate.sql": metric }), {
    ...plan,
    ...changes,
  });
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

const rows: readonly Row[] = [
  // a was there before on two days, c once; b and d are new
  [daysBefore(9), "v1", "a", 5, 2],
  [daysBefore(2), "v1", "a", 3, 1],
  [daysBefore(1), "v1", "c", 7, 0],
  // an earlier try of the candidate, and days that are too long ago, do not count
  [daysBefore(3), "v2", "c", 9, 9],
  [daysBefore(15), "v1", "a", 100, 50],
  [first, "v1", "a", 2, 1],
  [second, "v1", "a", 3, 1],
  [first, "v1", "b", 4, 0],
  [first, "v2", "c", 5, 2],
  [second, "v2", "d", 6, 1],
];

describe("the nine sums of a ratio's days before the rollout", () => {
  it("are of the window's units, new ones with nothing, under the baseline alone", async () => {
    const found = await measured(await userDays(rows), { pre });
    expect(told(found.error)).toBe("nothing");
    expect(found.prePeriod).toEqual({
      // a: x = 3, w = 8, y = 2, m = 5
      baseline: {
        unitsWithPre: 1,
        preNumerator: 3,
        preDenominator: 8,
        preNumeratorSquared: 9,
        preDenominatorSquared: 64,
        preProduct: 24,
        denominatorPreNumerator: 15,
        denominatorPreDenominator: 40,
        numeratorPreNumerator: 6,
        numeratorPreDenominator: 16,
      },
      // c: x = 0, w = 7, y = 2, m = 5
      candidate: {
        unitsWithPre: 1,
        preNumerator: 0,
        preDenominator: 7,
        preNumeratorSquared: 0,
        preDenominatorSquared: 49,
        preProduct: 0,
        denominatorPreNumerator: 0,
        denominatorPreDenominator: 35,
        numeratorPreNumerator: 0,
        numeratorPreDenominator: 14,
      },
    });
  });

  it("leave the six sums as they are, and are none without such days", async () => {
    const engine = await userDays(rows);
    const [without, among] = [await measured(engine), await measured(engine, { pre })];
    expect(without.prePeriod).toBeNull();
    expect({ ...among, prePeriod: null }).toEqual(without);
  });
});

describe("the days before the rollout", () => {
  const served = (days: readonly number[], candidate: string = first): readonly Row[] => [
    ...days.map((each): Row => [daysBefore(each), "v1", "u", 1, 0]),
    [first, "v1", "u", 1, 0],
    [candidate, "v2", "w", 1, 0],
  ];
  const upTo = (days: number) => Array.from({ length: days }, (_, at) => at + 1);
  const versions = { baseline: "v1", candidate: "v2" };
  const find = async (engine: Engine, fixed: typeof pre | null = null) =>
    await findPrePeriod(engine, versions, fixed);

  it.each([
    [14, 14],
    [27, 14],
    [28, 28],
    [60, 28],
    [3, 14],
  ])("of %i served are %i", async (kept, days) => {
    expect(await find(await userDays(served(upTo(kept))))).toEqual({
      from: daysBefore(days),
      to: daysBefore(1),
    });
  });

  it("are none where the baseline was not served in the last fourteen, or the candidate never", async () => {
    expect(await find(await userDays(served([20, 21])))).toBeNull();
    expect(await find(await userDays(served(upTo(14)).slice(0, -1)))).toBeNull();
  });

  it("end before the candidate's first event, of whatever gate", async () => {
    const engine = await userDays(served(upTo(20), daysBefore(4)));
    expect(await find(engine)).toEqual({ from: daysBefore(18), to: daysBefore(5) });
    // fixed before an export brought that event
    expect(await find(engine, pre)).toEqual({ from: daysBefore(18), to: daysBefore(5) });
  });

  it("stay as an earlier night fixed them, though more have come", async () => {
    expect(await find(await userDays(served(upTo(28))), pre)).toEqual(pre);
  });
});
