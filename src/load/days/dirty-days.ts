/**
 * Days whose events changed since `clearDirtyDays`. They are written in the transaction of the change: a run killed between loading
 * and building leaves them for the next one.
 */
import type { Engine } from "../../engine/engine.ts";
import type { Day } from "../../model/words.ts";

/** `select`: a query of one column, event_date. */
export async function markDirtyDays(engine: Engine, select: string): Promise<void> {
  await engine.execute(`INSERT INTO touched_days
    SELECT DISTINCT event_date FROM (${select}) WHERE event_date NOT IN (FROM touched_days)`);
}

/** Without closed days: what relations have of those can no longer be made again. */
export async function readDirtyDays(engine: Engine, retentionStart: Day | null): Promise<readonly Day[]> {
  const rows = await engine.rows("SELECT DISTINCT event_date FROM touched_days ORDER BY event_date");
  const days = rows.map((row) => String(row["event_date"]));
  return days.filter((day) => retentionStart === null || day >= retentionStart);
}

/** To be called when what is built on the days of a LoadSummary has been built. */
export async function clearDirtyDays(engine: Engine): Promise<void> {
  await engine.execute("DELETE FROM touched_days");
}
