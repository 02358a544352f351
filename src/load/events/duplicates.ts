/**
 * Rows that share an event_id: the earliest counts (by occurred_at, then content, source and file name, never by the order of loads),
 * the others are in duplicate_rows. Ids are compared by hash first and then exactly, in the transaction of the load.
 */
import type { Engine } from "../../engine/engine.ts";
import { type CanonicalName, canonicalNames } from "../../model/event-columns.ts";
import { markDirtyDays } from "../days/dirty-days.ts";
import { ownValue, rowColumnNames } from "./select-events.ts";

const rowColumns = rowColumnNames.join(", ");

/** Before the rows of a file go: the ids for which it may have kept another file's row out. */
export async function releaseRows(engine: Engine, fileId: number): Promise<void> {
  await engine.execute(`
    CREATE OR REPLACE TEMP TABLE released_keys AS
      SELECT DISTINCT d.event_key FROM duplicate_rows d
      JOIN (SELECT event_key FROM event_rows WHERE file_id = ${fileId}) e ON e.event_key = d.event_key
      WHERE d.file_id <> ${fileId};
    DELETE FROM event_rows WHERE file_id = ${fileId};
    DELETE FROM duplicate_rows WHERE file_id = ${fileId};
    DELETE FROM reject_rows WHERE file_id = ${fileId};
    DELETE FROM reject_days WHERE file_id = ${fileId};
    DELETE FROM load_days WHERE file_id = ${fileId};
  `);
}

/** Of the ids of the files. `releaseRows` has run in this transaction when one was loaded before. */
export async function resolveDuplicates(
  engine: Engine,
  fileIds: readonly number[],
  hadRows: boolean,
): Promise<void> {
  const list = fileIds.join(", ");
  const [present] = await engine.rows(`SELECT EXISTS (FROM duplicate_rows) AS duplicates,
    EXISTS (FROM load_files WHERE kind = 'events' AND file_id NOT IN (${list}) AND read > 0) AS others`);
  const keys = contestedKeys(list, {
    released: hadRows,
    others: present?.["others"] === true,
    duplicates: present?.["duplicates"] === true,
  });
  await settle(engine, keys);
}

async function settle(engine: Engine, keys: string): Promise<void> {
  await engine.execute(`CREATE OR REPLACE TEMP TABLE contested_keys AS ${keys}`);
  const [found] = await engine.rows("SELECT count(*) AS keys FROM contested_keys");
  if (Number(found?.["keys"]) === 0) return;
  await engine.execute(choose);
  await engine.execute(recount);
  await markDirtyDays(engine, "SELECT event_date FROM contested WHERE counted <> (place = 1)");
  await engine.execute("DROP TABLE contested; DROP TABLE contested_keys");
}

/** Once: conflicts that an earlier version found in rows that differ in their metadata alone are exact duplicates. */
export async function settleOldConflicts(engine: Engine): Promise<void> {
  const [known] = await engine.rows("SELECT 1 AS found FROM load_state WHERE key = 'conflicts'");
  if (known !== undefined) return;
  await engine.transaction(async () => {
    await settle(engine, "SELECT DISTINCT event_key FROM duplicate_rows WHERE kind = 'conflict'");
    await engine.execute("INSERT INTO load_state VALUES ('conflicts', '')");
  });
}

/** Where an id of the files may be a second time, besides the files themselves. */
interface Elsewhere {
  readonly released: boolean;
  readonly others: boolean;
  readonly duplicates: boolean;
}

/** Sorted hashes compared with their neighbour take half the time of grouping text ids. */
function contestedKeys(fileIds: string, elsewhere: Elsewhere): string {
  const mine = `SELECT event_key FROM event_rows WHERE file_id IN (${fileIds}) AND event_key IS NOT NULL`;
  const also = (table: string): string =>
    `SELECT o.event_key FROM ${table} o JOIN (${mine}) m ON m.event_key = o.event_key`;
  const parts = [
    `SELECT event_key FROM (SELECT event_key, lag(event_key) OVER (ORDER BY event_key) AS previous FROM (${mine}))
     WHERE event_key = previous`,
    ...(elsewhere.others ? [`${also("event_rows")} WHERE o.file_id NOT IN (${fileIds})`] : []),
    ...(elsewhere.duplicates ? [also("duplicate_rows")] : []),
    ...(elsewhere.released ? ["SELECT event_key FROM released_keys"] : []),
  ];
  return `SELECT DISTINCT event_key FROM (${parts.join(" UNION ALL ")})`;
}

/** What the export said about an event; what a lookup filled in is not the event's own. */
function contentOf(names: readonly CanonicalName[]): string {
  const texts = names.map((name) => `coalesce(CAST(${ownValue(name)} AS VARCHAR), chr(30))`);
  // null, and thereby no part of it, where rollout.yaml adds no column
  return `md5(concat_ws(chr(31), ${texts.join(", ")}, added))`;
}

const content = contentOf(canonicalNames);
/** A retry is the same event with another send time in its metadata, which is in no number. */
const claim = contentOf(canonicalNames.filter((name) => name !== "metadata"));

const choose = `
CREATE OR REPLACE TEMP TABLE contested AS
  SELECT *, row_number() OVER winner AS place, first_value(claim) OVER winner AS winning_claim
  FROM (
    SELECT r.*, ${content} AS content, ${claim} AS claim, f.source, f.file
    FROM (
      SELECT ${rowColumns}, true AS counted, CAST(NULL AS VARCHAR) AS was
      FROM event_rows WHERE event_key IN (FROM contested_keys)
      UNION ALL
      SELECT ${rowColumns}, false, kind FROM duplicate_rows WHERE event_key IN (FROM contested_keys)
    ) r JOIN load_files f ON f.file_id = r.file_id
  )
  WINDOW winner AS (PARTITION BY event_id ORDER BY occurred_at NULLS LAST, content, source, file, counted DESC);
DELETE FROM event_rows WHERE event_key IN (FROM contested_keys);
DELETE FROM duplicate_rows WHERE event_key IN (FROM contested_keys);
INSERT INTO event_rows SELECT ${rowColumns} FROM contested WHERE place = 1;
INSERT INTO duplicate_rows (${rowColumns}, kind)
  SELECT ${rowColumns}, CASE WHEN claim = winning_claim THEN 'exact' ELSE 'conflict' END
  FROM contested WHERE place > 1;
`;

/** The counts of every file concerned move by the difference. */
const recount = `
UPDATE load_files f SET
  loaded = f.loaded + c.loaded, duplicates = f.duplicates - c.loaded, conflicts = f.conflicts + c.conflicts
FROM (
  SELECT file_id,
    count(*) FILTER (place = 1) - count(*) FILTER (counted) AS loaded,
    count(*) FILTER (place > 1 AND claim <> winning_claim) - count(*) FILTER (was = 'conflict') AS conflicts
  FROM contested GROUP BY file_id
) c WHERE c.file_id = f.file_id;
`;
