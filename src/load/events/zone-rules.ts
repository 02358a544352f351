/**
 * Two tables of time zones: events are placed by the engine's, nights end by Node's. They come from different releases and disagree
 * where a country has just changed its rules. The engine's count; on days where Node's differ nobody may promote.
 */
import type { Engine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import { addDays, daysFrom, startOfDay } from "../../model/calendar.ts";
import type { Day } from "../../model/words.ts";

export interface ZoneSpan {
  readonly timeZone: string;
  readonly from: Day;
  readonly to: Day;
}

/** Days of the closed range that do not begin, or end, at the same instant by both. `nodeStart`: for tests. */
export async function daysOfTwoZones(
  engine: Engine,
  { timeZone, from, to }: ZoneSpan,
  nodeStart: (day: Day, timeZone: string) => string = startOfDay,
): Promise<readonly Day[]> {
  const starts = daysFrom(from, addDays(to, 1)).map(
    (day) => `(${sqlDate(day)}, epoch_ms(${Date.parse(nodeStart(day, timeZone))}))`,
  );
  const dayOf = (instant: string): string =>
    `CAST(timezone(${sqlText(timeZone)}, timezone('UTC', ${instant})) AS DATE)`;
  const rows = await engine.rows(`SELECT day FROM (VALUES ${starts.join(", ")}) AS days(day, start)
    WHERE ${dayOf("start")} <> day OR ${dayOf("start - INTERVAL '1' SECOND")} >= day`);
  const differing = new Set(rows.map((row) => String(row["day"])));
  const differs = (day: Day): boolean => differing.has(day);
  return daysFrom(from, to).filter((day) => differs(day) || differs(addDays(day, 1)));
}
