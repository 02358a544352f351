-- @title Save events carry metadata
-- @effect warn
-- One row per type of save in the observation window: those without metadata. The column may be
-- called meta or metadata in an export; a third name would show here as missing.
WITH types AS (
  SELECT 'favorite' AS event_type
  UNION ALL
  SELECT 'download' AS event_type
),
saves AS (
  SELECT
    CAST(e.event_type AS VARCHAR) AS event_type,
    count(*) AS events,
    count(*) FILTER (WHERE e.metadata IS NULL) AS missing
  FROM events AS e
  CROSS JOIN rollout AS r
  WHERE e.event_date BETWEEN r.observed_from AND r.observed_to
    AND e.event_type IN ('favorite', 'download')
  GROUP BY e.event_type
)
SELECT
  CASE WHEN coalesce(s.missing, 0) > 0 THEN 'warn' ELSE 'pass' END AS status,
  coalesce(s.missing, 0) AS observed,
  0 AS expected,
  CAST(coalesce(s.missing, 0) AS VARCHAR) || ' of ' || CAST(coalesce(s.events, 0) AS VARCHAR) || ' '
    || t.event_type || ' events have no metadata' AS detail
FROM types AS t
LEFT JOIN saves AS s ON s.event_type = t.event_type
ORDER BY t.event_type
