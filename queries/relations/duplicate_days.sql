-- @title Duplicate days
-- One row per day, algorithm and unit that saw any item; repeats counts the impressions of a
-- duplicate group that the unit had already been shown that day.
-- An item without a duplicate group repeats nothing.
SELECT
  event_date,
  algo_version,
  unit_id,
  count(*) AS impressions,
  count(duplicate_group) - count(DISTINCT duplicate_group) AS repeats
FROM events
WHERE event_type = 'impression'
  AND algo_version IS NOT NULL
GROUP BY event_date, algo_version, unit_id
