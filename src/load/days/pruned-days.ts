/**
 * Days whose single events were pruned: their sums are kept in the relations, and nothing may be counted twice. `closed_days` has
 * what each file had of such a day when it was closed; what it has now is in `load_days`. changed-pruned-days.ts compares the two.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import { addDays } from "../../model/calendar.ts";
import type { Day } from "../../model/words.ts";
import { ownValue } from "../events/select-events.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { needsTolerance } from "../files/refusal.ts";
import type { LoadPlan } from "../plan.ts";

/** Before a file's rows go: how many it had on each day; of a closed day, how many were counted. */
export async function keepPreviousDays(engine: Engine, fileId: number): Promise<void> {
  const mine = (table: string): string =>
    `(SELECT event_date, accepted FROM ${table} WHERE file_id = ${fileId})`;
  await engine.execute(`CREATE OR REPLACE TEMP TABLE previous_days AS
    SELECT event_date, coalesce(c.accepted, d.accepted) AS accepted
    FROM ${mine("load_days")} d FULL JOIN ${mine("closed_days")} c USING (event_date)`);
}

/**
 * Takes out the rows of closed days that an earlier load of this file brought already (a file that only grows still has them) and
 * returns how many. Which ones are new, where there are more, the tolerant load finds out.
 */
export async function withdrawClosedDays(engine: Engine, plan: LoadPlan, fileId: number): Promise<number> {
  if (plan.retentionStart === null) return 0;
  const closed = `file_id = ${fileId} AND event_date < ${sqlDate(plan.retentionStart)}`;
  const [row] = await engine.rows(`SELECT coalesce(sum(d.accepted), 0) AS rows,
      count(*) FILTER (d.accepted > coalesce(p.accepted, 0)) AS grown
    FROM load_days d LEFT JOIN previous_days p ON p.event_date = d.event_date
    WHERE d.file_id = ${fileId} AND d.event_date < ${sqlDate(plan.retentionStart)}`);
  if (Number(row?.["grown"]) > 0) throw needsTolerance;
  const rows = Number(row?.["rows"]);
  if (rows > 0) await engine.execute(`DELETE FROM event_rows WHERE ${closed}`);
  return rows;
}

/** Before the rows of closed days are withdrawn: what they are now, in the columns that were read when the day was closed. */
export async function noteClosedContent(
  engine: Engine,
  { retentionStart }: LoadPlan,
  fileId: number,
): Promise<void> {
  if (retentionStart === null) return;
  const mine = `file_id = ${fileId} AND event_date < ${sqlDate(retentionStart)}`;
  for (const row of await engine.rows(`SELECT DISTINCT columns FROM closed_days
    WHERE ${mine} AND columns IS NOT NULL ORDER BY columns`)) {
    const columns = String(row["columns"]);
    await engine.execute(`UPDATE load_days SET content = n.content
      FROM (SELECT event_date AS day, ${contentSum(engine, JSON.parse(columns) as string[])} AS content
        FROM event_rows WHERE ${mine} GROUP BY event_date) n
      WHERE file_id = ${fileId} AND event_date = n.day
        AND event_date IN (SELECT event_date FROM closed_days WHERE ${mine} AND columns = ${sqlText(columns)})`);
  }
}

/** Rows of closed days that were rejected, since they came too late: `bad_rows` of the tolerant way names them. */
export async function noteLateRows(engine: Engine, fileId: number): Promise<void> {
  await engine.execute(`UPDATE load_days SET late = n.rows
    FROM (SELECT event_date AS day, count(*) AS rows FROM bad_rows WHERE reason = 'date_closed' GROUP BY event_date) n
    WHERE file_id = ${fileId} AND event_date = n.day`);
}

/** What every file counted of the days from `from` on (null: of all) and before `to`, whose events are about to go. */
export async function closeDays(engine: Engine, from: Day | null, to: Day): Promise<void> {
  const among = `event_date < ${sqlDate(to)}${from === null ? "" : ` AND event_date >= ${sqlDate(from)}`}`;
  await engine.execute(`DELETE FROM closed_days WHERE ${among};
    INSERT INTO closed_days SELECT f.source, d.file_id, d.event_date, d.accepted, NULL, s.columns, s.definition, f.sha256
    FROM load_days d JOIN load_files f ON f.file_id = d.file_id LEFT JOIN source_definitions s ON s.source = f.source
    WHERE ${among}`);
  for (const row of await engine.rows("SELECT DISTINCT columns FROM source_definitions ORDER BY columns")) {
    const columns = String(row["columns"]);
    await engine.execute(`UPDATE closed_days SET content = n.content
      FROM (SELECT file_id AS file, event_date AS day, ${contentSum(engine, JSON.parse(columns) as string[])} AS content
        FROM (SELECT * FROM event_rows WHERE ${among} UNION ALL BY NAME SELECT * FROM duplicate_rows WHERE ${among})
        GROUP BY file_id, event_date) n
      WHERE file_id = n.file AND event_date = n.day AND columns = ${sqlText(columns)}`);
  }
}

/** The first day whose events are still kept; null when nothing was pruned yet. */
export async function retentionStart(engine: Engine): Promise<Day | null> {
  const [row] = await engine.rows("SELECT value FROM load_state WHERE key = 'first_open_day'");
  return row === undefined ? null : String(row["value"]);
}

/**
 * Opens closed days again (`aggregate --reload`) where all files that brought their events are still there: those are loaded again.
 * Days of which a file is gone, or has no row any more, stay closed, since their sums could not be made again.
 */
export async function reopenDays(engine: Engine, files: readonly DiscoveredFile[]): Promise<void> {
  const closedBefore = await retentionStart(engine);
  if (closedBefore === null) return;
  const names = files.map(({ source, file }) => `(${sqlText(source.name)}, ${sqlText(file)})`);
  const isThere = names.length === 0 ? "false" : `(f.source, f.file) IN (${names.join(", ")})`;
  const [gone] =
    await engine.rows(`SELECT max(c.event_date) AS day FROM closed_days c LEFT JOIN load_files f ON f.file_id = c.file_id
      LEFT JOIN load_days d ON d.file_id = c.file_id AND d.event_date = c.event_date
    WHERE c.event_date < ${sqlDate(closedBefore)} AND (d.accepted IS NULL OR NOT ${isThere})`);
  const from = gone?.["day"] == null ? null : addDays(String(gone["day"]), 1);
  const since = from === null ? "" : `AND event_date >= ${sqlDate(from)}`;
  await engine.transaction(() =>
    engine.execute(`
      UPDATE load_files f SET recipe = '' WHERE ${isThere} AND file_id IN (
        SELECT file_id FROM load_days WHERE event_date < ${sqlDate(closedBefore)} ${since}
        UNION SELECT file_id FROM reject_rows WHERE reason = 'date_closed');
      DELETE FROM load_state WHERE key = 'first_open_day';
      ${from === null ? "" : `INSERT INTO load_state VALUES ('first_open_day', ${sqlText(from)});`}`),
  );
}

/**
 * What the rows of a file and day are, whatever their order: the sum of their hashes over `columns`, behind the engine's version,
 * since hash() may change with it. (A sum of md5 is the same in every version and takes fifteen times as long.)
 */
function contentSum(engine: Engine, columns: readonly string[]): string {
  const values = columns.map((name) => `CAST(${ownValue(name)} AS VARCHAR)`).join(", ");
  return `${sqlText(`${engine.version} `)} || CAST(sum(CAST(hash(${values}) AS HUGEINT)) AS VARCHAR)`;
}

/** Null: made by other versions of the engine, or not known. */
export function sameContent(before: string | null, now: string | null): boolean | null {
  const [versionBefore, versionNow] = [before?.split(" ")[0], now?.split(" ")[0]];
  return versionBefore === undefined || versionBefore !== versionNow ? null : before === now;
}
