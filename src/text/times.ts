/** Days, hours, instants and durations as text. */
import { wallClockAt } from "../model/calendar.ts";
import { dayOf, isHour } from "../model/hours.ts";
import type { Phase, Slot } from "../model/words.ts";
import { notAvailable } from "./numbers.ts";
import { plural } from "./words.ts";

/** "2026-02-01"; an hour "2026-02-01T13" → "2026-02-01 13:00". */
export function slotText(slot: Slot): string {
  return isHour(slot) ? `${slot.slice(0, 13).replace("T", " ")}:00` : slot;
}

/** "on 2026-02-01", "in the hour from 2026-02-01 13:00" */
export function inSlot(slot: Slot): string {
  return isHour(slot) ? `in the hour from ${slotText(slot)}` : `on ${slot}`;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** "2026-02-07" → "Sat 2026-02-07", the hour "2026-02-07T13" → "Sat 2026-02-07 13:00". */
export function weekdayText(slot: Slot): string {
  const name = WEEKDAYS[new Date(`${dayOf(slot)}T00:00:00Z`).getUTCDay()];
  return name === undefined ? slotText(slot) : `${name} ${slotText(slot)}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "6 Feb"; an hour "6 Feb 13:00". */
export function dayText(slot: Slot): string {
  const [, month = "", day = ""] = dayOf(slot).split("-");
  const hour = isHour(slot) ? ` ${slot.slice(11, 13)}:00` : "";
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month}${hour}`;
}

/** What a single window of a run is. */
export type SlotNoun = "day" | "hour";

export function slotNoun(phase: Phase): SlotNoun {
  return phase === "first-24h" ? "hour" : "day";
}

/** What the points of a chart are. */
export function slotNounOf(windows: readonly { readonly date: Slot }[]): SlotNoun {
  return windows.some(({ date }) => isHour(date)) ? "hour" : "day";
}

/** "2026-02-08T03:00:12.345Z" → "2026-02-08 03:00:12 UTC"; a full minute is written without seconds. */
export function instantText(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]?.replace(/:00$/, "")} UTC`;
}

/** "2026-02-01 09:30", as clocks in that zone show it. */
export function clockText(instant: string, timeZone: string): string {
  return wallClockAt(new Date(instant), timeZone).replace("T", " ").replace(/:00$/, "");
}

/** "about 3 more days", "at least 3 more days" */
export function moreDaysText(value: number | null, atLeast = false): string {
  if (value === null) return notAvailable;
  return `${atLeast ? "at least" : "about"} ${plural(value, "more day")}`;
}

export function durationText(ms: number): string {
  if (ms < 1) return "under 1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

export function ageText(hours: number | null): string {
  if (hours === null) return notAvailable;
  if (hours < 1) return "under 1 hour";
  return hours < 48 ? plural(Math.round(hours), "hour") : plural(Math.round(hours / 24), "day");
}
