/** A sample in a folder of its own, and an engine that has read it back with nothing but plain SQL. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckDb } from "../../src/engine/duckdb/open.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { type SampleOptions, writeSample } from "../../src/sample/sample.ts";
import type { SampleTruth } from "../../src/sample/truth.ts";

export interface MadeSample {
  readonly root: string;
  readonly truth: SampleTruth;
  readonly engine: Engine;
  readonly remove: () => void;
}

export const openMemory = (): Promise<Engine> => openDuckDb({ file: ":memory:" });

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "gatebook-sample-"));
}

export async function makeSample(options: Partial<SampleOptions>): Promise<MadeSample> {
  const root = temporaryFolder();
  const truth = await writeSample(
    { scenario: "healthy", days: 7, seed: 1, usersPerDay: 400, ...options, root },
    openMemory,
  );
  const engine = await openMemory();
  await engine.execute(readBack(root));
  const remove = (): void => {
    engine.close();
    rmSync(root, { recursive: true });
  };
  return { root, truth, engine, remove };
}

/**
 * Tables feed_lines and save_lines (all a reader can split), feed and saves (what a correct load keeps), items.
 * Of rows with one event_id the earliest is kept; rows without one are all kept.
 */
function readBack(root: string): string {
  const path = (glob: string): string => `'${join(root, "exports", glob).replaceAll("'", "''")}'`;
  const once = `qualify event_id IS NULL
    OR row_number() OVER (PARTITION BY event_id ORDER BY occurred_at, position) = 1`;
  return `
    CREATE TABLE items AS FROM read_parquet(${path("items.parquet")});
    CREATE TABLE feed_lines AS
      FROM read_csv(${path("feed_events/*.csv")}, all_varchar=true, header=true, delim=',', quote='"',
        escape='"', auto_detect=false, ignore_errors=true, null_padding=false, filename=true, columns={
        'event_id': 'VARCHAR', 'event': 'VARCHAR', 'occurred_at': 'VARCHAR', 'user_id': 'VARCHAR',
        'session_id': 'VARCHAR', 'item_id': 'VARCHAR', 'algo_version': 'VARCHAR', 'dwell_seconds': 'VARCHAR',
        'position': 'VARCHAR'});
    CREATE TABLE feed AS
      SELECT event_id, event, TRY_CAST(occurred_at AS TIMESTAMPTZ) AS occurred_at, user_id, session_id, item_id,
        algo_version, CAST(dwell_seconds AS DECIMAL(9,3)) AS dwell_seconds, CAST(position AS INTEGER) AS position,
        coalesce(nullif(user_id, 'undefined'), session_id) AS unit_id, CAST(left(occurred_at, 10) AS DATE) AS event_date
      FROM feed_lines
      WHERE TRY_CAST(occurred_at AS TIMESTAMPTZ) < TIMESTAMPTZ '2027-01-01 00:00:00Z'
        AND event IN ('feed_impression', 'feed_click') ${once};
    CREATE TABLE save_lines AS
      SELECT line, TRY_CAST(line AS JSON) AS row, filename
      FROM read_csv(${path("user_discovery_events/*/*.jsonl.gz")}, header=false, delim=chr(1), quote='', escape='',
        auto_detect=false, columns={'line': 'VARCHAR'}, filename=true);
    CREATE TABLE saves AS
      SELECT nullif(row->>'event_id', '') AS event_id, row->>'event_type' AS event,
        CAST(row->>'occurred_at' AS TIMESTAMPTZ) AS occurred_at, row->>'user_id' AS user_id,
        row->>'session_id' AS session_id, row->>'item_id' AS item_id, row->>'algo_version' AS algo_version,
        coalesce(row->'metadata', row->'meta') AS metadata, (row->'meta') IS NOT NULL AS is_meta,
        CAST(left(row->>'occurred_at', 10) AS DATE) AS event_date, 0 AS position
      FROM save_lines WHERE row IS NOT NULL ${once};`;
}
