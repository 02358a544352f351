-- @title Save events by day
-- @unit events count
-- @unit without_algorithm count
-- @chart bar event_date events event_type
-- One row per day of the observation window and type of save, of all algorithms: the runbook's own
-- query, with the saves that name no algorithm beside it.
SELECT
  e.event_date,
  CAST(e.event_type AS VARCHAR) AS event_type,
  count(*) AS events,
  count(*) FILTER (WHERE e.algo_version IS NULL) AS without_algorithm
FROM user_discovery_events AS e
CROSS JOIN rollout AS r
WHERE e.event_date BETWEEN r.observed_from AND r.observed_to
  AND e.event_type IN ('favorite', 'download')
GROUP BY e.event_date, e.event_type
ORDER BY e.event_date, CAST(e.event_type AS VARCHAR)
