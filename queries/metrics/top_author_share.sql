-- @title Top-author share
-- @description Share of impressions that goes to the ten most-shown authors, counted over equally many units of both algorithms.
-- @unit percent
-- @better lower
-- @numerator impressions of the top authors
-- @denominator impressions
-- @top 10
-- @requires author_id
-- One row per day, algorithm, unit and author: the metric is the share of impressions that goes
-- to the ten most-shown authors of each variant.
SELECT
  event_date,
  algo_version,
  unit_id,
  author_id AS key,
  impressions AS weight
FROM author_days
