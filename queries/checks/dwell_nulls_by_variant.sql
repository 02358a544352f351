-- @title Unknown dwell does not differ by variant
-- @effect block
-- @requires dwell_seconds
-- One row: share of clicks without a dwell time, candidate against baseline, over the observation
-- window. A difference means that one variant logs differently, and then its long-dwell share is
-- not comparable. The noise is of units, not of clicks (delta method: Deng, Knoblich, Lu, KDD
-- 2018), and at least that of independent clicks at the pooled share: a small variant without any
-- unknown dwell would else seem to have no noise at all. Past 3.29 standard errors (p < 0.001) it
-- warns, and from one percentage point on it fails.
WITH units AS (
  SELECT
    d.algo_version,
    d.unit_id,
    sum(d.clicks) AS clicks,
    sum(d.clicks - d.clicks_with_dwell) AS unknown
  FROM user_days AS d
  CROSS JOIN rollout AS r
  WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
    AND d.algo_version IN (r.baseline, r.candidate)
    AND d.clicks > 0
  GROUP BY d.algo_version, d.unit_id
),
sums AS (
  SELECT
    algo_version,
    CAST(count(*) AS DOUBLE) AS units,
    CAST(sum(clicks) AS DOUBLE) AS clicks,
    CAST(sum(unknown) AS DOUBLE) AS unknown,
    CAST(sum(clicks * clicks) AS DOUBLE) AS clicks_squared,
    CAST(sum(unknown * unknown) AS DOUBLE) AS unknown_squared,
    CAST(sum(clicks * unknown) AS DOUBLE) AS product
  FROM units
  GROUP BY algo_version
),
shares AS (
  SELECT
    algo_version,
    clicks,
    unknown / nullif(clicks, 0) AS share,
    greatest(
      unknown_squared - 2 * (unknown / nullif(clicks, 0)) * product
        + (unknown / nullif(clicks, 0)) * (unknown / nullif(clicks, 0)) * clicks_squared,
      0
    ) * units / nullif(units - 1, 0) / nullif(clicks * clicks, 0) AS variance
  FROM sums
),
pooled AS (
  SELECT sum(unknown) / nullif(sum(clicks), 0) AS share FROM sums
),
noise AS (
  SELECT
    s.algo_version,
    s.share,
    greatest(s.variance, p.share * (1 - p.share) / nullif(s.clicks, 0)) AS variance
  FROM shares AS s
  CROSS JOIN pooled AS p
),
compared AS (
  SELECT
    b.share AS baseline,
    c.share AS candidate,
    c.share - b.share AS difference,
    coalesce(sqrt(b.variance + c.variance), 1) AS standard_error
  FROM rollout AS r
  INNER JOIN noise AS b ON b.algo_version = r.baseline
  INNER JOIN noise AS c ON c.algo_version = r.candidate
)
SELECT
  CASE
    WHEN abs(difference) > 3.29 * standard_error AND abs(difference) >= 0.01 THEN 'fail'
    WHEN abs(difference) > 3.29 * standard_error THEN 'warn'
    ELSE 'pass'
  END AS status,
  candidate AS observed,
  baseline AS expected,
  'dwell is unknown in ' || CAST(CAST(100 * candidate AS DECIMAL(9, 2)) AS VARCHAR)
    || '% of the candidate''s clicks and ' || CAST(CAST(100 * baseline AS DECIMAL(9, 2)) AS VARCHAR)
    || '% of the baseline''s' AS detail
FROM compared
UNION ALL
SELECT
  'warn' AS status,
  NULL AS observed,
  NULL AS expected,
  'one of the two algorithms has no click' AS detail
WHERE NOT EXISTS (SELECT 1 FROM compared)
