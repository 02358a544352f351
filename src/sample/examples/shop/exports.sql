-- What mysqldump --tab writes, a folder for each day: no header, tabs between values, \N where there is none.
COPY (
  SELECT row_number() OVER () AS id, event_id, event, replace(replace(occurred_at, 'T', ' '), 'Z', '') AS created_at,
    user_id, session_id, item_id, algo_version, dwell_seconds, position
  FROM read_csv('{sample}/feed_events/{date}.csv', all_varchar = true)
) TO '{exports}/{date}/feed_events.txt' (FORMAT csv, HEADER false, DELIMITER '\t', QUOTE '', ESCAPE '', NULLSTR '\N');

COPY (
  SELECT row_number() OVER () AS id, event_id, event_type, replace(replace(occurred_at, 'T', ' '), 'Z', '') AS created_at,
    user_id, session_id, item_id, algo_version, '{"surface":"feed"}' AS metadata
  FROM read_json('{sample}/user_discovery_events/date={date}/*.jsonl.gz', columns = {
    event_id: 'VARCHAR', event_type: 'VARCHAR', occurred_at: 'VARCHAR', user_id: 'VARCHAR', session_id: 'VARCHAR',
    item_id: 'VARCHAR', algo_version: 'VARCHAR' })
) TO '{exports}/{date}/user_discovery_events.txt' (FORMAT csv, HEADER false, DELIMITER '\t', QUOTE '', ESCAPE '', NULLSTR '\N');

COPY (FROM '{sample}/items.parquet' ORDER BY item_id)
TO '{exports}/clips.txt' (FORMAT csv, HEADER false, DELIMITER '\t', QUOTE '', ESCAPE '', NULLSTR '\N');
