-- @title Events reach the report date
-- @effect block
-- One row for all events and one per variant: the last day with impressions. It fails when no
-- algorithm has any on the report date, and warns when only one variant has none: at 100% the
-- candidate alone, since the baseline is shown to a holdback or to nobody.
WITH last_days AS (
  SELECT
    max(d.event_date) AS any_algorithm,
    max(CASE WHEN d.algo_version = r.baseline THEN d.event_date END) AS baseline,
    max(CASE WHEN d.algo_version = r.candidate THEN d.event_date END) AS candidate
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date <= r.report_date
    AND d.impressions > 0
),
compared AS (
  SELECT 1 AS place, 'all algorithms' AS subject, 'fail' AS otherwise, any_algorithm AS last_day FROM last_days
  UNION ALL
  SELECT 2 AS place, 'baseline' AS subject, 'warn' AS otherwise, baseline AS last_day FROM last_days
  UNION ALL
  SELECT 3 AS place, 'candidate' AS subject, 'warn' AS otherwise, candidate AS last_day FROM last_days
)
SELECT
  CASE
    WHEN c.last_day = r.report_date OR (c.subject = 'baseline' AND r.exposure = 1) THEN 'pass'
    ELSE c.otherwise
  END AS status,
  c.last_day AS observed,
  r.report_date AS expected,
  c.subject || ': the last day with impressions is ' || coalesce(CAST(c.last_day AS VARCHAR), 'none') AS detail
FROM compared AS c
CROSS JOIN rollout AS r
ORDER BY c.place
