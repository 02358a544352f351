/** Real events: the small Open Bandit sample, where it stands beside the project. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import { source, workspace } from "./workspace.ts";

const log = resolve(import.meta.dirname, "../../../shared/data/obd/bts/men/men.csv");
const staging = `
WITH log_rows AS (
  SELECT "timestamp" AS occurred_at, 'bts-' || CAST(column0 AS VARCHAR) AS session_id, item_id, position, click, 'bts' AS algo_version FROM log
)
SELECT 'impression' AS event_type, occurred_at, session_id, item_id, position, algo_version FROM log_rows
UNION ALL
SELECT 'click', occurred_at, session_id, item_id, position, algo_version FROM log_rows WHERE CAST(click AS INTEGER) = 1`;

const targets = {
  "log.csv.gz": "(FORMAT csv, HEADER, COMPRESSION gzip)",
  "log.csv.zst": "(FORMAT csv, HEADER, COMPRESSION zstd)",
  "log.tsv": "(FORMAT csv, HEADER, DELIMITER '\t')",
  "log.jsonl": "(FORMAT json)",
  "log.jsonl.gz": "(FORMAT json, COMPRESSION gzip)",
  "log.jsonl.zst": "(FORMAT json, COMPRESSION zstd)",
  "log.parquet": "(FORMAT parquet)",
} as const;

describe.skipIf(!existsSync(log))("Open Bandit (skipped where ../shared/data/obd is absent)", () => {
  async function load(space: ReturnType<typeof workspace>, path: string) {
    const stagingFile = space.write("log.sql", staging);
    return space.night(
      [source("log", path, { staging: stagingFile })],
      async ({ engine, summary }) => ({
        tables:
          await engine.rows(`SELECT event_type, event_date, count(*) AS events, count(DISTINCT unit_id) AS units,
          count(DISTINCT item_id) AS items, CAST(bit_xor(md5_number_lower(concat_ws('|', occurred_at, unit_id, item_id, position))) AS VARCHAR) AS content
          FROM events GROUP BY ALL ORDER BY ALL`),
        record: summary.records[0],
      }),
      { memory: true, now: new Date("2026-11-01T00:00:00Z") },
    );
  }

  test.each(Object.entries(targets))(
    "%s gives the same events as the CSV it was made from",
    async (name, format) => {
      const space = workspace();
      const engine = await openDuckDb({ file: ":memory:" });
      await engine.execute(
        `COPY (SELECT column00 AS column0, * EXCLUDE (column00) FROM read_csv('${log}', header = true)) TO '${join(space.root, name)}' ${format}`,
      );
      engine.close();
      const expected = await load(space, log);
      expect(expected.record).toMatchObject({
        status: "loaded",
        lines: 10_001,
        read: 10_069,
        loaded: 10_069,
        rejected: 0,
      });
      const found = await load(space, name);
      expect(found.record).toMatchObject({ read: 10_069, loaded: 10_069, rejected: 0 });
      expect(found.tables).toEqual(expected.tables);
      expect(
        found.tables
          .filter((each) => each["event_type"] === "click")
          .reduce((sum, each) => sum + Number(each["events"]), 0),
      ).toBe(69);
    },
  );
});
