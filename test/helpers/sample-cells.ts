/** Notebook cells of the sample result, as the shipped queries return them. */
import type { CellColumn, CellResult } from "../../src/model/result.ts";
import type { Scalar } from "../../src/model/words.ts";
import { dailyImpressions, sampleDays } from "./sample-metrics.ts";

const column = (name: string, type: string, unit: CellColumn["unit"] = null): CellColumn => ({
  name,
  type,
  unit,
});

interface CellSpec {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly sql: string;
  readonly columns: readonly CellColumn[];
  readonly rows: readonly (readonly Scalar[])[];
  readonly spec?: Readonly<Record<string, unknown>>;
}

function cell(spec: CellSpec): CellResult {
  return {
    name: spec.name,
    title: spec.title,
    description: spec.description,
    owner: "feed-analytics",
    path: `queries/cells/${spec.name}.sql`,
    sql: spec.sql,
    sqlSha256: "5f2b0c91d7e84a36b1c9fe0a7d3349a2c86fd01be5729a4473cd90e1f2ab6c58",
    columns: spec.columns,
    rows: spec.rows,
    rowCount: spec.rows.length,
    truncated: false,
    chart:
      spec.spec === undefined ? null : { spec: spec.spec, description: `${spec.title}. ${spec.description}` },
    durationMs: 12.4,
    error: null,
  };
}

const day = { field: "event_date", type: "temporal", title: null, axis: { format: "%d %b" } };
const color = { field: "algo_version", type: "nominal", title: null };

export const trafficCell = cell({
  name: "traffic_by_day",
  title: "Traffic by day",
  description:
    "Impressions, clicks and units of each algorithm by day, and its share of the day's impressions.",
  sql: `-- @title Traffic by day
-- One row per day and algorithm.
SELECT
  event_date,
  algo_version,
  sum(impressions) AS impressions,
  sum(clicks) AS clicks,
  count(DISTINCT unit_id) AS units,
  CAST(sum(impressions) AS DOUBLE)
    / nullif(sum(sum(impressions)) OVER (PARTITION BY event_date), 0) AS share
FROM user_days, rollout
WHERE event_date BETWEEN observed_from AND observed_to
  AND algo_version IN ('clip-cosine-v1', 'clip-cosine-v2')
GROUP BY event_date, algo_version
ORDER BY event_date, algo_version`,
  columns: [
    column("event_date", "DATE"),
    column("algo_version", "VARCHAR"),
    column("impressions", "BIGINT", "count"),
    column("clicks", "BIGINT", "count"),
    column("units", "BIGINT", "count"),
    column("share", "DOUBLE", "percent"),
  ],
  rows: sampleDays.flatMap((date, index) => {
    const candidate = dailyImpressions + index * 137;
    const baseline = dailyImpressions * 9 - index * 411;
    const share = candidate / (candidate + baseline);
    return [
      [date, "clip-cosine-v1", baseline, Math.round(baseline * 0.0512), Math.round(baseline / 20), 1 - share],
      [date, "clip-cosine-v2", candidate, Math.round(candidate * 0.0514), Math.round(candidate / 20), share],
    ];
  }),
  spec: {
    mark: { type: "line", point: true },
    encoding: { x: day, y: { field: "share", type: "quantitative", axis: { format: ".0%" } }, color },
  },
});

export const dwellCell = cell({
  name: "dwell_distribution",
  title: "Dwell distribution",
  description:
    "Clicks by dwell bucket and algorithm. The last two buckets together are the long-dwell share.",
  sql: `-- @title Dwell distribution
-- One row per algorithm and dwell bucket; "unknown" holds clicks without a dwell time.
SELECT algo_version, bucket, count(*) AS clicks
FROM (
  SELECT algo_version,
    CASE
      WHEN dwell_seconds IS NULL THEN 'unknown'
      WHEN dwell_seconds < 5 THEN '0-5 s'
      WHEN dwell_seconds < 30 THEN '5-30 s'
      WHEN dwell_seconds < 120 THEN '30-120 s'
      ELSE '120 s and more'
    END AS bucket
  FROM events
  WHERE event_type = 'click'
) AS clicks
GROUP BY algo_version, bucket
ORDER BY algo_version, bucket`,
  columns: [
    column("algo_version", "VARCHAR"),
    column("bucket", "VARCHAR"),
    column("clicks", "BIGINT", "count"),
    column("share", "DOUBLE", "percent"),
  ],
  rows: [
    ["clip-cosine-v1", "0-5 s", 12_642, 0.196],
    ["clip-cosine-v1", "5-30 s", 24_381, 0.378],
    ["clip-cosine-v1", "30-120 s", 18_060, 0.28],
    ["clip-cosine-v1", "120 s and more", 8_514, 0.132],
    ["clip-cosine-v1", "unknown", 903, 0.014],
    ["clip-cosine-v2", "0-5 s", 1_352, 0.189],
    ["clip-cosine-v2", "5-30 s", 2_704, 0.378],
    ["clip-cosine-v2", "30-120 s", 2_039, 0.285],
    ["clip-cosine-v2", "120 s and more", 959, 0.134],
    ["clip-cosine-v2", "unknown", 101, 0.014],
  ],
  spec: {
    mark: "bar",
    encoding: {
      x: { field: "bucket", type: "nominal", sort: null, title: null },
      xOffset: { field: "algo_version" },
      y: { field: "share", type: "quantitative", axis: { format: ".0%" } },
      color,
    },
  },
});

export const authorsCell = cell({
  name: "top_authors",
  title: "Most-shown authors",
  description: "The authors with most impressions by algorithm, and how their share differs.",
  sql: `-- @title Most-shown authors
SELECT author_id, baseline_share, candidate_share, candidate_share - baseline_share AS difference
FROM author_shares
ORDER BY candidate_share DESC, author_id
LIMIT 10`,
  columns: [
    column("author_id", "VARCHAR"),
    column("baseline_share", "DOUBLE", "percent"),
    column("candidate_share", "DOUBLE", "percent"),
    column("difference", "DOUBLE"),
    column("first_seen", "TIMESTAMP"),
    column("verified", "BOOLEAN"),
  ],
  rows: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => {
    const base = 0.036 / n ** 0.8;
    const next = base * (1 + (n % 3 === 0 ? -0.04 : 0.025));
    return [
      `author-${String(n * 37).padStart(4, "0")}`,
      base,
      next,
      next - base,
      `2025-1${n % 3}-0${(n % 9) + 1}T08:15:00Z`,
      n === 7 ? null : n % 2 === 0,
    ];
  }),
});

export const savesCell = cell({
  name: "save_events_by_day",
  title: "Save events by day",
  description: "The runbook's validation query: favorites and downloads reach the warehouse every day.",
  sql: `-- @title Save events by day
SELECT event_date, event_type, count(*) AS events
FROM user_discovery_events
WHERE event_type IN ('favorite', 'download')
GROUP BY event_date, event_type
ORDER BY event_date, event_type`,
  columns: [
    column("event_date", "DATE"),
    column("event_type", "VARCHAR"),
    column("events", "BIGINT", "count"),
  ],
  rows: sampleDays.flatMap((date, index) => [
    [date, "download", 361 + ((index * 17) % 23)],
    [date, "favorite", 572 + ((index * 29) % 41)],
  ]),
  spec: {
    mark: "bar",
    encoding: {
      x: { ...day, timeUnit: "utcyearmonthdate" },
      y: { field: "events", type: "quantitative" },
      color: { field: "event_type", type: "nominal", title: null },
    },
  },
});

export const sampleCells: readonly CellResult[] = [trafficCell, dwellCell, authorsCell, savesCell];
