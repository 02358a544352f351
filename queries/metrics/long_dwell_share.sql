-- @title Long-dwell share
-- @description Share of clicks that were dwelt on for 30 seconds or more. A click of unknown dwell counts as not.
-- @unit percent
-- @better higher
-- @numerator long-dwell clicks
-- @denominator clicks
-- @requires dwell_seconds
-- One row per day, algorithm and unit with a click: clicks dwelt on for 30 seconds or more over
-- all clicks. A click of unknown dwell counts as not long; the cell known_dwell_share shows the
-- share over clicks of known dwell, the check dwell_nulls_by_variant compares the unknown.
SELECT
  event_date,
  algo_version,
  unit_id,
  long_dwell_clicks AS numerator,
  clicks AS denominator
FROM user_days
WHERE clicks > 0
