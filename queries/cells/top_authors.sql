-- @title Top authors
-- @unit impressions count
-- @unit share percent
-- @chart none
-- @requires author_id
-- One row per algorithm and place: the ten most-shown authors of the observation window, and their
-- share of that algorithm's impressions of known authors.
SELECT
  algo_version,
  place,
  author_id,
  impressions,
  CAST(impressions AS DOUBLE) / nullif(total, 0) AS share
FROM (
  SELECT
    algo_version,
    author_id,
    impressions,
    sum(impressions) OVER (PARTITION BY algo_version) AS total,
    row_number() OVER (PARTITION BY algo_version ORDER BY impressions DESC, author_id) AS place
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
  ) AS authors
) AS ranked
WHERE place <= 10
ORDER BY algo_version, place
