/**
 * What bare DuckDB takes for the same exports, without gatebook: what every figure of the bench is a ratio of.
 *
 *   node test/bench/bare.mjs scan|load|memory|naive|day --files 'DIR/*.csv' --format csv [--database FILE] [--memory-limit 1GB]
 *
 *   scan   reads the nine columns that the shipped metrics need, and keeps nothing
 *   load   stores all columns and the shipped relations in one database file, then sums every metric from the relations
 *   memory the same, but the events stand in memory alone: what a night without kept events could be at best
 *   naive  one SQL query per metric over a view of the files, as one would write it first
 *   day    one file more into what *load* made of the days before: its rows, its relations, every metric summed over all days
 */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { columns } from "./generate.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: "string" },
    format: { type: "string", default: "csv" },
    database: { type: "string", default: ":memory:" },
    "memory-limit": { type: "string" },
  },
});

const types = `{${Object.entries(columns)
  .map(([name, type]) => `${name}: '${type}'`)
  .join(", ")}}`;
const readers = {
  csv: `read_csv('${values.files}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = ${types})`,
  jsonl: `read_json('${values.files}', format = 'newline_delimited', columns = ${types})`,
  parquet: `read_parquet('${values.files}')`,
};
const source = readers[values.format.replace(/\.gz$/, "")];

const needed =
  "event_type occurred_at user_id item_id author_id category_id duplicate_group algo_version dwell_seconds";

/** The shipped relations, word for word what queries/relations/ says with the unit's id for unit_id. */
const relations = {
  user_days: `SELECT event_date, algo_version, user_id AS unit_id,
    count(*) FILTER (WHERE event_type = 'impression') AS impressions, count(*) FILTER (WHERE event_type = 'click') AS clicks,
    count(*) FILTER (WHERE event_type = 'click' AND dwell_seconds IS NOT NULL) AS clicks_with_dwell,
    count(*) FILTER (WHERE event_type = 'click' AND dwell_seconds >= 30) AS long_dwell_clicks,
    count(*) FILTER (WHERE event_type = 'favorite') AS favorites, count(*) FILTER (WHERE event_type = 'download') AS downloads,
    count(*) FILTER (WHERE event_type IN ('favorite', 'download')) AS saves
    FROM events GROUP BY ALL`,
  author_days: keyDays("author_id"),
  category_days: keyDays("category_id"),
  duplicate_days: `SELECT event_date, algo_version, user_id AS unit_id, count(*) AS impressions,
    count(duplicate_group) - count(DISTINCT duplicate_group) AS repeats FROM events WHERE event_type = 'impression' GROUP BY ALL`,
};

function keyDays(key) {
  return `SELECT event_date, algo_version, user_id AS unit_id, ${key}, count(*) AS impressions
    FROM events WHERE event_type = 'impression' GROUP BY ALL`;
}

const sums = (numerator, denominator, table) => `WITH units AS (
    SELECT algo_version, unit_id, sum(${denominator}) AS m, sum(${numerator}) AS y FROM ${table} GROUP BY ALL)
  SELECT algo_version, count(*), sum(m), sum(y), sum(m * m), sum(y * y), sum(m * y) FROM units WHERE m > 0 GROUP BY ALL`;
const share = (key, table, top) => `WITH keys AS (
    SELECT algo_version, ${key}, sum(impressions) AS weight FROM ${table} GROUP BY ALL),
  ranked AS (SELECT *, row_number() OVER (PARTITION BY algo_version ORDER BY weight DESC) AS place FROM keys)
  SELECT algo_version, sum(weight) FILTER (WHERE place <= ${top}) / sum(weight) FROM ranked GROUP BY ALL`;
const metrics = [
  sums("clicks", "impressions", "user_days"),
  sums("long_dwell_clicks", "clicks", "user_days"),
  sums("saves", "impressions", "user_days"),
  sums("repeats", "impressions", "duplicate_days"),
  share("author_id", "author_days", 10),
  share("category_id", "category_days", 1),
];

const work = {
  scan: () => [
    `SELECT ${needed
      .split(" ")
      .map((name) => `count(${name}), max(${name})`)
      .join(", ")} FROM ${source}`,
  ],
  load: () => [
    `CREATE TABLE events AS SELECT *, CAST(occurred_at AS DATE) AS event_date FROM ${source}`,
    ...Object.entries(relations).map(([name, sql]) => `CREATE TABLE ${name} AS ${sql}`),
    ...metrics,
    "CHECKPOINT",
  ],
  memory: () => work.load().map((sql) => sql.replace("CREATE TABLE events", "CREATE TEMP TABLE events")),
  naive: () => [
    `CREATE VIEW events AS SELECT *, CAST(occurred_at AS DATE) AS event_date FROM ${source}`,
    ...Object.entries(relations).map(([name, sql]) => `CREATE VIEW ${name} AS ${sql}`),
    ...metrics,
    "SELECT event_date, count(*) FROM events GROUP BY ALL",
  ],
  day: () => [
    `CREATE TEMP TABLE today AS SELECT *, CAST(occurred_at AS DATE) AS event_date FROM ${source}`,
    "INSERT INTO events FROM today",
    ...Object.entries(relations).map(
      ([name, sql]) => `INSERT INTO ${name} ${sql.replace("FROM events", "FROM today")}`,
    ),
    ...metrics,
    "CHECKPOINT",
  ],
};

if (values.database !== ":memory:" && positionals[0] !== "day")
  for (const end of ["", ".wal"]) rmSync(values.database + end, { force: true });
const instance = await DuckDBInstance.create(values.database);
const connection = await instance.connect();
if (values["memory-limit"]) await connection.run(`SET memory_limit = '${values["memory-limit"]}'`);
for (const statement of work[positionals[0]]()) await (await connection.run(statement)).fetchAllChunks();
connection.closeSync();
instance.closeSync();
