/**
 * Closed days opened again (`aggregate --reload`): where all files that brought their events are still there, those are loaded anew,
 * and the days count as kept again. Days of which a file is gone, or holds no row any more, stay closed, since their sums could not be made again.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import { addDays } from "../../model/calendar.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { retentionStart } from "./pruned-days.ts";

/** What it makes ready stands in one transaction; the loading follows. */
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
