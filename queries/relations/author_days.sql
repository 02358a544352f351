-- @title Author days
-- One row per day, algorithm, unit and author shown to that unit.
-- Impressions of items without a known author are left out.
SELECT
  event_date,
  algo_version,
  unit_id,
  author_id,
  count(*) AS impressions
FROM events
WHERE event_type = 'impression'
  AND algo_version IS NOT NULL
  AND author_id IS NOT NULL
GROUP BY event_date, algo_version, unit_id, author_id
