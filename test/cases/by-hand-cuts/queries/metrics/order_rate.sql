-- @title Orders per impression
-- @better higher
-- @numerator orders
-- @requires platform
SELECT
  event_date,
  algo_version,
  unit_id,
  count(*) FILTER (WHERE event_type = 'conversion') AS numerator,
  count(*) FILTER (WHERE event_type = 'impression') AS denominator
FROM events
WHERE algo_version IS NOT NULL AND unit_id IS NOT NULL
GROUP BY event_date, algo_version, unit_id
