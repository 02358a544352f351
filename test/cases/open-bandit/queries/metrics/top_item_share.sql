-- @title Top-item share
-- @unit percent
-- @better lower
-- @numerator impressions of the top item
-- @denominator impressions
-- @top 1
-- @requires item_id
-- One row per day, algorithm, unit and item: the metric is the share of impressions that goes to
-- the most-shown item of each variant.
SELECT
  event_date,
  algo_version,
  unit_id,
  item_id AS key,
  count(*) AS weight
FROM events
WHERE event_type = 'impression'
GROUP BY event_date, algo_version, unit_id, item_id
