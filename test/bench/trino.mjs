/**
 * Two nights on a cluster that test/engine/cluster/start.sh started: the first over --days days, the next with one new day. Of each query
 * what it took: seconds, processor time, rows and bytes that came back, splits, nodes; of each night what the workers read, and who took
 * how many splits. Events are generate.mjs's, taken over as Parquet files.
 *
 *   node test/bench/trino.mjs --data DIR [--events 1m] [--days 7] [--bare] [--first]
 *
 * DIR is the folder that start.sh was given; --events are those of the first night; --bare leaves checks and cells out,
 * --first the second night. One worker or two is for start.sh to say.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runNight } from "../../dist/runs/night/night.js";
import { columns, dayName, eventCount, generate } from "./generate.mjs";
import { makeWorkspace } from "./workspace.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    events: { type: "string", default: "1m" },
    days: { type: "string", default: "7" },
    bare: { type: "boolean", default: false },
    first: { type: "boolean", default: false },
  },
});
if (values.data === undefined) throw new Error("--data: the folder that start.sh was given");
const days = Number(values.days);
const server = readFileSync(join(values.data, "url"), "utf8").trim();
const name = `bench_${eventCount(values.events)}_${days}`;
const [table, scratch] = [`iceberg.feed.${name}`, `iceberg.${name}_scratch`];
const lake = join(values.data, "lake/parts", name);
const root = mkdtempSync(join(tmpdir(), "gatebook-bench-"));

/** Any statement, as the cluster's own user. */
async function command(sql) {
  const headers = { "X-Trino-User": "gatebook" };
  let page = await (await fetch(`${server}/v1/statement`, { method: "POST", headers, body: sql })).json();
  for (;;) {
    if (page.error !== undefined) throw new Error(page.error.message);
    if (page.nextUri === undefined) return;
    page = await (await fetch(page.nextUri, { headers })).json();
  }
}

/** The files of these days become part of the table, as they are. */
async function deliver(files) {
  const part = `${dayName(0)}-${files.length}`;
  mkdirSync(join(lake, part), { recursive: true });
  for (const file of files) renameSync(file, join(lake, part, file.split("/").at(-1)));
  const location = `local:///parts/${name}/${part}`;
  await command(`ALTER TABLE ${table} EXECUTE add_files(location => '${location}', format => 'PARQUET')`);
}

async function night(index) {
  const date = dayName(index);
  const started = performance.now();
  const { result, stages } = await runNight(
    {
      ...{ config: join(root, "rollout.yaml"), date, range: null, phase: "daily", asOf: null },
      limits: { timeoutMs: 1_800_000, waitMs: 0, threads: 4 },
      report: { out: join(root, "reports"), formats: ["html"], templateRoots: [] },
      profiles: true,
    },
    {
      ...{ version: "0.0.0", nodeVersion: process.version, env: {}, progress: () => {} },
      now: () => new Date(`${dayName(index + 1)}T03:00:00Z`),
    },
  );
  const seconds = (performance.now() - started) / 1000;
  const { statements, rows, bytes, scannedRows, splits } = result.provenance.engine;
  console.log(
    `\nnight of ${date}: ${seconds.toFixed(1)} s, ${statements} statements over ${scannedRows} rows`,
  );
  console.log(`${rows} rows came back, ${Math.round(bytes / 1000)} kB; splits:`, splitsText(splits));
  for (const { name: metric, error } of result.metrics) if (error !== null) console.log(metric, error);
  printQueries(stages.flatMap(({ statements: profiles = [] }) => profiles));
}

function splitsText(splits) {
  return splits.map(({ worker, splits: count }) => `${worker} ${count}`).join(", ");
}

/** Statements of files by themselves, gatebook's own together. */
function printQueries(profiles) {
  const sums = new Map();
  for (const { what, durationMs, cpuMs, cluster } of profiles) {
    if (cluster === undefined) continue;
    const subject = what.endsWith(".sql") ? what.replace("queries/", "") : "gatebook's own";
    const { calls, s, cpu, rows, kB, splits, nodes } = sums.get(subject) ?? {
      ...{ calls: 0, s: 0, cpu: 0, rows: 0, kB: 0, splits: 0, nodes: 0 },
    };
    sums.set(subject, {
      ...{ calls: calls + 1, s: s + durationMs / 1000, cpu: cpu + cpuMs / 1000 },
      ...{ rows: rows + cluster.rows, kB: kB + cluster.bytes / 1000, splits: splits + cluster.splits },
      nodes: Math.max(nodes, cluster.nodes),
    });
  }
  const round = (sum) =>
    Object.fromEntries(Object.entries(sum).map(([key, value]) => [key, Math.round(value * 10) / 10]));
  console.table(Object.fromEntries([...sums].map(([subject, sum]) => [subject, round(sum)])));
}

try {
  const events = Math.round((eventCount(values.events) * (days + 1)) / days);
  const folder = join(lake, "generated");
  const files = await generate({ events, days: days + 1, format: "parquet", folder });
  await command(`CREATE SCHEMA ${scratch}`);
  const typed = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  await command(`CREATE TABLE ${table} (${typed.join(", ").replace(" TIMESTAMP,", " TIMESTAMP(6),")})`);
  makeWorkspace({ place: root, files: [], days });
  // a folder without files is none of the package's own
  if (values.bare)
    for (const kind of ["cells", "checks"]) mkdirSync(join(root, "queries", kind), { recursive: true });
  const yaml = readFileSync(join(root, "rollout.yaml"), "utf8").replace(
    'files: "exports/*", follow_links: true',
    `table: ${name}`,
  );
  const engine = `{ kind: trino, server: "${server}", catalog: iceberg, schema: feed, scratch: ${scratch} }`;
  writeFileSync(join(root, "rollout.yaml"), `${yaml}engine: ${engine}\n`);
  await deliver(files.slice(0, days));
  await night(days - 1);
  if (!values.first) {
    await deliver(files.slice(days));
    await night(days);
  }
} finally {
  await command(`DROP TABLE IF EXISTS ${table}`);
  await command(`DROP SCHEMA IF EXISTS ${scratch} CASCADE`);
  for (const left of [root, lake]) rmSync(left, { recursive: true, force: true });
}
