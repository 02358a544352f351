-- @title Top-author share
-- @description Share of impressions that goes to the ten most-shown authors, over groups of equally many units.
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
