-- @title Concentration curve
-- @unit authors count
-- @unit author_share percent
-- @unit impression_share percent
-- @requires author_id
-- One row per algorithm and number of authors, over the observation window: how much of its impressions
-- the 1, 2, 3 … most-shown authors get together. Fewer impressions raise a curve by chance alone; the
-- metric top_author_share compares fairly.
SELECT
  algo_version,
  place AS authors,
  CAST(place AS DOUBLE) / nullif(authors, 0) AS author_share,
  CAST(impressions AS DOUBLE) / nullif(total, 0) AS impression_share
FROM (
  SELECT
    algo_version,
    row_number() OVER (PARTITION BY algo_version ORDER BY impressions DESC, author_id) AS place,
    sum(impressions) OVER (
      PARTITION BY algo_version ORDER BY impressions DESC, author_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS impressions,
    count(*) OVER (PARTITION BY algo_version) AS authors,
    sum(impressions) OVER (PARTITION BY algo_version) AS total
  FROM (
    -- Every author of either algorithm stands in both curves, so both end at the same place.
    SELECT
      v.algo_version,
      a.author_id,
      sum(CASE WHEN a.algo_version = v.algo_version THEN a.impressions ELSE 0 END) AS impressions
    FROM (
      SELECT
        d.algo_version,
        d.author_id,
        sum(d.impressions) AS impressions
      FROM author_days AS d
      CROSS JOIN rollout AS r
      WHERE d.event_date BETWEEN r.observed_from AND r.observed_to
        AND d.algo_version IN (r.baseline, r.candidate)
      GROUP BY d.algo_version, d.author_id
    ) AS a
    CROSS JOIN (SELECT baseline AS algo_version FROM rollout UNION ALL SELECT candidate FROM rollout) AS v
    GROUP BY v.algo_version, a.author_id
  ) AS shown
) AS ranked
-- The first ten, then every fiftieth part: the remainder is below 50 once in each, and always among fewer than 50 authors.
WHERE total > 0
  AND (place <= 10 OR place * 50 % authors < 50)
ORDER BY place, algo_version
