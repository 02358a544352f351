/** Single events that are older than `keep_events`: which go, and that they went. Their sums stay in the relations. */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import { addDays } from "../../model/calendar.ts";
import { check } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { plural } from "../../text/words.ts";
import { keepWhatIsLeft } from "../events/transient-events.ts";
import { closeDays, retentionStart } from "./pruned-days.ts";

export interface Prunable {
  /** The first day that is kept. */
  readonly firstKept: Day;
  /** Events of the days before it. */
  readonly events: number;
  /** The days they lie on; null without events. */
  readonly days: { readonly from: Day; readonly to: Day; readonly count: number } | null;
}

/**
 * What `keepEvents` days leave over, counted back from the report date or, where that is after the newest event, from that event. 14
 * keeps that day and 13 before it, 0 keeps none. The horizon never moves back: days that were dropped once stay dropped.
 */
export async function prunableEvents(engine: Engine, keepEvents: number, reportDate: Day): Promise<Prunable> {
  const before = await retentionStart(engine);
  const [newest] = await engine.rows("SELECT max(event_date) AS day FROM event_rows");
  const day = newest?.["day"] == null ? null : String(newest["day"]);
  const last = day !== null && day < reportDate ? day : reportDate;
  const wanted = addDays(last, 1 - keepEvents);
  const firstKept = before !== null && (day === null || before > wanted) ? before : wanted;
  const [row] =
    await engine.rows(`SELECT count(*) AS events, min(event_date) AS first, max(event_date) AS last,
      count(DISTINCT event_date) AS days FROM event_rows WHERE event_date < ${sqlDate(firstKept)}`);
  const events = Number(row?.["events"]);
  const days =
    events === 0
      ? null
      : { from: String(row?.["first"]), to: String(row?.["last"]), count: Number(row?.["days"]) };
  return { firstKept, events, days };
}

/** "41,230 events of 2 days (2026-01-24 to 2026-01-25)"; null when nothing goes. */
export function droppedText({ events, days }: Prunable): string | null {
  if (days === null) return null;
  const { from, to, count } = days;
  const range = count === 1 ? from : `${count} days (${from} to ${to})`;
  return `${plural(events, "event")} of ${range}`;
}

/** None when nothing goes. */
export function droppedCheck(prunable: Prunable, keepEvents: number): readonly CheckResult[] {
  const text = droppedText(prunable);
  if (text === null) return [];
  return [
    check(
      "events_dropped",
      "Single events older than keep_events go",
      "Their sums stay in the relations",
      "warn",
      {
        passes: true,
        observed: prunable.events,
        expected: null,
        detail: `${text} are no longer kept (keep_events: ${keepEvents}); gatebook aggregate --reload brings them back while their exports are there`,
      },
    ),
  ];
}

/** Deletes them and remembers where the open days begin. */
export async function pruneEvents(engine: Engine, keepEvents: number, reportDate: Day): Promise<Prunable> {
  return engine.transaction(async () => {
    const before = await retentionStart(engine);
    const prunable = await prunableEvents(engine, keepEvents, reportDate);
    const { firstKept, events } = prunable;
    if (events > 0) {
      await closeDays(engine, before, firstKept);
      await engine.execute(`
        DELETE FROM event_rows WHERE event_date < ${sqlDate(firstKept)};
        DELETE FROM load_state WHERE key = 'first_open_day';
        INSERT INTO load_state VALUES ('first_open_day', ${sqlText(firstKept)});
      `);
    }
    await keepWhatIsLeft(engine);
    return prunable;
  });
}
