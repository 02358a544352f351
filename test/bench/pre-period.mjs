/**
 * What days before the rollout cost: one ratio metric over 14 days with and without 14 days before, interleaved, medians of processor time.
 *
 *   npm run build && node test/bench/pre-period.mjs [--users N]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../dist/engine/duckdb/open.js";
import { readCatalog } from "../../dist/queries/catalog/catalog.js";
import { measureMetrics } from "../../dist/queries/measures/metrics.js";

const ROUNDS = 7;
const usersAt = process.argv.indexOf("--users");
const users = usersAt < 0 ? 200_000 : Number(process.argv[usersAt + 1]);

const root = mkdtempSync(join(tmpdir(), "gatebook-bench-"));
const engine = await openDuckDb({ file: ":memory:" });
try {
  mkdirSync(join(root, "queries/metrics"), { recursive: true });
  writeFileSync(
    join(root, "queries/metrics/rate.sql"),
    "-- @title A rate\nSELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days\n",
  );
  // a user is there on every third day; a tenth of them sees the candidate from the fifteenth day on
  await engine.execute(`CREATE TABLE user_days AS SELECT DATE '2026-01-18' + CAST(d AS INTEGER) AS event_date,
    CASE WHEN u % 10 = 0 AND d >= 14 THEN 'v2' ELSE 'v1' END AS algo_version, 'user-' || CAST(u * 7919 AS VARCHAR) AS unit_id,
    1 + CAST(u % 7 AS BIGINT) AS impressions, CAST(u % 3 AS BIGINT) AS clicks
    FROM range(${users}) AS t(u), range(28) AS s(d) WHERE hash(u * 31 + d) % 3 = 0 ORDER BY event_date, hash(u)`);
  const catalog = readCatalog(root);
  const plan = {
    baseline: "v1",
    candidate: "v2",
    from: "2026-02-01",
    to: "2026-02-14",
    shownFrom: "2026-02-01",
    timeZone: "UTC",
    presentColumns: new Set(["event_id"]),
  };
  const cpu = { without: [], with: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    cpu.without.push(await measured(catalog, { ...plan, pre: null }));
    cpu.with.push(await measured(catalog, { ...plan, pre: { from: "2026-01-18", to: "2026-01-31" } }));
  }
  const [without, among] = [median(cpu.without), median(cpu.with)];
  console.log(
    `${users} users: ${without.toFixed(0)} ms of processor time without, ${among.toFixed(0)} ms with days before: ${(among / without).toFixed(2)} x`,
  );
} finally {
  engine.close();
  rmSync(root, { recursive: true, force: true });
}

async function measured(catalog, plan) {
  const before = process.cpuUsage();
  const [{ error }] = await measureMetrics(engine, catalog, plan);
  if (error !== null) throw new Error(error.message);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
