/** The hours of the first 24, as days are later: over, whole, judged. */

import { type ClockSlot, isHour } from "../../model/hours.ts";
import type { TrafficDay } from "../../model/measurement.ts";
import type { DayResult } from "../../model/result.ts";
import { plural } from "../../text/words.ts";
import { lostClicks } from "../checks/gaps/event-gaps.ts";
import { nothingLost } from "../checks/gaps/losses.ts";
import type { JudgeInput } from "../input.ts";
import { type DayState, isSampled } from "./days.ts";
import { firstDayHours, newestHour } from "./first-day-window.ts";

/** Every hour from the opening to the judged instant. An hour still running is shown and not judged alone. */
export function hourStates(input: JudgeInput): readonly DayState[] {
  const traffic = new Map(input.traffic.days.map((hour) => [hour.date, hour]));
  const hours = firstDayHours(input);
  const newest = newestHour(input)?.date;
  return hours.map((hour) => {
    const { date } = hour;
    const seen = traffic.get(date);
    const cut = whatIsMissing(hour, seen, { input, isNewest: date === newest });
    const others = input.traffic.days.filter((other) => other !== seen);
    const missing = cut ?? (seen === undefined ? null : lostClicks(seen, others));
    return {
      date,
      observed: true,
      ramp: false,
      complete: missing === null,
      isRunning: (seen?.events ?? 0) > 0 && !hour.over,
      sampled: seen !== undefined && isSampled(seen, input),
      judged: cut === null,
      missing,
      losses: nothingLost,
    };
  });
}

/**
 * A day speaks for itself; of 24 hours of 70 impressions some read severe on every day, so that an hour below the minimum
 * sample of the metric's denominator is shown and says nothing.
 */
export function isJudgeable(
  { date, baseline, candidate }: Pick<DayResult, "date" | "baseline" | "candidate">,
  minimum: number,
): boolean {
  return !isHour(date) || Math.min(baseline.denominator ?? 0, candidate.denominator ?? 0) >= minimum;
}

/** Of the newest hour it may be that the export ends within it: what quiet_hours is to a day, 1/24 of it is to an hour. */
function whatIsMissing(
  { over }: ClockSlot,
  seen: TrafficDay | undefined,
  { input, isNewest }: { readonly input: JudgeInput; readonly isNewest: boolean },
): string | null {
  if (seen === undefined || seen.events === 0) return "no events";
  if (!over) return "not over yet";
  const quiet = input.config.completeness.quietHours / 24;
  const gap = seen.endGapHours ?? 0;
  return isNewest && gap > quiet ? `its last event is ${plural(gap * 60, "minute")} before its end` : null;
}
