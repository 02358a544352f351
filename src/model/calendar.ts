/** Days and instants. A day is `YYYY-MM-DD` in the rollout's time zone; an instant is ISO text in UTC. Pure. */
import type { Day } from "./words.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** addDays("2026-02-28", 1) = "2026-03-01" */
export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** daysBetween("2026-02-01", "2026-02-03") = 2 */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** Every day of the closed range; empty when `to` is before `from`. */
export function daysFrom(from: Day, to: Day): readonly Day[] {
  return Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, index) => addDays(from, index));
}

/** True for a real calendar day: "2026-02-30" is none. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** The day in `timeZone` at an instant: dayAt(2026-02-01T23:30Z, "Europe/Berlin") = "2026-02-02". */
export function dayAt(instant: Date, timeZone: string): Day {
  return wallClockAt(instant, timeZone).slice(0, 10);
}

/** The instant at which `day` begins in `timeZone`, ISO UTC: startOfDay("2026-02-01", "Europe/Berlin") = "2026-01-31T23:00:00Z". */
export function startOfDay(day: Day, timeZone: string): string {
  return isoSeconds(instantAt(`${day}T00:00:00`, timeZone));
}

/** The instant at which the day is over: the next day's start. */
export function endOfDay(day: Day, timeZone: string): string {
  return startOfDay(addDays(day, 1), timeZone);
}

/**
 * The instant of a wall-clock time, e.g. "2026-02-01T09:30:00": in the hour that a clock change skips, the time after the
 * change; in the hour that comes twice, the first of the two. So days begin, too, where clocks change at midnight.
 */
export function instantAt(wallClock: string, timeZone: string): Date {
  const local = Date.parse(`${wallClock}Z`);
  // Of the day before and the day after: a clock change lies between them.
  const offsets = [-DAY_MS, DAY_MS].map(
    (away) => offsetMinutes(new Date(local + away), timeZone) * MINUTE_MS,
  );
  const [later = 0, earlier = 0] = offsets.toSorted((a, b) => a - b).map((offset) => local - offset);
  const isReached = earlier + offsetMinutes(new Date(earlier), timeZone) * MINUTE_MS >= local;
  return new Date(isReached ? earlier : later);
}

/** What clocks in `timeZone` show at an instant: wallClockAt(2026-02-01T23:30Z, "Europe/Berlin") = "2026-02-02T00:30:00". */
export function wallClockAt(instant: Date, timeZone: string): string {
  return new Date(instant.getTime() + offsetMinutes(instant, timeZone) * MINUTE_MS)
    .toISOString()
    .slice(0, 19);
}

/** "2026-02-01T10:00:00Z", milliseconds left out. */
export function isoSeconds(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}

/** One is slow to make, a hundred times what using it takes. */
const offsetFormats = new Map<string, Intl.DateTimeFormat>();

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  const known = offsetFormats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  offsetFormats.set(timeZone, made);
  return made;
}

/** Minutes that local time is ahead of UTC. */
function offsetMinutes(instant: Date, timeZone: string): number {
  const parts = offsetFormat(timeZone).formatToParts(instant);
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === "-" ? -minutes : minutes;
}
