-- @title Only the rollout's two algorithms are served
-- @effect warn
-- One row per other algorithm with impressions or clicks in the observation window, most first, or
-- one row that says there is none. They are outside every metric. A name that equals one of the two
-- but for blanks and case is that algorithm written otherwise: it fails, and coverage holds when it
-- is more than a few.
WITH others AS (
  SELECT
    d.algo_version,
    max(CASE WHEN lower(trim(d.algo_version)) = lower(r.baseline) THEN r.baseline END) AS as_baseline,
    max(CASE WHEN lower(trim(d.algo_version)) = lower(r.candidate) THEN r.candidate END) AS as_candidate,
    sum(d.impressions + d.clicks) AS events
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
    AND d.algo_version NOT IN (r.baseline, r.candidate)
  GROUP BY d.algo_version
)
SELECT
  CASE WHEN as_baseline IS NULL AND as_candidate IS NULL THEN 'warn' ELSE 'fail' END AS status,
  events AS observed,
  0 AS expected,
  '"' || algo_version || '" has ' || CAST(events AS VARCHAR) || ' impressions and clicks'
    || coalesce(' and may be ' || coalesce(as_candidate, as_baseline), '') AS detail
FROM others
UNION ALL
SELECT
  'pass' AS status,
  0 AS observed,
  0 AS expected,
  'every impression and click is of one of the two algorithms' AS detail
WHERE NOT EXISTS (SELECT 1 FROM others)
ORDER BY observed DESC, detail
