-- @title Event ids are populated
-- @effect block
-- One row per day of the observation window: events of any type without an event_id (an empty
-- one is read as null).
WITH days AS (
  SELECT
    e.event_date,
    count(*) AS events,
    count(*) FILTER (WHERE e.event_id IS NULL) AS missing
  FROM events AS e
  CROSS JOIN rollout AS r
  WHERE e.event_date BETWEEN r.observed_from AND r.observed_to
  GROUP BY e.event_date
)
SELECT
  CASE WHEN missing > 0 THEN 'fail' ELSE 'pass' END AS status,
  missing AS observed,
  0 AS expected,
  CAST(event_date AS VARCHAR) || ': ' || CAST(missing AS VARCHAR) || ' of '
    || CAST(events AS VARCHAR) || ' events have no event_id' AS detail
FROM days
UNION ALL
SELECT
  'warn' AS status,
  NULL AS observed,
  0 AS expected,
  'no event of the window is kept: nothing to count' AS detail
WHERE NOT EXISTS (SELECT 1 FROM days)
ORDER BY detail
