/** The nights to come at the present traffic: how the interval that must clear a line narrows, up to the night on which it does. */
import { addDays } from "../../model/calendar.ts";
import type { Clock } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { deltaOf } from "../../statistics/scale.ts";
import type { Settling } from "./settling.ts";

/** V(n) = perDay/n + floor, tonight being night `days`. */
export interface NarrowingError {
  readonly days: number;
  readonly perDay: number;
  readonly floor: number;
}

interface Outlook {
  readonly settling: Settling;
  readonly error: NarrowingError;
  /** Null: never. */
  readonly moreDays: number | null;
  readonly atLeast: boolean;
}

/** So many points are a curve. */
const MOST_POINTS = 24;
/** What never clears a line is drawn so many nights ahead. */
const FEWEST_AHEAD = 14;

export function clockOf({ settling, error, moreDays, atLeast }: Outlook, tonight: Day): Clock {
  const ahead = moreDays ?? Math.max(FEWEST_AHEAD, 3 * error.days);
  const step = Math.max(1, Math.ceil(ahead / (MOST_POINTS - 1)));
  const nights = [...Array.from({ length: Math.ceil(ahead / step) }, (_, at) => at * step), ahead];
  return {
    from: deltaOf(settling.center),
    line: deltaOf(settling.line),
    nights: nights.map((more) => ({
      date: addDays(tonight, more),
      end: deltaOf(settling.endAt(errorAfter(more, settling, error))),
    })),
    clearsOn: moreDays === null ? null : addDays(tonight, moreDays),
    isAtLeast: atLeast,
  };
}

/** Tonight's error, as much smaller as V(n) says. */
function errorAfter(
  more: number,
  { standardError }: Settling,
  { days, perDay, floor }: NarrowingError,
): number {
  const variance = (day: number) => perDay / day + floor;
  return standardError * Math.sqrt(variance(days + more) / variance(days));
}
