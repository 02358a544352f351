/** The staging file that `gatebook new source` drafts: which column is which, and the SQL of each. */
import { expect, test } from "vitest";
import { draftSource, type RawSample } from "../../src/workspace/source-draft.ts";

const text = (name: string, ...examples: readonly string[]): RawSample => ({
  name,
  type: "VARCHAR",
  examples,
});

test("columns are taken by their usual names, at whatever depth of JSON", () => {
  const draft = draftSource("feed", "exports/feed.jsonl", [
    text("uuid", "a"),
    text("eventName", "feed_viewed", "feed_tapped", "heart", "click"),
    text("ts", "1769904000000", "1769904001000"),
    text(
      "context",
      '{"user":{"id":"u1"},"session":{"id":"s1","no way":1}}',
      '{"device":{"os":"x"}}',
      "cut {",
    ),
    text("payload", '{"post_id":7,"variant":"v1","dwell_ms":1200}'),
    text('odd "name"\nhere', "1"),
  ]);
  expect(draft).toContain('"uuid" AS event_id');
  expect(draft).toContain(
    "WHEN 'feed_viewed' THEN 'impression'\n    WHEN 'feed_tapped' THEN 'click'\n    ELSE \"eventName\"",
  );
  expect(draft).toContain('to_timestamp(TRY_CAST("ts" AS BIGINT) / 1000.0) AS occurred_at');
  expect(draft).toContain("json_extract_string(\"context\", '$.user.id') AS user_id");
  expect(draft).toContain("json_extract_string(\"context\", '$.session.id') AS session_id");
  expect(draft).toContain("json_extract_string(\"payload\", '$.post_id') AS item_id");
  expect(draft).toContain(
    "TRY_CAST(json_extract_string(\"payload\", '$.dwell_ms') AS DOUBLE) / 1000 AS dwell_seconds",
  );
  expect(draft).toContain("json_extract_string(\"payload\", '$.variant') AS algo_version");
  expect(draft.split("\n").find((line) => line.includes("Not used"))).toContain('odd "name"?here');
});

test.each([
  ["1769904000", 'to_timestamp(TRY_CAST("ts" AS DOUBLE))'],
  ["1769904000.25", 'to_timestamp(TRY_CAST("ts" AS DOUBLE))'],
  ["1769904000000000", 'to_timestamp(TRY_CAST("ts" AS BIGINT) / 1000000.0)'],
  ["2026-02-01 10:00:00", '"ts"'],
  ["20260201", '"ts"'],
])("a time written as %s", (example, sql) => {
  expect(draftSource("feed", "a.csv", [text("ts", example)])).toContain(`  ${sql} AS occurred_at`);
});

test("what no column looks like is left out, unless no row is an event without it", () => {
  const draft = draftSource("feed", "a.csv", [text("date", "2026-02-01"), text("foo", "1")]);
  expect(draft).toContain('"date" AS event_date');
  expect(draft).not.toContain("occurred_at");
  expect(draft).toContain("CAST(NULL AS VARCHAR) AS event_type");
  expect(draft).toContain("CAST(NULL AS VARCHAR) AS algo_version\nFROM");
  expect(draft).not.toContain("user_id");
});

test("a struct of Parquet is read as JSON", () => {
  const struct = { name: "who", type: "STRUCT(user_id VARCHAR)", examples: ['{"user_id":"u"}'] };
  expect(draftSource("feed", "a.parquet", [struct])).toContain(
    "json_extract_string(to_json(\"who\"), '$.user_id') AS user_id",
  );
});
