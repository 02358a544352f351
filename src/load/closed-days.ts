/** Days whose single events were pruned: their sums stand in the relations, and nothing may be counted twice. */
import type { Engine } from "../engine/engine.ts";
import { sqlDate } from "../engine/sql-text.ts";
import type { Day } from "../model/words.ts";
import { needsTolerance } from "./fast-load.ts";
import type { LoadPlan } from "./plan.ts";

/** Before a file's rows go: how many it had on each day. */
export async function keepPreviousDays(engine: Engine, fileId: number): Promise<void> {
  await engine.execute(`CREATE OR REPLACE TEMP TABLE previous_days AS
    SELECT event_date, accepted FROM load_days WHERE file_id = ${fileId}`);
}

/** A file that is refused tonight and mended tomorrow still holds its rows of closed days, counted long ago. */
export async function restoreClosedDays(engine: Engine, plan: LoadPlan): Promise<void> {
  if (plan.firstOpenDay === null) return;
  await engine.execute(`INSERT INTO load_days
    SELECT ${plan.fileId}, event_date, accepted FROM previous_days WHERE event_date < ${sqlDate(plan.firstOpenDay)}`);
}

/**
 * Takes out the rows of closed days that an earlier load of this file brought already (a file that only grows holds
 * them still) and returns how many. More of them than before: the tolerant path has to say which.
 */
export async function withdrawClosedDays(engine: Engine, plan: LoadPlan): Promise<number> {
  if (plan.firstOpenDay === null) return 0;
  const closed = `file_id = ${plan.fileId} AND event_date < ${sqlDate(plan.firstOpenDay)}`;
  const [row] = await engine.rows(`SELECT coalesce(sum(d.accepted), 0) AS rows,
      count(*) FILTER (d.accepted > coalesce(p.accepted, 0)) AS grown
    FROM load_days d LEFT JOIN previous_days p ON p.event_date = d.event_date
    WHERE d.file_id = ${plan.fileId} AND d.event_date < ${sqlDate(plan.firstOpenDay)}`);
  if (Number(row?.["grown"]) > 0) throw needsTolerance;
  const rows = Number(row?.["rows"]);
  if (rows > 0) await engine.execute(`DELETE FROM event_rows WHERE ${closed}`);
  return rows;
}

/** The first day whose events are still kept; null when nothing was pruned yet. */
export async function firstOpenDay(engine: Engine): Promise<Day | null> {
  const [row] = await engine.rows("SELECT value FROM load_state WHERE key = 'first_open_day'");
  return row === undefined ? null : String(row["value"]);
}
