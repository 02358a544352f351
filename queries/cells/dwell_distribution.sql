-- @title Dwell distribution
-- @unit share percent
-- @unit clicks count
-- @requires dwell_seconds
-- @chart bar bucket share algo_version
-- One row per algorithm and dwell bucket: clicks of known dwell in the observation window. The
-- last two buckets together are the long ones.
SELECT
  algo_version,
  bucket,
  clicks,
  CAST(clicks AS DOUBLE) / nullif(sum(clicks) OVER (PARTITION BY algo_version), 0) AS share
FROM (
  SELECT
    algo_version,
    place,
    bucket,
    count(*) AS clicks
  FROM (
    SELECT
      e.algo_version,
      CASE WHEN e.dwell_seconds < 5 THEN 1 WHEN e.dwell_seconds < 30 THEN 2 WHEN e.dwell_seconds < 120 THEN 3 ELSE 4 END AS place,
      CASE
        WHEN e.dwell_seconds < 5 THEN '0–5 s'
        WHEN e.dwell_seconds < 30 THEN '5–30 s'
        WHEN e.dwell_seconds < 120 THEN '30–120 s'
        ELSE '120+ s'
      END AS bucket
    FROM events AS e
    CROSS JOIN rollout AS r
    WHERE e.event_type = 'click'
      AND e.dwell_seconds IS NOT NULL
      AND e.event_date BETWEEN r.observed_from AND r.observed_to
      AND e.algo_version IN (r.baseline, r.candidate)
  ) AS clicks
  GROUP BY algo_version, place, bucket
) AS counted
ORDER BY place, algo_version
