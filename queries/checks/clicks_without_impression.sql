-- @title Clicks have an impression
-- @effect block
-- One row per variant: clicks of the observation window whose unit has no impression under that
-- algorithm on that day. They are outside the click-through rate; a few are clicks after midnight,
-- many mean that impressions are missing. From 20 on it warns past 1% and fails past 5%; fewer
-- than 20 say nothing. Clicks on what was shown before the gate opened are no fault: those of the
-- first day whose unit was shown the algorithm the day before, and those of a baseline that nobody
-- is shown any more (at 100%, with fewer impressions than clicks).
WITH shown_before AS (
  SELECT d.algo_version, d.unit_id
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date = r.observed_from - INTERVAL '1' DAY
    AND d.algo_version IN (r.baseline, r.candidate)
    AND d.impressions > 0
),
clicks AS (
  SELECT
    d.algo_version,
    sum(d.clicks) AS clicks,
    sum(d.impressions) AS impressions,
    sum(
      CASE
        WHEN d.impressions > 0 THEN 0
        WHEN d.event_date = r.observed_from AND b.unit_id IS NOT NULL THEN 0
        ELSE d.clicks
      END
    ) AS orphans
  FROM user_days AS d
  CROSS JOIN rollout AS r
  LEFT JOIN shown_before AS b ON b.algo_version = d.algo_version AND b.unit_id = d.unit_id
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
    AND d.algo_version IN (r.baseline, r.candidate)
  GROUP BY d.algo_version
),
counted AS (
  SELECT
    c.algo_version,
    c.clicks,
    CASE
      WHEN r.exposure = 1 AND c.algo_version = r.baseline AND c.impressions < c.clicks THEN 0
      ELSE c.orphans
    END AS orphans
  FROM clicks AS c
  CROSS JOIN rollout AS r
)
SELECT
  CASE
    WHEN orphans < 20 THEN 'pass'
    WHEN CAST(orphans AS DOUBLE) / nullif(clicks, 0) > 0.05 THEN 'fail'
    WHEN CAST(orphans AS DOUBLE) / nullif(clicks, 0) > 0.01 THEN 'warn'
    ELSE 'pass'
  END AS status,
  orphans AS observed,
  0 AS expected,
  algo_version || ': ' || CAST(orphans AS VARCHAR) || ' of ' || CAST(clicks AS VARCHAR)
    || ' clicks have no impression of their unit that day' AS detail
FROM counted
UNION ALL
SELECT
  'warn' AS status,
  NULL AS observed,
  0 AS expected,
  'neither algorithm has a click' AS detail
WHERE NOT EXISTS (SELECT 1 FROM clicks)
ORDER BY detail
