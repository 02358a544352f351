/**
 * Into how many statements the making of a relation is cut. The groups of one day fit the processor's cache, those of a
 * fortnight do not: day by day a relation of millions of rows is made in two thirds of the time.
 */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import { addDays } from "../../model/calendar.ts";
import type { Day } from "../../model/words.ts";
import { DAY_EDGES } from "./event-time-range.ts";

/** Smaller parts would cost more in statements than they save. */
const EVENTS_PER_PART = 500_000;

/** Days in order, as many in a row as come to `eventsPerPart` events. `among`: no other days; null: all whose events are kept. */
export async function partsByEvents(
  engine: DataEngine,
  among: readonly Day[] | null,
  eventsPerPart = EVENTS_PER_PART,
): Promise<readonly (readonly Day[])[]> {
  const known = (await engine.tables()).has(DAY_EDGES) ? await eventsByDay(engine) : new Map<Day, number>();
  const parts: Day[][] = [];
  let events = 0;
  for (const day of among ?? [...known.keys()]) {
    const last = parts.at(-1);
    if (last === undefined || events >= eventsPerPart) {
      parts.push([day]);
      events = 0;
    } else last.push(day);
    events += known.get(day) ?? 0;
  }
  return parts;
}

async function eventsByDay(engine: DataEngine): Promise<ReadonlyMap<Day, number>> {
  const rows = await engine.rows(`SELECT event_date, sum(events) AS events FROM ${DAY_EDGES}
    WHERE event_date >= (SELECT min(event_date) FROM events) GROUP BY event_date ORDER BY event_date`);
  return new Map(rows.map((row) => [String(row["event_date"]), Number(row["events"])]));
}

/** The rows of a part: a single day is named, since the engine then groups by all but the day. */
export function inPart(days: readonly Day[]): string {
  const [first = null] = days;
  return days.length === 1
    ? `event_date = ${sqlDate(first)}`
    : `event_date IN (${days.map(sqlDate).join(", ")})`;
}

/** The parts as conditions on event_date, and such for what lies before, between and behind them: no row is left out. */
export function wholeRange(parts: readonly (readonly Day[])[]): readonly string[] {
  const days = parts.flat();
  const [first, last] = [days[0], days.at(-1)];
  if (parts.length < 2 || first === undefined || last === undefined) return ["true"];
  const gaps = days.slice(1).flatMap((day, index) => {
    const before = days[index] ?? first;
    return addDays(before, 1) === day
      ? []
      : [`event_date > ${sqlDate(before)} AND event_date < ${sqlDate(day)}`];
  });
  const outside = [`event_date < ${sqlDate(first)}`, `event_date > ${sqlDate(last)}`, "event_date IS NULL"];
  return [...parts.map(inPart), ...gaps, ...outside];
}
