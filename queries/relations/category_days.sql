-- @title Category days
-- One row per day, algorithm, unit and category shown to that unit.
-- Impressions of items without a known category are left out.
SELECT
  event_date,
  algo_version,
  unit_id,
  category_id,
  count(*) AS impressions
FROM events
WHERE event_type = 'impression'
  AND algo_version IS NOT NULL
  AND category_id IS NOT NULL
GROUP BY event_date, algo_version, unit_id, category_id
