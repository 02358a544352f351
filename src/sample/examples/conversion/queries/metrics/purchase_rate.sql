-- @title Purchase rate
-- @description Orders that were paid, of all impressions.
-- @unit percent
-- @better higher
-- @numerator orders
-- @denominator impressions
-- One row per day, algorithm and unit that was shown something or ordered.
SELECT
  event_date,
  algo_version,
  unit_id,
  count(*) FILTER (WHERE event_type = 'purchase') AS numerator,
  count(*) FILTER (WHERE event_type = 'impression') AS denominator
FROM events
WHERE event_type IN ('impression', 'purchase')
GROUP BY event_date, algo_version, unit_id
