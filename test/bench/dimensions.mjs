/**
 * What a dimension costs beside the metric that it cuts (target: at most 1.3 times the metric's own query).
 *
 *   npm run build && node test/bench/dimensions.mjs [--units 100000] [--days 14] [--values 1000] [--rounds 5]
 *
 * Units with a row of user_days a day in memory; a ratio is measured without dimensions, with one and with ten, in turn. Also the relation of
 * a column of events against user_days, both built from the same events. Medians; processor time, so that other work on the machine
 * counts little.
 */
import { parseArgs } from "node:util";
import { openDuckDb } from "../../dist/engine/duckdb/open.js";
import { catalogFile, catalogOf } from "../../dist/queries/catalog/catalog.js";
import { withEventDimensions } from "../../dist/queries/catalog/event-dimensions.js";
import { measureMetrics } from "../../dist/queries/measures/metrics.js";

const { values: options } = parseArgs({
  options: {
    units: { type: "string", default: "100000" },
    days: { type: "string", default: "14" },
    values: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
  },
});
const [units, days, distinct, rounds] = ["units", "days", "values", "rounds"].map((name) =>
  Number(options[name]),
);

const engine = await openDuckDb({ file: ":memory:" });
await engine.execute(`CREATE TABLE user_days AS
  SELECT DATE '2026-02-01' + CAST(d AS INTEGER) AS event_date, CASE WHEN u % 10 = 0 THEN 'v2' ELSE 'v1' END AS algo_version,
    'u' || u AS unit_id, 5 + (u * 7 + d * 3) % 20 AS impressions, (u * 13 + d) % 4 AS clicks, 0 AS clicks_with_dwell,
    0 AS long_dwell_clicks, 0 AS favorites, 0 AS downloads, 0 AS saves
  FROM range(${units}) AS a(u), range(${days}) AS b(d)`);
const names = Array.from({ length: 10 }, (_, n) => `d${n}`);
for (const [n, name] of names.entries())
  await engine.execute(`CREATE TABLE ${name} AS SELECT event_date, algo_version, unit_id,
    'value ' || (hash(unit_id || '${n}') % ${distinct}) AS value FROM user_days`);
await engine.execute(`CREATE TABLE events AS SELECT event_date, algo_version, unit_id, 'impression' AS event_type,
    CAST(event_date AS TIMESTAMP) + to_seconds(CAST(i * 60 AS BIGINT)) AS occurred_at, 'value ' || (hash(unit_id) % ${distinct}) AS platform
  FROM user_days, range(10) AS r(i)`);

const file = (kind, name, sql) =>
  catalogFile({ kind, name, path: `queries/${kind}s/${name}.sql`, sql, isShipped: false });
const metric = file(
  "metric",
  "ctr",
  "-- @title CTR\nSELECT event_date, algo_version, unit_id, clicks AS numerator, impressions AS denominator FROM user_days",
);
const catalogs = [0, 1, 10].map((count) => {
  const cut = names
    .slice(0, count)
    .map((name) =>
      file("dimension", name, `SELECT event_date, algo_version, unit_id, value FROM ${name}_made`),
    );
  return { count, catalog: catalogOf([metric, ...cut], []) };
});
// the dimensions are built: what their files read is there, too
for (const name of names) await engine.execute(`CREATE VIEW ${name}_made AS FROM ${name}`);
const to = new Date(Date.parse("2026-02-01") + (days - 1) * 86_400_000).toISOString().slice(0, 10);
const plan = {
  ...{ baseline: "v1", candidate: "v2", from: "2026-02-01", to, shownFrom: "2026-02-01", timeZone: "UTC" },
  ...{ presentColumns: new Set(), cutMetrics: new Set(["ctr"]), timeoutMs: 600_000 },
};

async function cost(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const measured = new Map(catalogs.map(({ count }) => [count, []]));
const relations = { user_days: [], platform: [] };
const [platform] = withEventDimensions(catalogOf([], []), {
  dimensions: [{ name: "platform", written: "platform", column: "platform", path: [] }],
}).dimensions;
const built = {
  user_days: `SELECT event_date, algo_version, unit_id, count(*) FILTER (WHERE event_type = 'impression') AS impressions,
    count(*) FILTER (WHERE event_type = 'click') AS clicks FROM events GROUP BY event_date, algo_version, unit_id`,
  platform: platform.sql,
};
for (let round = 0; round < rounds; round++) {
  for (const { count, catalog } of catalogs)
    measured.get(count).push(
      await cost(async () => {
        const [found] = await measureMetrics(engine, catalog, plan);
        const failed = found.error ?? found.dimensions.find(({ error }) => error !== null)?.error;
        if (failed) throw new Error(failed.message);
        if (found.dimensions.length !== count)
          throw new Error(`${found.dimensions.length} dimensions, not ${count}`);
      }),
    );
  for (const [name, sql] of Object.entries(built))
    relations[name].push(await cost(() => engine.execute(`CREATE OR REPLACE TEMP TABLE built AS ${sql}`)));
}
engine.close();

const [none, one, ten] = [0, 1, 10].map((count) => median(measured.get(count)));
const line = (what, seconds, ratio) =>
  `${what.padEnd(46)} ${seconds.toFixed(2)} s${ratio === undefined ? "" : `   ${ratio.toFixed(2)}`}`;
process.stdout.write(
  [
    `${units} units, ${days} days, ${distinct} values, ${rounds} rounds, processor time`,
    line("the metric, no dimension", none),
    line("one dimension more, of the metric", one - none, (one - none) / none),
    line("each of ten", (ten - none) / 10, (ten - none) / 10 / none),
    line("relation user_days", median(relations.user_days)),
    line(
      "relation of a column of events",
      median(relations.platform),
      median(relations.platform) / median(relations.user_days),
    ),
    "",
  ].join("\n"),
);
