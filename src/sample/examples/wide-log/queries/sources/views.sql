-- One row of the log is an impression; a clicked one is a click as well, under an id of its own. Both are of the same unit.
SELECT
  view_id AS event_id,
  'impression' AS event_type,
  shown_at AS occurred_at,
  member AS user_id,
  visit AS session_id,
  clip AS item_id,
  ranker AS algo_version,
  NULL AS dwell_seconds,
  slot AS position
FROM views
UNION ALL
SELECT view_id || '-click', 'click', shown_at, member, visit, clip, ranker, dwell, slot
FROM views
WHERE clicked = '1'
