-- A row for what was shown, with what came of it: semicolons, a decimal comma, local times of Berlin.
COPY (
  SELECT
    shown.event_id AS view_id,
    strftime(timezone('Europe/Berlin', CAST(shown.occurred_at AS TIMESTAMPTZ)), '%d.%m.%Y %H:%M:%S') AS shown_at,
    coalesce(shown.user_id, '') AS member,
    coalesce(shown.session_id, '') AS visit,
    shown.item_id AS clip,
    shown.position AS slot,
    shown.algo_version AS ranker,
    CASE WHEN count(clicked.event_id) > 0 THEN 1 ELSE 0 END AS clicked,
    coalesce(replace(CAST(max(TRY_CAST(clicked.dwell_seconds AS DOUBLE)) AS VARCHAR), '.', ','), '') AS dwell
  FROM read_csv('{sample}/feed_events/{date}.csv', all_varchar = true) AS shown
  LEFT JOIN read_csv('{sample}/feed_events/{date}.csv', all_varchar = true) AS clicked
    ON clicked.event = 'feed_click' AND clicked.session_id = shown.session_id
    AND clicked.item_id = shown.item_id AND clicked.algo_version = shown.algo_version
  WHERE shown.event = 'feed_impression'
  GROUP BY ALL
  ORDER BY shown.event_id
) TO '{exports}/views-{date}.csv.gz' (FORMAT csv, HEADER, DELIMITER ';', COMPRESSION gzip);
