/**
 * The clock hours (or days) of a stretch of time in a zone. In the first 24 hours of a gate an hour is what a day is later: a
 * window of its own, named "2026-02-01T13". Pure.
 */
import { instantAt, isoSeconds, wallClockAt } from "./calendar.ts";
import type { Day, Slot } from "./words.ts";

const MINUTE_MS = 60_000;
/** Every zone's offset, and every change of one, is a multiple of this. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Instants, ISO UTC. */
export interface Stretch {
  readonly from: string;
  readonly to: string;
}

export interface ClockSlot extends Stretch {
  /** "2026-02-01T13", or the day "2026-02-01". */
  readonly date: Slot;
  /** False when the stretch ends within it. */
  readonly over: boolean;
}

/**
 * In order, without gaps; the first and the last are cut by the stretch. An hour that clocks skip in spring is not there, one
 * that they show twice in autumn is one hour twice as long.
 */
export function hoursIn(stretch: Stretch, timeZone: string): readonly ClockSlot[] {
  return slotsIn(stretch, timeZone, hourLength);
}

export function daysIn(stretch: Stretch, timeZone: string): readonly ClockSlot[] {
  return slotsIn(stretch, timeZone, dayLength);
}

const [dayLength, hourLength] = ["2026-02-01".length, "2026-02-01T13".length];

export function isHour(slot: Slot): boolean {
  return slot.length > dayLength;
}

/** dayOf("2026-02-01T13") = "2026-02-01"; a day is its own. */
export function dayOf(slot: Slot): Day {
  return slot.slice(0, dayLength);
}

/** The same time on the clock some days before: shiftByDays("2026-04-01T08:00:00Z", −7, "Europe/Berlin") = "2026-03-25T09:00:00Z". */
export function shiftByDays(instant: string, days: number, timeZone: string): string {
  const clock = Date.parse(`${wallClockAt(new Date(instant), timeZone)}Z`) + days * 24 * 60 * MINUTE_MS;
  return isoSeconds(instantAt(new Date(clock).toISOString().slice(0, 19), timeZone));
}

function slotsIn({ from, to }: Stretch, timeZone: string, length: number): readonly ClockSlot[] {
  const nameAt = (time: number): Slot => wallClockAt(new Date(time), timeZone).slice(0, length);
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const slots: ClockSlot[] = [];
  for (let time = first; time < last; time = nextQuarter(time)) {
    const date = nameAt(time);
    const end = isoSeconds(new Date(Math.min(nextQuarter(time), last)));
    const before = slots.at(-1);
    if (before?.date === date) slots[slots.length - 1] = { ...before, to: end };
    else slots.push({ date, from: isoSeconds(new Date(time)), to: end, over: true });
  }
  return slots.map((slot) => ({ ...slot, over: slot.date !== nameAt(last) }));
}

function nextQuarter(time: number): number {
  return (Math.floor(time / QUARTER_MS) + 1) * QUARTER_MS;
}
