import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlText } from "../engine/sql-text.ts";
import { addDays } from "../model/calendar.ts";
import type { Day } from "../model/words.ts";
import { firstOpenDay } from "./closed-days.ts";

/**
 * Deletes the events of days that are more than `keepEvents` days old as of the report date (14 keeps the report date
 * and 13 days before it; 0 keeps none) and remembers where the open days begin. The horizon never moves back.
 * Returns the number of events deleted.
 */
export async function pruneEvents(engine: Engine, keepEvents: number, reportDate: Day): Promise<number> {
  const wanted = addDays(reportDate, 1 - keepEvents);
  return engine.transaction(async () => {
    const before = await firstOpenDay(engine);
    const first = before !== null && before > wanted ? before : wanted;
    const old = `event_date < ${sqlDate(first)}`;
    const [row] = await engine.rows(`SELECT count(*) AS rows FROM event_rows WHERE ${old}`);
    const rows = Number(row?.["rows"]);
    if (rows > 0 || first !== before) {
      await engine.execute(`
        DELETE FROM event_rows WHERE ${old};
        DELETE FROM load_state WHERE key = 'first_open_day';
        INSERT INTO load_state VALUES ('first_open_day', ${sqlText(first)});
      `);
    }
    return rows;
  });
}
