-- @title Traffic share is near the gate's exposure
-- @effect warn
-- One row: the candidate's share of impressions over the observation window. For information:
-- impressions are an outcome too and may move with the algorithm, so it warns only past a fifth of
-- the exposure; the sample ratio of units is the test.
SELECT
  CASE
    WHEN share IS NULL OR candidate = 0 THEN 'fail'
    WHEN abs(share - exposure) > 0.2 * exposure THEN 'warn'
    ELSE 'pass'
  END AS status,
  share AS observed,
  exposure AS expected,
  CAST(candidate AS VARCHAR) || ' of ' || CAST(impressions AS VARCHAR)
    || ' impressions are the candidate''s' AS detail
FROM (
  SELECT
    r.exposure,
    coalesce(sum(d.impressions), 0) AS impressions,
    coalesce(sum(CASE WHEN d.algo_version = r.candidate THEN d.impressions ELSE 0 END), 0) AS candidate,
    CAST(sum(CASE WHEN d.algo_version = r.candidate THEN d.impressions ELSE 0 END) AS DOUBLE)
      / nullif(sum(d.impressions), 0) AS share
  FROM rollout AS r
  LEFT JOIN user_days AS d
    ON d.event_date BETWEEN r.observed_from AND r.observed_to
    AND d.algo_version IN (r.baseline, r.candidate)
  GROUP BY r.exposure
) AS traffic
