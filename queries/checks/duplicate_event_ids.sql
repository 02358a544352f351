-- @title Event ids are unique
-- @effect block
-- @requires event_id
-- One row: rows of the observation window that were not counted because their event_id had been
-- seen. The same id with the same content is a row exported twice and harmless; with other
-- content one of the two is wrong.
SELECT
  CASE WHEN conflicts > 0 THEN 'fail' WHEN copies > 0 THEN 'warn' ELSE 'pass' END AS status,
  conflicts + copies AS observed,
  0 AS expected,
  CAST(copies AS VARCHAR) || ' rows repeat an event, ' || CAST(conflicts AS VARCHAR)
    || ' rows give its event_id to another content' AS detail
FROM (
  SELECT
    count(*) FILTER (WHERE d.kind = 'exact') AS copies,
    count(*) FILTER (WHERE d.kind = 'conflict') AS conflicts
  FROM duplicate_events AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
) AS counted
