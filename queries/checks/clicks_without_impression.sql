-- @title Clicks have an impression
-- @effect block
-- One row per variant: clicks of the observation window whose unit has no impression under that
-- algorithm on that day. They are outside the click-through rate; a few are clicks after midnight,
-- many mean that impressions are missing. Past 1% it warns, past 5% it fails.
WITH clicks AS (
  SELECT
    d.algo_version,
    sum(d.clicks) AS clicks,
    sum(CASE WHEN d.impressions = 0 THEN d.clicks ELSE 0 END) AS orphans
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
    AND d.algo_version IN (r.baseline, r.candidate)
  GROUP BY d.algo_version
)
SELECT
  CASE
    WHEN CAST(orphans AS DOUBLE) / nullif(clicks, 0) > 0.05 THEN 'fail'
    WHEN CAST(orphans AS DOUBLE) / nullif(clicks, 0) > 0.01 THEN 'warn'
    ELSE 'pass'
  END AS status,
  orphans AS observed,
  0 AS expected,
  algo_version || ': ' || CAST(orphans AS VARCHAR) || ' of ' || CAST(clicks AS VARCHAR)
    || ' clicks have no impression of their unit that day' AS detail
FROM clicks
UNION ALL
SELECT
  'warn' AS status,
  NULL AS observed,
  0 AS expected,
  'neither algorithm has a click' AS detail
WHERE NOT EXISTS (SELECT 1 FROM clicks)
ORDER BY detail
