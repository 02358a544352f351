/**
 * Whose events count: those of sources that this rollout.yaml names (two may share a folder, a source may be taken out or renamed).
 * Rows of the others are set apart and come back when they are named again, since their exports may be gone by then.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import type { Config } from "../../model/config.ts";
import type { Day } from "../../model/words.ts";
import { markDirtyDays } from "../days/dirty-days.ts";
import { retentionStart } from "../days/pruned-days.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { resolveDuplicates } from "./duplicates.ts";
import { rowColumnNames } from "./select-events.ts";

/** Events that were loaded under the name of a source that rollout.yaml does not have. */
export interface SetApart {
  readonly source: string;
  readonly rows: number;
  readonly days: { readonly from: Day; readonly to: Day } | null;
  /** Days whose single events are gone: what this source gave is in their sums for good. */
  readonly closedDays: number;
  /** This rollout has named it before; another one's sums are no history of this one. */
  readonly isOwn: boolean;
}

/** To be called before files are planned: a source that got another name keeps its rows, and nothing is read twice. */
export async function settleSources(
  engine: Engine,
  config: Config,
  files: readonly DiscoveredFile[],
): Promise<readonly SetApart[]> {
  const named = config.sources.filter(({ kind }) => kind === "events").map(({ name }) => name);
  await rememberOldSources(engine);
  await followRenames(engine, named, files);
  await takeBack(engine, named);
  await rememberSources(engine, config.rollout.name, named);
  const rows = await engine.rows("SELECT DISTINCT source FROM load_files WHERE kind = 'events'");
  if (rows.every(({ source }) => named.includes(String(source)))) return [];
  const leftOut = await readLeftOut(engine, config.rollout.name, named);
  await setApart(engine, named);
  return leftOut;
}

/** A new name whose files are, path by path, those of a name that is gone. */
async function followRenames(
  engine: Engine,
  named: readonly string[],
  files: readonly DiscoveredFile[],
): Promise<void> {
  const rows = await engine.rows("SELECT source, file FROM load_files WHERE kind = 'events'");
  const known = new Set(rows.map(({ source }) => String(source)));
  for (const name of named.filter((each) => !known.has(each))) {
    const paths = new Set(files.filter(({ source }) => source.name === name).map(({ file }) => file));
    const former = new Set(
      rows.flatMap(({ source, file }) =>
        !named.includes(String(source)) && paths.has(String(file)) ? [String(source)] : [],
      ),
    );
    const [only] = former;
    if (only === undefined || former.size > 1) continue;
    await engine.execute(`UPDATE load_files SET source = ${sqlText(name)} WHERE source = ${sqlText(only)};
      INSERT INTO source_rollouts SELECT ${sqlText(name)}, rollout FROM source_rollouts WHERE source = ${sqlText(only)}`);
    known.delete(only);
  }
}

const columns = rowColumnNames.join(", ");

/** Files that have rows there and whose source is among the named, or is not. */
async function idsIn(
  engine: Engine,
  tables: readonly string[],
  named: readonly string[],
  isNamed: boolean,
): Promise<readonly number[]> {
  const list = ["''", ...named.map(sqlText)].join(", ");
  const filled = tables.map((table) => `SELECT file_id FROM ${table}`).join(" UNION ");
  const rows = await engine.rows(`SELECT file_id AS id FROM load_files
    WHERE kind = 'events' AND source ${isNamed ? "" : "NOT "}IN (${list}) AND file_id IN (${filled}) ORDER BY 1`);
  return rows.map(({ id }) => Number(id));
}

/** With their duplicates; rows of other sources that they had made duplicates count again. */
async function setApart(engine: Engine, named: readonly string[]): Promise<void> {
  const ids = await idsIn(engine, ["event_rows", "duplicate_rows"], named, false);
  if (ids.length === 0) return;
  const mine = `file_id IN (${ids.join(", ")})`;
  await engine.transaction(async () => {
    await markDirtyDays(engine, `SELECT event_date FROM event_rows WHERE ${mine}`);
    await engine.execute(`
      CREATE OR REPLACE TEMP TABLE released_keys AS
        SELECT DISTINCT event_key FROM duplicate_rows WHERE NOT ${mine}
          AND event_key IN (SELECT event_key FROM event_rows WHERE ${mine});
      INSERT INTO set_apart_rows (${columns}, kind) SELECT ${columns}, NULL FROM event_rows WHERE ${mine};
      INSERT INTO set_apart_rows (${columns}, kind) SELECT ${columns}, kind FROM duplicate_rows WHERE ${mine};
      DELETE FROM event_rows WHERE ${mine};
      DELETE FROM duplicate_rows WHERE ${mine};`);
    await resolveDuplicates(engine, ids, true);
  });
}

/** All count again, until it is settled which of them are duplicates. Events of days that were closed meanwhile are gone like all others. */
async function takeBack(engine: Engine, named: readonly string[]): Promise<void> {
  const ids = await idsIn(engine, ["set_apart_rows"], named, true);
  if (ids.length === 0) return;
  const mine = `file_id IN (${ids.join(", ")})`;
  const first = await retentionStart(engine);
  const isOpen = first === null ? "true" : `event_date >= ${sqlDate(first)}`;
  await engine.transaction(async () => {
    await engine.execute(`
      INSERT INTO event_rows (${columns}) SELECT ${columns} FROM set_apart_rows WHERE ${mine} AND ${isOpen};
      INSERT INTO duplicate_rows (${columns}, kind) SELECT ${columns}, kind FROM set_apart_rows
        WHERE ${mine} AND NOT (${isOpen}) AND kind IS NOT NULL;
      UPDATE load_files f SET loaded = f.loaded + d.rows, duplicates = f.duplicates - d.rows, conflicts = f.conflicts - d.conflicts
        FROM (SELECT file_id, count(*) AS rows, count(*) FILTER (kind = 'conflict') AS conflicts FROM set_apart_rows
          WHERE ${mine} AND ${isOpen} AND kind IS NOT NULL GROUP BY file_id) d WHERE d.file_id = f.file_id;
      DELETE FROM set_apart_rows WHERE ${mine};`);
    await markDirtyDays(engine, `SELECT event_date FROM event_rows WHERE ${mine}`);
    await resolveDuplicates(engine, ids, false);
  });
}

/** Before they are set apart: what will no longer count, and what is in sums already. */
async function readLeftOut(
  engine: Engine,
  rollout: string,
  named: readonly string[],
): Promise<readonly SetApart[]> {
  const list = ["''", ...named.map(sqlText)].join(", ");
  const first = await retentionStart(engine);
  const isClosed = first === null ? "false" : `d.event_date < ${sqlDate(first)}`;
  const rows = await engine.rows(`
    SELECT f.source, coalesce(sum(e.rows), 0) AS rows, min(e.first) AS first, max(e.last) AS last,
      (SELECT count(DISTINCT d.event_date) FROM load_days d JOIN load_files o ON o.file_id = d.file_id
        WHERE o.source = f.source AND ${isClosed}) AS closed_days,
      EXISTS (SELECT 1 FROM source_rollouts s WHERE s.source = f.source AND s.rollout IN ('', ${sqlText(rollout)})) AS is_own
    FROM load_files f LEFT JOIN (
      SELECT file_id, count(*) AS rows, min(event_date) AS first, max(event_date) AS last FROM event_rows GROUP BY file_id
    ) e ON e.file_id = f.file_id
    WHERE f.kind = 'events' AND f.source NOT IN (${list}) GROUP BY f.source ORDER BY f.source`);
  return rows.map((row) => ({
    source: String(row["source"]),
    rows: Number(row["rows"]),
    days: row["first"] == null ? null : { from: String(row["first"]), to: String(row["last"]) },
    closedDays: Number(row["closed_days"]),
    isOwn: row["is_own"] === true,
  }));
}

/** Which rollout has named them; a store of an earlier version does not know it: any may have. */
async function rememberSources(engine: Engine, rollout: string, named: readonly string[]): Promise<void> {
  for (const name of named) {
    const pair = `${sqlText(name)}, ${sqlText(rollout)}`;
    await engine.execute(`INSERT INTO source_rollouts SELECT ${pair}
      WHERE NOT EXISTS (FROM source_rollouts WHERE source = ${sqlText(name)} AND rollout = ${sqlText(rollout)})`);
  }
}

async function rememberOldSources(engine: Engine): Promise<void> {
  await engine.execute(`INSERT INTO source_rollouts SELECT DISTINCT source, '' FROM load_files
    WHERE kind = 'events' AND NOT EXISTS (FROM source_rollouts)`);
}
