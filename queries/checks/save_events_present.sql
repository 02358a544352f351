-- @title Save events are present
-- @effect block
-- One row per day of the observation window and type of save. It fails when a type is absent from
-- the whole window, or from a day although the window has ten or more of it a day.
WITH days AS (
  SELECT
    e.event_date,
    count(*) FILTER (WHERE e.event_type = 'favorite') AS favorites,
    count(*) FILTER (WHERE e.event_type = 'download') AS downloads
  FROM events AS e
  CROSS JOIN rollout AS r
  WHERE e.event_date BETWEEN r.observed_from AND r.observed_to
  GROUP BY e.event_date
),
counted AS (
  SELECT
    event_date,
    'favorite' AS event_type,
    favorites AS events,
    sum(favorites) OVER () AS in_window,
    count(*) OVER () AS days
  FROM days
  UNION ALL
  SELECT
    event_date,
    'download' AS event_type,
    downloads AS events,
    sum(downloads) OVER () AS in_window,
    count(*) OVER () AS days
  FROM days
)
SELECT
  CASE
    WHEN in_window = 0 THEN 'fail'
    WHEN events = 0 AND in_window >= 10 * days THEN 'fail'
    WHEN events = 0 THEN 'warn'
    ELSE 'pass'
  END AS status,
  events AS observed,
  '> 0' AS expected,
  CAST(event_date AS VARCHAR) || ': ' || event_type || ' events: '
    || CASE WHEN events = 0 THEN 'none' ELSE CAST(events AS VARCHAR) END
    || ' (' || CAST(in_window AS VARCHAR) || ' in the window)' AS detail
FROM counted
UNION ALL
SELECT
  'warn' AS status,
  NULL AS observed,
  '> 0' AS expected,
  'no event of the window is kept: nothing to count' AS detail
WHERE NOT EXISTS (SELECT 1 FROM counted)
ORDER BY detail
