-- @title Top-category share
-- @description Share of impressions that goes to the most-shown category, counted over equally many units of both algorithms.
-- @unit percent
-- @better lower
-- @numerator impressions of the top category
-- @denominator impressions
-- @top 1
-- @requires category_id
-- One row per day, algorithm, unit and category: the metric is the share of impressions that
-- goes to the most-shown category of each variant.
SELECT
  event_date,
  algo_version,
  unit_id,
  category_id AS key,
  impressions AS weight
FROM category_days
