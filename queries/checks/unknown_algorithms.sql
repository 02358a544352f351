-- @title Only the rollout's two algorithms are served
-- @effect warn
-- One row per other algorithm with impressions or clicks in the observation window, most first, or
-- one row that says there is none. They are outside every metric.
WITH others AS (
  SELECT
    d.algo_version,
    sum(d.impressions + d.clicks) AS events
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
    AND d.algo_version NOT IN (r.baseline, r.candidate)
  GROUP BY d.algo_version
)
SELECT
  'warn' AS status,
  events AS observed,
  0 AS expected,
  algo_version || ' has ' || CAST(events AS VARCHAR) || ' impressions and clicks' AS detail
FROM others
UNION ALL
SELECT
  'pass' AS status,
  0 AS observed,
  0 AS expected,
  'every impression and click is of one of the two algorithms' AS detail
WHERE NOT EXISTS (SELECT 1 FROM others)
ORDER BY observed DESC, detail
