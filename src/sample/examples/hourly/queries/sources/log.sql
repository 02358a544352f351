-- One line of the log is one event: its names are ours under another word, its time is in milliseconds, user and clip lie within.
SELECT
  id AS event_id,
  CASE name WHEN 'clip_shown' THEN 'impression' WHEN 'clip_opened' THEN 'click' ELSE name END AS event_type,
  to_timestamp(TRY_CAST(ts AS BIGINT) / 1000.0) AS occurred_at,
  json_extract_string(context, '$.user.id') AS user_id,
  json_extract_string(context, '$.visit') AS session_id,
  json_extract_string(context, '$.ranker') AS algo_version,
  json_extract_string(clip, '$.id') AS item_id,
  TRY_CAST(json_extract_string(clip, '$.slot') AS INTEGER) AS position,
  TRY_CAST(json_extract_string(clip, '$.dwell_ms') AS DOUBLE) / 1000 AS dwell_seconds
FROM log
