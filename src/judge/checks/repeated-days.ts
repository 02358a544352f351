/**
 * Does a day repeat another? An export that is written again with yesterday's rows under today's dates and ids is complete, fresh
 * and has no duplicate; only its hours give it away. Two days of a thousand impressions never have the same number in each hour.
 */
import { finding } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { acceptedText } from "../../text/acceptance.ts";
import { dayText } from "../../text/times.ts";
import type { JudgeInput } from "../input.ts";
import { type DayState, sufficientDays } from "../window/days.ts";
import { inspectLines } from "./inspect.ts";

/** Where more than a third of the days repeat another, a program made them: that is only shown. */
const MOST_PARTS = 3;

/** One check for each day that repeats an earlier one: each is settled by a word of its own. */
export function repeatedDaysChecks(input: JudgeInput, days: readonly DayState[]): readonly CheckResult[] {
  if (input.phase === "first-24h" || input.comparison === "before-after") return [];
  const dates = sufficientDays(days).map(({ date }) => date);
  const firsts = new Map<string, Day>();
  const repeats = dates.flatMap((date) => {
    const hours = hoursOf(date, input);
    const first = hours === null ? undefined : firsts.get(hours);
    if (hours !== null && first === undefined) firsts.set(hours, date);
    return first === undefined ? [] : [{ date, first }];
  });
  if (repeats.length * MOST_PARTS <= dates.length)
    return repeats.map(({ date, first }) => repeatedCheck(date, first, input));
  const describe = finding("repeated_days", "No day repeats another");
  const detail = `${repeats.length} of ${dates.length} days have as many impressions as another in every hour: made by a program?`;
  return [describe("warn", detail, { effect: "warn", observed: repeats.length, expected: 0 })];
}

/** Impressions by hour of all sources together; null where times are not known. */
function hoursOf(date: Day, { traffic }: JudgeInput): string | null {
  const times = traffic.days.find((day) => day.date === date)?.eventTimes ?? [];
  const shown = times.find(({ type, source }) => type === "impression" && source === null);
  return shown === undefined || shown.firstMinute === null ? null : shown.hours.join(" ");
}

function repeatedCheck(date: Day, first: Day, { ledger }: JudgeInput): CheckResult {
  const describe = finding(`repeats_${date}`, `${dayText(date)} repeats no other day, or is accepted`);
  const text = `${dayText(date)} has as many impressions as ${dayText(first)} in every hour`;
  const accept = `repeats:${date}`;
  const accepted = ledger.accepted.findLast(({ what }) => what === accept);
  if (accepted !== undefined) return describe("pass", `${text}; ${acceptedText(accepted)}`);
  const inspect = inspectLines["events_by_hour"] ?? null;
  const detail = `${text}: the same rows under other dates? Export it again (or, if it was so: gatebook record accept ${accept})`;
  return describe("fail", detail, { observed: first, accept, inspect });
}
