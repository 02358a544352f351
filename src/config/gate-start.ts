/** `started` of a gate: a day, or a time within a day, which then is a ramp day. */
import { addDays, dayAt, instantAt, isDay, isoSeconds, startOfDay } from "../model/calendar.ts";
import type { GateStart } from "../model/config.ts";

const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/;

export interface WrittenStart {
  readonly day: string;
  /** `HH:MM:SS`, or null when only the day is written. */
  readonly time: string | null;
  /** `Z`, `+01:00`, or null for a time in the rollout's zone. */
  readonly offset: string | null;
}

/** `2026-02-01`, `2026-02-01T09:30`, `2026-02-01 09:30:00+01:00`; null for anything else. */
export function readStart(written: string): WrittenStart | null {
  if (isDay(written)) return { day: written, time: null, offset: null };
  const match = TIME.exec(written);
  if (match === null) return null;
  const [, day = "", minutes = "", seconds = ":00", offset = null] = match;
  const time = `${minutes}${seconds}`;
  const real = isDay(day) && time < "24" && !Number.isNaN(Date.parse(`${day}T${time}${offset ?? "Z"}`));
  return real ? { day, time, offset } : null;
}

/** The gate's first day; a gate that opens at midnight has no ramp day. */
export function gateStart({ day, time, offset }: WrittenStart, timeZone: string): GateStart {
  if (time === null) return { day, at: null, firstDay: day };
  const instant =
    offset === null ? instantAt(`${day}T${time}`, timeZone) : new Date(`${day}T${time}${offset}`);
  const local = dayAt(instant, timeZone);
  const at = isoSeconds(instant);
  if (at === startOfDay(local, timeZone)) return { day: local, at: null, firstDay: local };
  return { day: local, at, firstDay: addDays(local, 1) };
}
