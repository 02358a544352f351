-- @title Ingestion by day
-- @unit events count
-- @unit without_event_id count
-- @unit without_algorithm count
-- One row per day of the observation window and event type, of all algorithms.
SELECT
  e.event_date,
  CAST(e.event_type AS VARCHAR) AS event_type,
  count(*) AS events,
  count(*) FILTER (WHERE e.event_id IS NULL) AS without_event_id,
  count(*) FILTER (WHERE e.algo_version IS NULL) AS without_algorithm
FROM events AS e
CROSS JOIN rollout AS r
WHERE e.event_date BETWEEN r.observed_from AND r.observed_to
GROUP BY e.event_date, e.event_type
ORDER BY e.event_date, CAST(e.event_type AS VARCHAR)
