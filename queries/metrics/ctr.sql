-- @title Click-through rate
-- @description Clicks per impression, of units that were shown something that day.
-- @unit percent
-- @better higher
-- @numerator clicks
-- @denominator impressions
-- One row per day, algorithm and unit with an impression: its clicks over its impressions.
-- A click whose unit has no impression that day is outside the rate; the check
-- clicks_without_impression counts it.
SELECT
  event_date,
  algo_version,
  unit_id,
  clicks AS numerator,
  impressions AS denominator
FROM user_days
WHERE impressions > 0
