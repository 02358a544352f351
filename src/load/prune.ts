import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlText } from "../engine/sql-text.ts";
import { addDays } from "../model/calendar.ts";
import type { Day } from "../model/words.ts";
import { firstOpenDay } from "./closed-days.ts";
import { keepWhatIsLeft } from "./passing-events.ts";

export interface Prunable {
  /** The first day that is kept. */
  readonly firstKept: Day;
  /** Events of the days before it. */
  readonly events: number;
}

/**
 * What `keepEvents` days leave over as of the report date: 14 keeps the report date and 13 days before it, 0 keeps none. The
 * horizon never moves back: days that were dropped once are not waited for again.
 */
export async function prunableEvents(engine: Engine, keepEvents: number, reportDate: Day): Promise<Prunable> {
  const wanted = addDays(reportDate, 1 - keepEvents);
  const before = await firstOpenDay(engine);
  const firstKept = before !== null && before > wanted ? before : wanted;
  const [row] = await engine.rows(
    `SELECT count(*) AS events FROM event_rows WHERE event_date < ${sqlDate(firstKept)}`,
  );
  return { firstKept, events: Number(row?.["events"]) };
}

/** Deletes them and remembers where the open days begin. Returns the number of events deleted. */
export async function pruneEvents(engine: Engine, keepEvents: number, reportDate: Day): Promise<number> {
  return engine.transaction(async () => {
    const before = await firstOpenDay(engine);
    const { firstKept, events } = await prunableEvents(engine, keepEvents, reportDate);
    if (events > 0 || firstKept !== before) {
      await engine.execute(`
        DELETE FROM event_rows WHERE event_date < ${sqlDate(firstKept)};
        DELETE FROM load_state WHERE key = 'first_open_day';
        INSERT INTO load_state VALUES ('first_open_day', ${sqlText(firstKept)});
      `);
    }
    await keepWhatIsLeft(engine);
    return events;
  });
}
