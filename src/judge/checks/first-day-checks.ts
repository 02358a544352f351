/** The first 24 hours' own questions to the data: do the newest events reach the judged instant, is any hour missing? */

import { finding } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import { sizeBeside } from "../../text/beside.ts";
import { clockText, slotText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import type { DayState } from "../window/days.ts";
import { firstDayHours } from "../window/first-day-window.ts";

const HOUR_MS = 3_600_000;

/** Older than this, the newest event is no answer to "how is it going?". */
const STALE_HOURS = 2;

export function freshHoursCheck(input: JudgeInput): CheckResult {
  const { asOf } = input.window;
  const describe = finding("fresh_data", "The newest events reach the judged instant");
  const clock = (instant: string) => clockText(instant, input.config.rollout.timeZone);
  const lastAt = lastEventAt(input);
  if (lastAt === null) {
    const text = `there are no events in the first 24 hours up to ${clock(asOf)}`;
    return describe("fail", text, { expected: asOf });
  }
  const options = { observed: lastAt, expected: asOf };
  const age = (Date.parse(asOf) - Date.parse(lastAt)) / HOUR_MS;
  if (age > STALE_HOURS) {
    const text = `the last event is of ${clock(lastAt)}, ${sizeBeside(age, [STALE_HOURS], 1)} h before ${clock(asOf)}`;
    return describe("fail", `${text}: was the last export missed?`, options);
  }
  return describe("pass", `events up to ${clock(lastAt)}`, options);
}

/** ISO, UTC, to the second; null without any event. */
function lastEventAt(input: JudgeInput): string | null {
  const traffic = new Map(input.traffic.days.map((hour) => [hour.date, hour]));
  const newest = firstDayHours(input).findLast(({ date }) => (traffic.get(date)?.events ?? 0) > 0);
  if (newest === undefined) return null;
  const gap = traffic.get(newest.date)?.endGapHours ?? 0;
  return `${new Date(Date.parse(newest.to) - gap * HOUR_MS).toISOString().slice(0, 19)}Z`;
}

/** An hour without events may be a quiet one or a lost file: a person has to know which. */
export function completeHoursCheck(hours: readonly DayState[]): CheckResult {
  const describe = finding("complete_hours", "No hour is missing");
  const lost = hours.filter(({ complete, isRunning }) => !complete && !isRunning);
  const counts = { effect: "warn" as const, observed: hours.length - lost.length, expected: hours.length };
  if (hours.length === 0) return describe("error", "no hour has begun", counts);
  if (lost.length === 0) return describe("pass", `${plural(hours.length, "hour")}, none missing`, counts);
  const named = lost.slice(0, 5).map(({ date, missing }) => `${slotText(date)} (${missing})`);
  const more = lost.length > 5 ? ` and ${lost.length - 5} more` : "";
  return describe("warn", `not whole: ${named.join(", ")}${more}`, counts);
}
