-- A folder for each day and hour, in it lines of nested JSON with times in milliseconds.
CREATE OR REPLACE TABLE day AS
SELECT
  event_id AS id,
  CASE event WHEN 'feed_impression' THEN 'clip_shown' WHEN 'feed_click' THEN 'clip_opened' ELSE event END AS name,
  epoch_ms(CAST(occurred_at AS TIMESTAMPTZ)) AS ts,
  { 'user': { 'id': user_id }, 'visit': session_id, 'ranker': algo_version } AS context,
  { 'id': item_id, 'slot': CAST(position AS INTEGER), 'dwell_ms': CAST(round(1000 * CAST(dwell_seconds AS DOUBLE)) AS BIGINT) } AS clip
FROM read_csv('{sample}/feed_events/{date}.csv', all_varchar = true);

COPY (FROM day WHERE ts // 3600000 % 24 = CAST('{hour}' AS INTEGER) ORDER BY id)
TO '{exports}/log/date={date}/hour={hour}/part-0.jsonl.gz' (FORMAT json, COMPRESSION gzip);

COPY (FROM '{sample}/items.parquet' ORDER BY item_id) TO '{exports}/clips.csv' (FORMAT csv, HEADER);
