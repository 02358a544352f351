/** What a new file of `queries/` begins with: a query that runs unedited, and comments that say what to change. */

export const draftKinds = ["metric", "check", "cell", "relation", "dimension"] as const;
export type DraftKind = (typeof draftKinds)[number];
export type MetricShape = "ratio" | "concentration";

/** queryPath("metric", "deep_scroll_share") → "queries/metrics/deep_scroll_share.sql" */
export function queryPath(kind: DraftKind, name: string): string {
  return `queries/${kind}s/${name}.sql`;
}

export function draftOf(kind: DraftKind, name: string, shape: MetricShape): string {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;
  switch (kind) {
    case "metric":
      return shape === "ratio" ? ratio(title) : concentration(title);
    case "check":
      return check(title);
    case "cell":
      return cell(title);
    case "relation":
      return relation(title);
    case "dimension":
      return dimension(title);
    default:
      return kind satisfies never;
  }
}

const ratio = (title: string): string => `-- @title ${title}
-- @description One sentence for the report: what is counted, and what it is divided by.
-- @unit percent
-- @better higher
-- @numerator clicks
-- @denominator impressions
--
-- The lines above: how the value is shown (percent, ratio, count, seconds), which way is good (higher, lower, neither),
-- what the numerator counts, in words, and which minimum sample applies (impressions, clicks). Thresholds are not
-- here: a metric named under thresholds: in rollout.yaml is a guardrail, any other is shown as informational.
--
-- The query returns one row per day, algorithm and unit (a user or a session), for every algorithm. gatebook sums
-- numerator and denominator over the units of each variant, divides, and compares candidate with baseline.
SELECT
  event_date,
  algo_version,
  unit_id,
  clicks AS numerator,
  impressions AS denominator
FROM user_days -- queries/relations/user_days.sql: the columns it has can be used here
WHERE impressions > 0 -- units without a denominator say nothing about the rate
`;

const concentration = (title: string): string => `-- @title ${title}
-- @description One sentence for the report: the share of what is on the ten heaviest of which keys.
-- @better lower
-- @numerator impressions of the top authors
-- @top 10
-- @requires author_id
--
-- So many of the heaviest keys count as @top says. Columns that an export may lack go in @requires: without them the
-- metric is not available instead of wrong. A metric named under thresholds: in rollout.yaml is a guardrail, any other is shown
-- as informational.
--
-- The query returns one row per day, algorithm, unit and key. gatebook finds the heaviest keys of each variant and
-- compares groups of equally many units, since a plain share reads higher on the smaller variant.
SELECT
  event_date,
  algo_version,
  unit_id,
  author_id AS key,
  impressions AS weight
FROM author_days -- queries/relations/author_days.sql
`;

const check = (title: string): string => `-- @title ${title}
-- @description One sentence for the report: what must be true of the data.
-- @effect warn
--
-- What a failure does, @effect: block prevents a promote, warn is only shown.
--
-- The query returns at least one row: status is pass, warn or fail, and the worst row counts. observed and expected
-- are shown beside it, detail says it in words. rollout is a table of one row that knows the dates of the run.
SELECT
  CASE WHEN events = 0 THEN 'warn' WHEN missing > 0 THEN 'fail' ELSE 'pass' END AS status,
  missing AS observed,
  0 AS expected,
  CAST(missing AS VARCHAR) || ' of ' || CAST(events AS VARCHAR) || ' events have no unit' AS detail
FROM (
  SELECT
    count(*) AS events,
    count(*) FILTER (WHERE e.unit_id IS NULL) AS missing -- the rows that should not be there
  FROM events AS e
  CROSS JOIN rollout AS r
  WHERE e.event_date BETWEEN r.observed_from AND r.observed_to -- single events are kept for some days only
) AS counted
`;

const cell = (title: string): string => `-- @title ${title}
-- @description One sentence for the report: what the table shows.
-- @unit impressions count
-- @unit clicks count
-- @chart line event_date impressions algo_version
--
-- How a column is written, @unit: percent, ratio, count or seconds. What is drawn, @chart: line, bar
-- or area with the columns for x, y and colour, or none; for more, put a Vega-Lite spec beside this file, with .vl.json
-- for .sql.
--
-- The query may return anything. The report shows the rows in the order in which they come.
SELECT
  d.event_date,
  d.algo_version,
  sum(d.impressions) AS impressions,
  sum(d.clicks) AS clicks
FROM user_days AS d
CROSS JOIN rollout AS r -- one row: the algorithms and dates of the run
WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
  AND d.algo_version IN (r.baseline, r.candidate)
GROUP BY d.event_date, d.algo_version
ORDER BY d.event_date, d.algo_version
`;

const relation = (title: string): string => `-- @title ${title}
-- @description One row per day, algorithm and unit: say here what its columns count.
--
-- A relation becomes a table of this file's name, which metrics, checks and cells read. It has at least event_date and
-- algo_version. It is built every night for the days whose events changed, and keeps the days whose single events
-- were dropped long ago (keep_events in rollout.yaml).
SELECT
  event_date,
  algo_version,
  unit_id,
  count(*) FILTER (WHERE event_type = 'impression') AS impressions,
  count(*) FILTER (WHERE event_type = 'click') AS clicks
FROM events
WHERE algo_version IS NOT NULL -- saves may lack it, impressions and clicks never do
GROUP BY event_date, algo_version, unit_id
`;

const dimension = (title: string): string => `-- @title ${title}
-- @description One value per day, algorithm and unit: say here what it tells.
--
-- A dimension shows where a change comes from: every ratio guardrail is cut by its values. It becomes a table of this file's
-- name, with event_date, algo_version, unit_id and value, at most one row per day, algorithm and unit. NULL is a value; days
-- without a row are shown as unknown. A plain column of events needs no file: name it under dimensions: in rollout.yaml.
SELECT
  event_date,
  algo_version,
  unit_id,
  CASE WHEN impressions >= 20 THEN 'active' ELSE 'occasional' END AS value
FROM user_days -- queries/relations/user_days.sql: the columns it has can be used here
`;
