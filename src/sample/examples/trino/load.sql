-- The tables of the example, made where they are: nothing is uploaded, and every cluster makes the same rows of it. A "number from 0 to 1"
-- below is a hash. 3,000 customers are shown ten products a day for four days; a tenth of them by clip-cosine-v2, which loses 15% of its clicks.
CREATE SCHEMA IF NOT EXISTS iceberg.gatebook_example;

CREATE SCHEMA IF NOT EXISTS iceberg.gatebook_example_scratch;

DROP TABLE IF EXISTS iceberg.gatebook_example.products;

DROP TABLE IF EXISTS iceberg.gatebook_example.shop_events;

CREATE TABLE iceberg.gatebook_example.products AS
SELECT
  'p' || CAST(n AS varchar) AS product,
  'maker' || CAST(n % 40 AS varchar) AS maker,
  'department' || CAST(n % 7 AS varchar) AS department
FROM UNNEST(sequence(0, 199)) AS numbers (n);

CREATE TABLE iceberg.gatebook_example.shop_events AS
WITH
  shown AS (
    SELECT
      day,
      'c' || CAST(customer AS varchar) AS customer,
      CAST(slot AS integer) AS slot,
      CASE WHEN customer % 10 = 0 THEN 'clip-cosine-v2' ELSE 'clip-cosine-v1' END AS model,
      'e' || CAST(day AS varchar) || '-' || CAST(customer AS varchar) || '-' || CAST(slot AS varchar) AS id
    FROM
      UNNEST(sequence(1, 3000)) AS customers (customer)
      CROSS JOIN UNNEST(sequence(0, 3)) AS days (day)
      CROSS JOIN UNNEST(sequence(1, 10)) AS slots (slot)
  ),
  drawn AS (
    SELECT
      *,
      bitwise_and(from_big_endian_64(xxhash64(to_utf8('when ' || id))), 1048575) / 1048576e0 AS moment,
      bitwise_and(from_big_endian_64(xxhash64(to_utf8('what ' || id))), 1048575) / 1048576e0 AS choice,
      bitwise_and(from_big_endian_64(xxhash64(to_utf8('click ' || id))), 1048575) / 1048576e0 AS luck,
      bitwise_and(from_big_endian_64(xxhash64(to_utf8('dwell ' || id))), 1048575) / 1048576e0 AS patience
    FROM shown
  ),
  seen AS (
    SELECT
      *,
      CAST(floor(moment * 86000) AS bigint) AS second,
      'p' || CAST(CAST(floor(choice * choice * 200) AS integer) AS varchar) AS product,
      luck < CASE model WHEN 'clip-cosine-v2' THEN 0.17 ELSE 0.2 END AS opened
    FROM drawn
  )
SELECT
  id,
  'product_seen' AS kind,
  CAST(date_add('second', 86400 * day + second, TIMESTAMP '2026-02-01 00:00:00 UTC') AS timestamp(6) with time zone) AS at,
  customer,
  customer || '-' || CAST(day AS varchar) AS visit,
  product,
  model,
  CAST(NULL AS double) AS seconds,
  slot
FROM seen
UNION ALL
SELECT
  id || '-opened',
  'product_opened',
  CAST(date_add('second', 86400 * day + second + 20, TIMESTAMP '2026-02-01 00:00:00 UTC') AS timestamp(6) with time zone),
  customer,
  customer || '-' || CAST(day AS varchar),
  product,
  model,
  round(2 + 40 * patience * patience, 1),
  slot
FROM seen
WHERE opened;
