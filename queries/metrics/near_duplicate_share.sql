-- @title Near-duplicate share
-- @description Share of impressions whose near-duplicate the same unit had already been shown that day.
-- @unit percent
-- @better lower
-- @numerator repeated impressions
-- @denominator impressions
-- @requires duplicate_group
-- One row per day, algorithm and unit with an impression: impressions of a duplicate group that
-- the unit had already been shown that day, over all its impressions.
SELECT
  event_date,
  algo_version,
  unit_id,
  repeats AS numerator,
  impressions AS denominator
FROM duplicate_days
