import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { calibrationText } from "../../../src/commands/texts/calibration-text.ts";
import { openDuckDb } from "../../../src/engine/duckdb/open.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { readCatalog } from "../../../src/queries/catalog/catalog.ts";
import { calibrationNights } from "../../../src/queries/measures/served-days.ts";
import { type CalibrationReport, calibrate } from "../../../src/runs/calibrate/calibrate.ts";
import type { Plant } from "../../../src/runs/calibrate/planted.ts";
import { temporaryFolder, writeFilesIn } from "../../helpers/temp-workspace.ts";
import { config, guardrail, thresholds } from "../../judge/builders.ts";

const files = {
  "relations/user_days.sql": "SELECT event_date, algo_version, unit_id, impressions, clicks FROM events",
  "relations/views.sql": "SELECT event_date, algo_version, unit_id, place, clicked FROM events",
  "metrics/ctr.sql":
    "SELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days",
  // Ignores who saw what: every impression is a unit of its own.
  "metrics/row_ctr.sql": `SELECT event_date, algo_version, unit_id || '-' || event_date || '-' || place AS unit_id,
    clicked AS numerator, 1 AS denominator FROM views`,
  "metrics/top_author.sql": `-- @top 2
SELECT event_date, algo_version, unit_id, place % 5 AS key, 1 AS weight FROM views`,
  "metrics/broken.sql": "SELECT event_date, algo_version, unit_id, clicks AS numerator FROM user_days",
  "metrics/dwell.sql": `-- @requires dwell_seconds
SELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days`,
};

const root = temporaryFolder(afterAll);
writeFilesIn(
  root,
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`queries/${path}`, text])),
);
const catalog = readCatalog(root);

const settled = config({
  rollout: { name: "r", baseline: "v1", candidate: "v2", timeZone: "UTC" },
  minSample: { impressions: 100, clicks: 10 },
  thresholds: thresholds([
    guardrail("ctr", "drop", [0.03, 0.05, 0.1]),
    guardrail("row_ctr", "drop", [0.03, 0.05, 0.1]),
    guardrail("top_author", "rise", [0.1, 0.15, null]),
  ]),
});

/**
 * 1,200 users over five days, or as many as told, each there on every other day with 20 impressions. Half of them click 2% of the time, half
 * 14%: clicks come in clusters, one user's window is worth a third of the impressions it has. All hangs on md5.
 */
async function openPopulation(users = 1200): Promise<Engine> {
  const engine = await openDuckDb({ file: ":memory:" });
  const hash = (text: string) => `md5_number_lower(${text}) % 1000`;
  await engine.execute(`
    CREATE TABLE views AS
      SELECT DATE '2026-02-01' + CAST(d AS INTEGER) AS event_date, 'v1' AS algo_version, 'u' || u AS unit_id, place,
        CAST(${hash("'c ' || u || ' ' || d || ' ' || place")} < CASE WHEN u % 2 = 0 THEN 20 ELSE 140 END AS INTEGER) AS clicked
      FROM range(${users}) AS a(u), range(5) AS b(d), range(20) AS c(place)
      WHERE ${hash("'there ' || u || ' ' || d")} < 500;
    CREATE TABLE user_days AS SELECT event_date, algo_version, unit_id, count(*) AS impressions, sum(clicked) AS clicks
      FROM views GROUP BY ALL`);
  return engine;
}

async function run(
  splits: number,
  concentrationSplits: number,
  seed = "gatebook",
  plants: readonly Plant[] = [],
  users?: number,
): Promise<CalibrationReport> {
  const engine = await openPopulation(users);
  try {
    const nights = await calibrationNights(engine, { baseline: "v1", from: null, to: null });
    const request = { config: settled, catalog, ...nights, share: 0.1, splits, seed, plants };
    const presentColumns = new Set(["author_id"]);
    return await calibrate(
      engine,
      { ...request, concentrationSplits, presentColumns, timeoutMs: 60_000 },
      () => {},
    );
  } finally {
    engine.close();
  }
}

describe("1,200 users who all got the same, split 200 times", () => {
  let report: CalibrationReport;
  beforeAll(async () => {
    report = await run(
      200,
      3,
      "gatebook",
      [-0.3, -0.6].map((change) => ({ metric: "ctr", change })),
    );
  });
  const metric = (name: string) => {
    const found = report.metrics.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} is not in the report`);
    return found;
  };

  it("plays every night that the baseline was served", () => {
    expect(report).toMatchObject({ from: "2026-02-01", to: "2026-02-05", nights: 5, crossedUnits: 0 });
    expect(report.units).toBeGreaterThan(1150);
  });

  it("finds intervals over users as honest as they claim", () => {
    const { intervals, requirements } = metric("ctr");
    expect(requirements.map(({ holds }) => holds)).toEqual([true, true, true]);
    expect(intervals?.splits).toBe(200);
    expect(intervals?.coverage).toBeGreaterThan(0.92);
    expect(intervals?.coverage).toBeLessThan(0.98);
  });

  it("finds out a metric that takes impressions for users, since a split is one of users all the same", () => {
    const { intervals, requirements } = metric("row_ctr");
    expect(requirements.map(({ holds }) => holds)).toEqual([false, false, false]);
    expect(intervals?.coverage).toBeLessThan(0.85);
    expect(intervals?.standardDeviation).toBeGreaterThan(1.4);
  });

  it("shows how the bare thresholds cry wolf, and that evidence does not", () => {
    const { literal, evidence } = metric("ctr").rates ?? {};
    expect(literal?.rollback.share).toBeGreaterThan(0.3);
    expect(literal?.severe.share).toBeGreaterThan(0.3);
    expect(evidence?.anyRollback.share).toBeLessThan(0.02);
    // 6,000 impressions leave the rollback line open, unless chance made the candidate look 8% better.
    expect(evidence?.healthy.share).toBeLessThan(0.3);
  });

  it("answers for all guardrails together, with the concentrations over fewer splits", () => {
    expect(report.anyGuardrail.map(({ guardrails, splits }) => ({ guardrails, splits }))).toEqual([
      { guardrails: ["ctr", "row_ctr"], splits: 200 },
      { guardrails: ["ctr", "row_ctr", "top_author"], splits: 3 },
    ]);
    const [ratios] = report.anyGuardrail;
    const shares = ["ctr", "row_ctr"].map((name) => metric(name).rates?.literal.rollback.share ?? 0);
    expect(ratios?.rates.literal.rollback.share).toBeGreaterThanOrEqual(Math.max(...shares));
    expect(ratios?.rates.literal.rollback.share).toBeLessThanOrEqual((shares[0] ?? 0) + (shares[1] ?? 0));
  });

  it("finds splits that are sound by making as sound by the sample ratio", () => {
    expect(report.sampleRatio.requirement.holds).toBe(true);
    expect(report.sampleRatio.alarms.share).toBeLessThan(0.02);
  });

  it("says which metric could not be calibrated, and goes on", () => {
    expect(metric("broken").error?.message).toMatch(/denominator/);
    expect(metric("dwell").unavailable).toBe("column dwell_seconds is absent");
    expect([metric("broken").splits, metric("dwell").splits]).toEqual([0, 0]);
  });

  it("plants true drops: the larger one is found in most rollouts, and hardly any is promoted", () => {
    const { harmless, planted } = report;
    const [less, more] = planted;
    expect(planted.map(({ metric, change }) => [metric, change])).toEqual([
      ["ctr", -0.3],
      ["ctr", -0.6],
    ]);
    for (const { rolledBack, promoted, held, splits, guardrails } of [harmless, ...planted]) {
      expect(rolledBack.share + promoted.share + held.share).toBeCloseTo(1, 12);
      expect({ splits, guardrails }).toEqual({ splits: 200, guardrails: ["ctr", "row_ctr"] });
    }
    expect(harmless.rolledBack.share).toBeLessThan(0.05);
    expect(less?.rolledBack.share).toBeGreaterThan(harmless.rolledBack.share + 0.1);
    expect(more?.rolledBack.share).toBeGreaterThan(0.9);
    expect(more?.rolledBack.standardError).toBeLessThan(0.02);
    expect(more?.promoted.share).toBe(0);
    expect(more?.healthyAtEnd.share).toBe(0);
    expect(more?.medianNight).toBeLessThanOrEqual(less?.medianNight ?? 0);
    expect(more?.withConcentrations).toMatchObject({
      splits: 3,
      guardrails: ["ctr", "row_ctr", "top_author"],
    });
  });

  it("tells it as Markdown to paste", () => {
    const text = calibrationText(report);
    expect(text).toMatch(
      /^v1 against itself: 1,1\d\d units, 2026-02-01 to 2026-02-05 \(5 nights\), 10% of them/,
    );
    expect(text).toMatch(/^\| ctr +\| evidence \| /m);
    expect(text).toMatch(/^\| row_ctr .*\| FAIL: p below 0\.05, sd of z, KS p \|$/m);
    expect(text).toMatch(/^\| ctr .*\| pass +\|$/m);
    expect(text).toMatch(/P\(rollback on a harmless candidate within 5 nights\) literal \d/);
    expect(text).toMatch(/^\| none +\| 2 +\| .* \| 200 +\|$/m);
    expect(text).toMatch(/^\| ctr −30% +\| 2 +\| \d\d\.\d% ± \d\.\d \(\d\) +\| 0% \(< 1\.5%\) +\|/m);
    expect(text).not.toContain("healthy on the last night");
    expect(calibrationText(report, { atEnd: true })).toContain("healthy on the last night");
    expect(text).toContain("broken could not be calibrated");
    expect(text).toContain("dwell is not available: column dwell_seconds is absent");
  });
});

describe("what cannot be planted", () => {
  it.each<readonly [string, Plant, RegExp]>([
    ["a metric that there is none of", { metric: "ctrl", change: -0.1 }, /no metric of this workspace/],
    ["a concentration", { metric: "top_author", change: 0.1 }, /is a concentration/],
    ["what decides nothing", { metric: "dwell", change: -0.1 }, /is no guardrail/],
    ["a rise above everything", { metric: "ctr", change: 14 }, /ctr is at \d\.\d\d% already/],
  ])("%s", async (_, plant, message) => {
    await expect(run(2, 0, "gatebook", [plant], 200)).rejects.toThrow(message);
  });
});

describe("a calibration", () => {
  it("is the same for the same seed and another for another", async () => {
    const rates = async (seed: string) => JSON.stringify((await run(5, 0, seed, [], 200)).metrics);
    const first = await rates("a");
    expect(await rates("a")).toBe(first);
    expect(await rates("b")).not.toBe(first);
  });

  it("of days without the baseline says so", async () => {
    const engine = await openPopulation();
    const asked = { baseline: "v1", from: "2026-03-02", to: null };
    await expect(calibrationNights(engine, asked)).rejects.toThrow(
      /--from 2026-03-02 is after --to 2026-02-05/,
    );
    await expect(calibrationNights(engine, { ...asked, baseline: "v9" })).rejects.toThrow(/no day of v9/);
    engine.close();
  });
});

describe("cuts by a dimension", () => {
  it("are counted over all guardrails, hardly any stands out, and one that fails is left out", async () => {
    const cutRoot = temporaryFolder(onTestFinished);
    writeFilesIn(cutRoot, {
      "queries/relations/user_days.sql": files["relations/user_days.sql"],
      "queries/metrics/ctr.sql": files["metrics/ctr.sql"],
      "queries/dimensions/third.sql":
        "SELECT event_date, algo_version, unit_id, 't' || CAST(length(unit_id) % 3 AS VARCHAR) AS value FROM events",
      "queries/dimensions/gone.sql": "SELECT event_date, algo_version, unit_id, x AS value FROM nowhere",
    });
    const engine = await openPopulation();
    onTestFinished(() => engine.close());
    await engine.execute(`CREATE TABLE third AS SELECT event_date, algo_version, unit_id,
      't' || CAST(CAST(substr(unit_id, 2) AS INTEGER) % 3 AS VARCHAR) AS value FROM user_days`);
    const nights = await calibrationNights(engine, { baseline: "v1", from: null, to: null });
    const request = { ...nights, share: 0.5, splits: 300, seed: "cuts", plants: [], concentrationSplits: 0 };
    const only = { ...settled, thresholds: thresholds([guardrail("ctr", "drop", [0.03, 0.05, 0.1])]) };
    const report = await calibrate(
      engine,
      {
        ...request,
        config: only,
        catalog: readCatalog(cutRoot),
        presentColumns: new Set(),
        timeoutMs: 60_000,
      },
      () => {},
    );
    expect(report.cuts?.lookedAt).toBe(3);
    expect(report.cuts?.marked.share).toBeLessThan(0.08);
    expect(report.cuts?.requirement).toMatchObject({ name: "cuts marked", low: null, holds: true });
    expect(calibrationText(report)).toMatch(
      /^A cut by a dimension stands out in \d.* of 300 splits \(at most 7\.6%\), of 3\.0 cuts looked at: pass\.$/m,
    );
  });
});
