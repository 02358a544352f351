-- One row per impression, and one more per click. The log knows no user: each of its rows is a unit of its own, named by
-- its number, so that an impression and its click stay together.
WITH shown AS (
  SELECT
    'bts-' || column0 AS row_name,
    "timestamp" AS occurred_at,
    item_id,
    position,
    click
  FROM bts_log
)
SELECT
  row_name || '-impression' AS event_id,
  'impression' AS event_type,
  occurred_at,
  row_name AS session_id,
  item_id,
  'bts' AS algo_version,
  position
FROM shown
UNION ALL
SELECT
  row_name || '-click' AS event_id,
  'click' AS event_type,
  occurred_at,
  row_name AS session_id,
  item_id,
  'bts' AS algo_version,
  position
FROM shown
WHERE click = '1'
