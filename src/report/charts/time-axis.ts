/**
 * Time axes with everything set: scale in UTC (dates are days of the rollout's time zone already), domain, labels. Vega's
 * own labels would be "October" and "12 PM".
 */
import { daysFrom } from "../../model/calendar.ts";
import type { Channel } from "./spec.ts";
import { safetyFactor, textWidth } from "./svg/text-width.ts";
import { labelSize } from "./theme.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** "2026-02-07" is its midnight UTC, anything longer an ISO instant; milliseconds. */
export function instant(date: string): number {
  return Date.parse(date.length === 10 ? `${date}T00:00:00Z` : date);
}

/** The dates and the days missing between them, so that a line breaks where nothing was measured. */
export function withGaps(dates: readonly string[]): readonly string[] {
  const sorted = [...dates].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || sorted.some((date) => date.length > 10)) return sorted;
  return daysFrom(first, last);
}

export interface TimeAxis {
  /** Scale and axis of the x channel. */
  readonly channel: Channel;
  readonly first: number;
  readonly last: number;
  /** Half a slot (a day, an hour) in milliseconds. */
  readonly half: number;
  readonly hourly: boolean;
}

/** Axis over days, or over hours when the dates are instants; half a slot is left free on both sides. */
export function timeAxis(dates: readonly string[], width: number): TimeAxis {
  const hourly = dates.some((date) => date.length > 10);
  const slot = hourly ? hourMs : dayMs;
  const times = dates.map(instant).sort((a, b) => a - b);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? first;
  const values = timeTicks({ first, last, slot }, hourly ? "00:00" : "28 Sep", width);
  return {
    channel: {
      scale: { type: "utc", domain: [first - slot / 2, last + slot / 2] },
      axis: {
        title: null,
        format: hourly ? "%H:%M" : "%-d %b",
        values,
        tickCount: values.length,
        labelOverlap: false,
        labelFlush: false,
      },
    },
    first,
    last,
    half: slot / 2,
    hourly,
  };
}

const hourSteps = [1, 2, 3, 6, 12, 24];
const daySteps = [1, 2, 3, 7, 14, 28, 56, 91, 182, 364];

/** The last slot and every n-th before it, n as small as the labels allow. */
function timeTicks(
  range: { readonly first: number; readonly last: number; readonly slot: number },
  widest: string,
  width: number,
): readonly number[] {
  const count = Math.round((range.last - range.first) / range.slot) + 1;
  const label = textWidth(widest, labelSize) * safetyFactor + 8;
  const steps = range.slot === hourMs ? hourSteps : daySteps;
  const every = steps.find((step) => (count / step) * label <= width) ?? Math.ceil((count * label) / width);
  const length = Math.floor((count - 1) / every) + 1;
  return Array.from({ length }, (_, index) => range.last - (length - 1 - index) * every * range.slot);
}
