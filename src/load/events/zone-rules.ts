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
  const days = daysFrom(from, addDays(to, 1));
  const list = days.map(sqlDate).join(", ");
  const rows =
    await engine.rows(`SELECT day, timezone('UTC', timezone(${sqlText(timeZone)}, CAST(day AS TIMESTAMP))) AS start
    FROM (SELECT unnest([${list}]) AS day) ORDER BY day`);
  const starts = new Map(rows.map((row) => [String(row["day"]), Date.parse(String(row["start"]))]));
  const differs = (day: Day): boolean => starts.get(day) !== Date.parse(nodeStart(day, timeZone));
  return daysFrom(from, to).filter((day) => differs(day) || differs(addDays(day, 1)));
}
