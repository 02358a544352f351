-- @title Long dwell among clicks of known dwell
-- @unit unknown_share percent
-- @unit long_of_known percent
-- @unit long_of_all percent
-- @chart none
-- @requires dwell_seconds
-- One row per algorithm: clicks of the observation window, the share whose dwell is unknown, and
-- the share dwelt on for 30 seconds or more, of the known clicks and of all (the metric).
SELECT
  d.algo_version,
  sum(d.clicks) AS clicks,
  CAST(sum(d.clicks - d.clicks_with_dwell) AS DOUBLE) / nullif(sum(d.clicks), 0) AS unknown_share,
  CAST(sum(d.long_dwell_clicks) AS DOUBLE) / nullif(sum(d.clicks_with_dwell), 0) AS long_of_known,
  CAST(sum(d.long_dwell_clicks) AS DOUBLE) / nullif(sum(d.clicks), 0) AS long_of_all
FROM user_days AS d
CROSS JOIN rollout AS r
WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
  AND d.algo_version IN (r.baseline, r.candidate)
GROUP BY d.algo_version
ORDER BY d.algo_version
