-- @title Traffic by day
-- @unit impressions count
-- @unit clicks count
-- @unit units count
-- @unit share percent
-- @chart line event_date share algo_version
-- One row per day of the observation window and algorithm of the rollout; share is of that day's
-- impressions.
SELECT
  event_date,
  algo_version,
  impressions,
  clicks,
  units,
  CAST(impressions AS DOUBLE) / nullif(sum(impressions) OVER (PARTITION BY event_date), 0) AS share
FROM (
  SELECT
    d.event_date,
    d.algo_version,
    sum(d.impressions) AS impressions,
    sum(d.clicks) AS clicks,
    count(*) AS units
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
    AND d.algo_version IN (r.baseline, r.candidate)
  GROUP BY d.event_date, d.algo_version
) AS days
ORDER BY event_date, algo_version
