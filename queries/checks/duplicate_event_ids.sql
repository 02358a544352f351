-- @title Event ids are unique
-- @effect block
-- @requires event_id
-- One row: rows of the observation window that were not counted because their event_id had been
-- seen. With the same content it is a row exported twice, which harms nothing; with other content
-- one of the two is wrong, and the earliest counts. It warns of any such conflict and fails past
-- one in a thousand impressions and clicks.
SELECT
  CASE
    WHEN conflicts > 0.001 * events THEN 'fail'
    WHEN conflicts > 0 THEN 'warn'
    ELSE 'pass'
  END AS status,
  conflicts AS observed,
  0 AS expected,
  'ids with two contents: ' || CAST(conflicts AS VARCHAR) || ' rows left out; exact copies: '
    || CAST(copies AS VARCHAR) || ' rows left out' AS detail
FROM (
  SELECT
    count(*) FILTER (WHERE d.kind = 'exact') AS copies,
    count(*) FILTER (WHERE d.kind = 'conflict') AS conflicts
  FROM duplicate_events AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
) AS duplicates
CROSS JOIN (
  SELECT coalesce(sum(d.impressions + d.clicks), 0) AS events
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
) AS counted
