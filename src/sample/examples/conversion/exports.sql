-- One table of events a day, orders among them; what a customer saved in the sample is an order here.
COPY (
  SELECT event_id AS id,
    CASE event WHEN 'feed_impression' THEN 'product_seen' WHEN 'feed_click' THEN 'product_opened' ELSE event END AS kind,
    CAST(epoch(CAST(occurred_at AS TIMESTAMPTZ)) AS BIGINT) AS ts,
    user_id AS customer, session_id AS visit, item_id AS product, algo_version AS model,
    CASE WHEN CAST(md5_number_lower(coalesce(user_id, session_id)) % 3 AS INTEGER) = 0 THEN 'web' ELSE 'app' END AS device
  FROM read_csv('{sample}/feed_events/{date}.csv', all_varchar = true)
  UNION ALL
  SELECT event_id, 'order_paid', CAST(epoch(CAST(occurred_at AS TIMESTAMPTZ)) AS BIGINT), user_id, session_id, item_id, algo_version,
    CASE WHEN CAST(md5_number_lower(coalesce(user_id, session_id)) % 3 AS INTEGER) = 0 THEN 'web' ELSE 'app' END
  FROM read_json('{sample}/user_discovery_events/date={date}/*.jsonl.gz', columns = {
    event_id: 'VARCHAR', occurred_at: 'VARCHAR', user_id: 'VARCHAR', session_id: 'VARCHAR', item_id: 'VARCHAR', algo_version: 'VARCHAR' })
  ORDER BY ts, id
) TO '{exports}/events-{date}.csv.gz' (FORMAT csv, HEADER, COMPRESSION gzip);
