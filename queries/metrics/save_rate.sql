-- @title Save rate
-- @description Favorites and downloads per impression.
-- @unit percent
-- @better higher
-- @numerator saves
-- @denominator impressions
-- One row per day, algorithm and unit with an impression: its favorites and downloads over its
-- impressions. A save that names no algorithm is outside the rate.
SELECT
  event_date,
  algo_version,
  unit_id,
  saves AS numerator,
  impressions AS denominator
FROM user_days
WHERE impressions > 0
