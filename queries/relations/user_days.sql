-- @title User days
-- One row per day, algorithm and unit that had any event under that algorithm.
-- gatebook itself reads it: traffic, sample ratio, units seen under both algorithms.
SELECT
  event_date,
  algo_version,
  unit_id,
  count(*) FILTER (WHERE event_type = 'impression') AS impressions,
  count(*) FILTER (WHERE event_type = 'click') AS clicks,
  count(*) FILTER (WHERE event_type = 'click' AND dwell_seconds IS NOT NULL) AS clicks_with_dwell,
  count(*) FILTER (WHERE event_type = 'click' AND dwell_seconds >= 30) AS long_dwell_clicks,
  count(*) FILTER (WHERE event_type = 'favorite') AS favorites,
  count(*) FILTER (WHERE event_type = 'download') AS downloads,
  count(*) FILTER (WHERE event_type IN ('favorite', 'download')) AS saves
FROM events
WHERE algo_version IS NOT NULL
GROUP BY event_date, algo_version, unit_id
