import { describe, expect, test } from "vitest";
import { expectedVerdict, planOf, type Scenario, scenarios } from "../../src/sample/scenario.ts";
import { makeSample } from "../sample/made-sample.ts";

/** Plain SQL over the files alone: clicks per impression, and clicks of 30 s and longer per click. */
const rates = `
  SELECT algo_version, event_date,
    count(*) FILTER (event = 'feed_click') AS clicks, count(*) FILTER (event = 'feed_impression') AS impressions,
    count(*) FILTER (dwell_seconds >= 30) AS long_clicks
  FROM feed GROUP BY ALL`;

const deltas = (columns: string): string => `
  WITH sums AS (SELECT algo_version, ${columns} sum(clicks) AS clicks, sum(impressions) AS impressions,
      sum(long_clicks) AS long_clicks FROM (${rates}) GROUP BY ALL)
  SELECT ${columns} (c.clicks / c.impressions) / (b.clicks / b.impressions) - 1 AS ctr,
    (c.long_clicks / c.clicks) / (b.long_clicks / b.clicks) - 1 AS dwell
  FROM (FROM sums WHERE algo_version = 'clip-cosine-v1') b
  JOIN (FROM sums WHERE algo_version = 'clip-cosine-v2') c ${columns === "" ? "ON true" : "USING (event_date)"}
  ORDER BY ALL`;

interface Deltas {
  readonly ctr: number;
  readonly dwell: number;
}

async function measure(
  scenario: Scenario,
  seed: number,
): Promise<{ window: Deltas; days: readonly Deltas[] }> {
  const { engine, remove } = await makeSample({ scenario, seed, usersPerDay: 1200 });
  const toDeltas = (row: Readonly<Record<string, unknown>>): Deltas => ({
    ctr: Number(row["ctr"]),
    dwell: Number(row["dwell"]),
  });
  const [window] = (await engine.rows(deltas(""))).map(toDeltas);
  const days = (await engine.rows(deltas("event_date,"))).map(toDeltas);
  remove();
  if (window === undefined) throw new Error("no window was measured");
  return { window, days };
}

describe.each([1, 2])("measured on the files of seed %i", (seed) => {
  test("healthy is past no line, neither over the window nor on any day", async () => {
    const { window, days } = await measure("healthy", seed);
    expect(days).toHaveLength(7);
    for (const { ctr, dwell } of [window, ...days]) {
      expect(ctr).toBeGreaterThan(-0.03);
      expect(dwell).toBeGreaterThan(-0.04);
    }
  });

  test("warning is past the 3% line of the click-through rate and not at the 5% line", async () => {
    const { window, days } = await measure("warning", seed);
    expect(window.ctr).toBeLessThan(-0.033);
    expect(window.ctr).toBeGreaterThan(-0.047);
    expect(Math.min(...days.map(({ ctr }) => ctr))).toBeGreaterThan(-0.1);
  });

  test("rollback is past the 5% line over the window and on no day at the severe 10% line", async () => {
    const { window, days } = await measure("rollback", seed);
    expect(window.ctr).toBeLessThan(-0.065);
    expect(window.ctr).toBeGreaterThan(-0.085);
    expect(Math.min(...days.map(({ ctr }) => ctr))).toBeGreaterThan(-0.1);
  });

  test("severe is past the 10% line on one day while the window is healthy", async () => {
    const { window, days } = await measure("severe", seed);
    expect(window.ctr).toBeGreaterThan(-0.03);
    expect(days.map(({ ctr }) => ctr <= -0.12)).toEqual([false, false, false, true, false, false, false]);
    expect(days.filter(({ ctr }) => ctr <= -0.03)).toHaveLength(1);
  });
});

test("sample-ratio delivers 13% where 10% is configured, healthy delivers 10%", async () => {
  const shares: number[] = [];
  for (const scenario of ["sample-ratio", "healthy"] as const) {
    const { engine, remove } = await makeSample({ scenario, usersPerDay: 1200 });
    const [row] = await engine.rows(`
      SELECT count(DISTINCT unit_id) FILTER (algo_version = 'clip-cosine-v2') / count(DISTINCT unit_id) AS share
      FROM feed`);
    remove();
    shares.push(Number(row?.["share"]));
  }
  expect(shares[0]).toBeCloseTo(0.13, 2);
  expect(shares[1]).toBeCloseTo(0.1, 2);
});

test("thin stays below the minimum sample of 1,000 impressions and 100 clicks", async () => {
  const { truth, remove } = await makeSample({ scenario: "thin", usersPerDay: undefined });
  remove();
  const candidate = truth.metrics.find(({ name }) => name === "ctr")?.observed.candidate;
  expect(candidate?.denominator).toBeLessThan(1000);
  expect(candidate?.numerator).toBeLessThan(100);
  expect(truth.expected?.literal).toEqual({ action: "hold", rule: "observing" });
});

test("a healthy week has the 30,000 candidate impressions that evidence needs", async () => {
  const { truth, remove } = await makeSample({ scenario: "healthy", usersPerDay: undefined });
  remove();
  const ctr = truth.metrics.find(({ name }) => name === "ctr")?.observed;
  expect(ctr?.candidate.denominator).toBeGreaterThan(30_000);
  expect(ctr?.delta).toBeCloseTo(0.01, 2);
  expect(truth.expected?.evidence).toEqual({ action: "promote", rule: "promote" });
});

test("a verdict is stated for samples of full size only", () => {
  for (const scenario of scenarios) {
    expect(expectedVerdict(scenario, 7, planOf(scenario).usersPerDay)?.evidence).toBeDefined();
    expect(expectedVerdict(scenario, 6, planOf(scenario).usersPerDay)).toBeNull();
    expect(expectedVerdict(scenario, 7, 500)).toBeNull();
  }
  expect(expectedVerdict("healthy", 30, planOf("healthy").usersPerDay)?.literal.action).toBe("promote");
  expect(expectedVerdict("thin", 30, planOf("thin").usersPerDay)).toBeNull();
});
