/**
 * Deterministic event exports of any size, one file a day or an hour, to measure speed on. The same words give the same bytes: every value
 * comes from the number of the event or its md5, nothing is drawn at random.
 *
 *   node test/bench/generate.mjs --events 10m --days 14 --format csv|csv.gz|jsonl|parquet --folder DIR [--hourly]
 *
 * Twelve columns as a feed would export them, about 178 bytes an event in CSV. One user in ten is served the candidate, a twentieth
 * of the events are clicks with a dwell, and both variants behave alike.
 */
import { mkdirSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";

export const columns = {
  event_id: "VARCHAR",
  event_type: "VARCHAR",
  occurred_at: "TIMESTAMP",
  user_id: "VARCHAR",
  session_id: "VARCHAR",
  item_id: "VARCHAR",
  author_id: "VARCHAR",
  category_id: "VARCHAR",
  duplicate_group: "VARCHAR",
  algo_version: "VARCHAR",
  dwell_seconds: "DECIMAL(9,3)",
  position: "INTEGER",
};

/** A user who comes is shown a feed of about twenty items, and about a third of them come on a day. */
const EVENTS_PER_VISIT = 20;
const DAILY_SHARE = 0.35;
/** Five favourites of each user make up 70% of what the user is shown, as in concentration.mjs. */
const AUTHORS = 5000;

const copyOptions = {
  csv: "FORMAT csv, HEADER",
  "csv.gz": "FORMAT csv, HEADER, COMPRESSION gzip",
  jsonl: "FORMAT json, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%gZ'",
  parquet: "FORMAT parquet",
};

/** Events `first` to `last` (without), all of one day. */
function daySql({ first, last, day, users }) {
  const visits = Math.ceil((last - first) / EVENTS_PER_VISIT);
  return `
WITH numbers AS (SELECT CAST(range AS UBIGINT) AS i FROM range(${first}, ${last})),
visits AS (
  SELECT CAST(range AS UBIGINT) AS visit, md5_number_lower('${day} ' || range) % ${users} AS user_number FROM range(${visits})
),
hashed AS (
  SELECT i, md5(CAST(i AS VARCHAR)) AS digest, md5_number_lower(CAST(i AS VARCHAR)) AS low, md5_number_upper(CAST(i AS VARCHAR)) AS high
  FROM numbers
),
drawn AS (
  SELECT i, digest, user_number, (low & 65535) % 1000 AS kind, (high & 4294967295) % 180000 AS dwell,
    CAST(pow((high >> 32) / 4294967296.0, 3) * 20 AS UBIGINT) * ${AUTHORS} + CASE
      WHEN (low >> 16) % 10 < 7 THEN (user_number * 31 + (low >> 32) % 5 * 997) % ${AUTHORS}
      ELSE (low >> 32) % ${AUTHORS}
    END AS item
  FROM hashed JOIN visits ON visit = (i - ${first}) % ${visits}
)
SELECT
  substr(digest, 1, 8) || '-' || substr(digest, 9, 4) || '-' || substr(digest, 13, 4) || '-' || substr(digest, 17, 4) || '-' || substr(digest, 21, 12) AS event_id,
  CASE WHEN kind < 920 THEN 'impression' WHEN kind < 975 THEN 'click' WHEN kind < 990 THEN 'favorite' ELSE 'download' END AS event_type,
  TIMESTAMP '${day} 00:00:00' + to_microseconds(CAST(1000 * ((i - ${first}) * 86400000 // ${last - first}) AS BIGINT)) AS occurred_at,
  'user-' || lpad(CAST(user_number AS VARCHAR), 8, '0') AS user_id,
  'session-${day}-' || lpad(CAST(user_number AS VARCHAR), 8, '0') AS session_id,
  'item-' || lpad(CAST(item AS VARCHAR), 6, '0') AS item_id,
  'author-' || CAST(item % ${AUTHORS} AS VARCHAR) AS author_id,
  'category-' || CAST(item % 25 AS VARCHAR) AS category_id,
  'group-' || CAST(item // 4 AS VARCHAR) AS duplicate_group,
  CASE WHEN user_number * 2654435761 % 4294967296 % 10 = 0 THEN 'clip-cosine-v2' ELSE 'clip-cosine-v1' END AS algo_version,
  CASE WHEN kind >= 920 AND kind < 975 THEN CAST(dwell / 1000.0 AS DECIMAL(9, 3)) END AS dwell_seconds,
  CAST(1 + i % 20 AS INTEGER) AS position
FROM drawn
ORDER BY i`;
}

const firstDay = Date.UTC(2026, 1, 1);

export function dayName(index) {
  return new Date(firstDay + index * 86_400_000).toISOString().slice(0, 10);
}

/** Writes DAY.FORMAT files for days 0 to `days` (without), or one an hour, and returns their paths in order of time. */
export async function generate({ events, days, format, folder, hourly = false }) {
  mkdirSync(folder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const users = Math.max(400, Math.round(events / days / EVENTS_PER_VISIT / DAILY_SHARE));
  const files = [];
  for (let index = 0; index < days; index++) {
    const [first, last] = [index, index + 1].map((edge) => Math.round((events * edge) / days));
    const day = dayName(index);
    await connection.run(`CREATE OR REPLACE TEMP TABLE day AS ${daySql({ first, last, day, users })}`);
    for (const { name, rows } of partsOf(day, hourly)) {
      const path = join(folder, `${name}.${format}`);
      await connection.run(`COPY (FROM day ${rows}) TO '${path}.part' (${copyOptions[format]})`);
      renameSync(`${path}.part`, path);
      files.push(path);
    }
  }
  connection.closeSync();
  instance.closeSync();
  return files;
}

/** The files of one day: their names, and which of its rows each holds. */
export function partsOf(day, hourly) {
  if (!hourly) return [{ name: day, rows: "" }];
  return Array.from({ length: 24 }, (_, hour) => ({
    name: `${day}T${String(hour).padStart(2, "0")}`,
    rows: `WHERE hour(occurred_at) = ${hour}`,
  }));
}

/** "10m" → 10,000,000 */
export function eventCount(text) {
  return Number(text.replace(/m$/i, "")) * (/m$/i.test(text) ? 1_000_000 : 1);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      events: { type: "string", default: "10m" },
      days: { type: "string", default: "14" },
      format: { type: "string", default: "csv" },
      folder: { type: "string" },
      hourly: { type: "boolean", default: false },
    },
  });
  const folder = resolve(values.folder ?? `bench-${values.events}-${values.format}`);
  await generate({
    events: eventCount(values.events),
    days: Number(values.days),
    format: values.format,
    folder,
    hourly: values.hourly,
  });
  console.log(folder);
}
