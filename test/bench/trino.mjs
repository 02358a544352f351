/**
 * What each query of a night takes on a cluster that test/engine/cluster/start.sh started: seconds, processor time, rows and bytes that came back, rows that the
 * workers read, splits in all and of each worker. Events are generate.mjs's, taken over as Parquet files.
 *
 *   node test/bench/trino.mjs --data DIR [--events 1m] [--days 14]
 *
 * DIR is the folder that start.sh was given. One worker or two is for start.sh to say.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openTrino } from "../../dist/engine/trino/open.js";
import { readCatalog } from "../../dist/queries/catalog/catalog.js";
import { measureMetrics } from "../../dist/queries/measures/metrics.js";
import { measureTraffic } from "../../dist/queries/measures/traffic.js";
import { dayName, eventCount, generate } from "./generate.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    events: { type: "string", default: "1m" },
    days: { type: "string", default: "14" },
  },
});
if (values.data === undefined) throw new Error("--data: the folder that start.sh was given");
const days = Number(values.days);
const name = `bench_${values.events}_${days}`;
const folder = join(values.data, "lake/parts", name);
const server = readFileSync(join(values.data, "url"), "utf8").trim();

/** Any statement; the engine itself only reads, and writes its own tables. */
async function command(sql) {
  const headers = { "X-Trino-User": "gatebook" };
  let page = await (await fetch(`${server}/v1/statement`, { method: "POST", headers, body: sql })).json();
  for (;;) {
    if (page.error !== undefined) throw new Error(page.error.message);
    if (page.nextUri === undefined) return;
    page = await (await fetch(page.nextUri, { headers })).json();
  }
}

await generate({ events: eventCount(values.events), days, format: "parquet", folder });
const table = `iceberg.feed.${name}`;
await command(`DROP TABLE IF EXISTS ${table}`);
await command(`CREATE TABLE ${table} (event_id VARCHAR, event_type VARCHAR, occurred_at TIMESTAMP(6), user_id VARCHAR, session_id VARCHAR,
  item_id VARCHAR, author_id VARCHAR, category_id VARCHAR, duplicate_group VARCHAR, algo_version VARCHAR, dwell_seconds DECIMAL(9, 3), position INTEGER)`);
await command(
  `ALTER TABLE ${table} EXECUTE add_files(location => 'local:///parts/${name}', format => 'PARQUET')`,
);

const engine = await openTrino({
  ...{
    server,
    catalog: "iceberg",
    schema: "feed",
    scratch: "iceberg.gatebook",
    user: "gatebook",
    owner: "bench",
  },
});
const catalog = readCatalog(join(import.meta.dirname, "../.."));
const plan = {
  ...{ baseline: "clip-cosine-v1", candidate: "clip-cosine-v2", timeZone: "UTC" },
  ...{ from: dayName(0), to: dayName(days - 1), shownFrom: dayName(0) },
  presentColumns: new Set(["event_id", "author_id", "category_id", "duplicate_group", "dwell_seconds"]),
};
try {
  engine.mount(
    "events",
    `SELECT *, CAST(occurred_at AS DATE) AS event_date, user_id AS unit_id FROM ${engine.tableAt(table)}`,
  );
  engine.mount(
    "item_attributes",
    "SELECT 'x' AS item_id, 'x' AS author_id, 'x' AS category_id, 'x' AS duplicate_group WHERE false",
  );
  for (const file of catalog.relations) {
    await engine.keep({ name: file.name, rows: { file: file.path, sql: file.sql }, days: null });
  }
  await measureTraffic(engine, plan);
  const metrics = await measureMetrics(engine, catalog, plan);
  for (const { definition, error } of metrics)
    if (error !== null) console.log(definition.name, error.message);
  print(engine.costs());
  console.log("splits by worker:", Object.fromEntries(await engine.splitsByWorker()));
} finally {
  for (const { name: relation } of catalog.relations) await engine.dropKept(relation);
  await engine.close();
  await command(`DROP TABLE ${table}`);
}

/** Statements of files by themselves, gatebook's own together. */
function print(costs) {
  const lines = new Map();
  for (const cost of costs) {
    const what = cost.what.endsWith(".sql") ? cost.what : "gatebook's own";
    const sum = lines.get(what) ?? {
      calls: 0,
      s: 0,
      cpu: 0,
      rows: 0,
      kB: 0,
      scanned: 0,
      splits: 0,
      nodes: 0,
    };
    lines.set(what, {
      calls: sum.calls + 1,
      s: sum.s + cost.durationMs / 1000,
      cpu: sum.cpu + cost.cpuMs / 1000,
      rows: sum.rows + cost.rows,
      kB: sum.kB + cost.bytes / 1000,
      scanned: sum.scanned + cost.scannedRows,
      splits: sum.splits + cost.splits,
      nodes: Math.max(sum.nodes, cost.nodes),
    });
  }
  const rounded = [...lines].map(([what, line]) => [
    what,
    Object.fromEntries(Object.entries(line).map(([key, value]) => [key, Math.round(value * 10) / 10])),
  ]);
  console.table(Object.fromEntries(rounded));
}
