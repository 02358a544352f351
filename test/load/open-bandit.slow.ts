/** Real events: the small Open Bandit samples, where they stand beside the project, in every format and compression. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Row } from "../../src/engine/engine.ts";
import type { LoadRecord } from "../../src/model/result.ts";
import { source, type Workspace, workspace } from "./workspace.ts";

const folder = resolve(import.meta.dirname, "../../../shared/data/obd");
const logs = ["bts", "random"].map((policy) => join(folder, policy, "men/men.csv"));
const staging = `
WITH log_rows AS (
  SELECT "timestamp" AS occurred_at, 'row-' || CAST(column0 AS VARCHAR) AS session_id, item_id, position, click,
    propensity_score AS metadata, 'obd' AS algo_version FROM log
)
SELECT 'impression' AS event_type, occurred_at, session_id, item_id, position, metadata, algo_version FROM log_rows
UNION ALL
SELECT 'click', occurred_at, session_id, item_id, position, metadata, algo_version FROM log_rows WHERE CAST(click AS INTEGER) = 1`;

const text = { csv: "FORMAT csv, HEADER", tsv: "FORMAT csv, HEADER, DELIMITER '\t'", jsonl: "FORMAT json" };
const texts = Object.entries(text).flatMap(([ending, format]) => [
  [ending, `${format}, COMPRESSION uncompressed`] as const,
  [`${ending}.gz`, `${format}, COMPRESSION gzip`] as const,
  [`${ending}.zst`, `${format}, COMPRESSION zstd`] as const,
]);
const codecs = ["uncompressed", "snappy", "gzip", "zstd"].map(
  (codec) => [`${codec}.parquet`, `FORMAT parquet, CODEC ${codec}`] as const,
);

interface Loaded {
  readonly events: readonly Row[];
  readonly sums: readonly Row[];
  readonly records: readonly LoadRecord[];
}

async function load(space: Workspace, files: readonly string[]): Promise<Loaded> {
  return space.night(
    [source("log", files, { staging: space.write("log.sql", staging) })],
    async ({ engine, summary }) => ({
      // every value of every row but the ones that are made of the file's own hash
      events: await engine.rows(`SELECT event_type, count(*) AS rows,
          CAST(bit_xor(md5_number_lower(to_json(e)::VARCHAR)) AS VARCHAR) AS content FROM events e GROUP BY 1 ORDER BY 1`),
      sums: await engine.rows(`SELECT event_date, event_type, count(DISTINCT unit_id) AS units, count(DISTINCT item_id) AS items,
          sum(position) AS positions, min(occurred_at) AS first, max(occurred_at) AS last FROM events GROUP BY 1, 2 ORDER BY 1, 2`),
      records: summary.records,
    }),
    { afresh: true, now: new Date("2026-11-01T00:00:00Z") },
  );
}

describe.skipIf(!logs.every((log) => existsSync(log)))(
  "Open Bandit (skipped where ../shared/data/obd is absent)",
  () => {
    let loaded: Loaded | null = null;
    async function original(): Promise<Loaded> {
      loaded ??= await load(workspace(), logs);
      return loaded;
    }

    async function loadAs(ending: string, format: string): Promise<Loaded> {
      const space = workspace();
      const engine = await openDuckDb({ file: ":memory:" });
      const files = logs.map((_, index) => `log${index}.${ending}`);
      for (const [index, log] of logs.entries()) {
        await engine.execute(`COPY (SELECT column00 AS column0, * EXCLUDE (column00) FROM read_csv('${log}', header = true))
          TO '${join(space.root, files[index] ?? "")}' (${format})`);
      }
      engine.close();
      return await load(space, files);
    }

    test("the files as they are come to the clicks and impressions that their README counts", async () => {
      const expected = await original();
      expect(expected.events.map(({ event_type, rows }) => [event_type, rows])).toEqual([
        ["impression", 20_000],
        ["click", 69 + 46],
      ]);
      expect(expected.records.map(({ lines, read }) => [lines, read])).toEqual([
        [10_001, 10_069],
        [10_001, 10_046],
      ]);
    });

    test.each([...texts, ...codecs])("as .%s they give the same events", async (ending, format) => {
      const [expected, found] = [await original(), await loadAs(ending, format)];
      expect(found.events).toEqual(expected.events);
      expect(found.sums).toEqual(expected.sums);
      for (const [index, { read, loaded, rejected }] of found.records.entries()) {
        const { read: rows } = expected.records[index] ?? { read: -1 };
        expect({ read, loaded, rejected }).toEqual({ read: rows, loaded: rows, rejected: 0 });
      }
    });

    test("as Parquet that gzip has packed once more, too", async () => {
      const space = workspace();
      const engine = await openDuckDb({ file: ":memory:" });
      const files = logs.map((log, index) => [log, join(space.root, `log${index}.parquet`)] as const);
      for (const [log, path] of files) {
        await engine.execute(
          `COPY (SELECT column00 AS column0, * EXCLUDE (column00) FROM read_csv('${log}', header = true)) TO '${path}' (FORMAT parquet)`,
        );
        space.write(`${path.slice(space.root.length + 1)}.gz`, gzipSync(readFileSync(path)));
      }
      engine.close();
      const found = await load(space, ["log0.parquet.gz", "log1.parquet.gz"]);
      expect(found.events).toEqual((await original()).events);
    });
  },
);
