/** Is this tonight's data? As of the report date, never by the clock: a stopped export must not repeat last week's promote. */

import { daysBetween } from "../../model/calendar.ts";
import { finding } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import { plural } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import { completeDays, type DayState } from "../window/days.ts";
import { awaitsFirstDay } from "../window/window.ts";

export function freshDataCheck(input: JudgeInput): CheckResult {
  const { reportDate } = input.window;
  const describe = finding("fresh_data", "The newest events are of the report date");
  const dates = input.traffic.days.filter((day) => day.events > 0 && day.date <= reportDate);
  const newest = dates.reduce<string | null>(
    (last, day) => (last === null || day.date > last ? day.date : last),
    null,
  );
  const options = { observed: newest, expected: reportDate };
  if (newest === null) return describe("fail", `there are no events up to ${reportDate}`, options);
  if (newest < reportDate) {
    const late = plural(daysBetween(newest, reportDate), "day");
    return describe("fail", `the newest events are of ${newest}, ${late} before ${reportDate}`, options);
  }
  return describe("pass", `events up to ${reportDate}`, options);
}

/** The report date's data must be all here; an earlier day that lacks some just does not count. */
export function completeDayCheck(input: JudgeInput, days: readonly DayState[]): CheckResult {
  const { reportDate } = input.window;
  const describe = finding("complete_days", "The report date is complete");
  const tonight = days.find((day) => day.date === reportDate);
  if (tonight === undefined) return describe("error", `${reportDate} is outside the observation window`);
  if (tonight.missing !== null) {
    const [loss] = tonight.losses.open;
    return describe("fail", `${reportDate}: ${tonight.missing}`, { accept: loss?.accept ?? null });
  }
  const observed = days.filter((day) => day.observed);
  if (awaitsFirstDay(input.window)) return describe("pass", `${reportDate} is complete, and in no gate`);
  const complete = completeDays(days);
  const partial = observed.filter((day) => !complete.includes(day));
  const counts = { observed: complete.length, expected: observed.length };
  const accepted = acceptedText(observed);
  if (partial.length === 0)
    return describe("pass", `${plural(observed.length, "day")}, all complete${accepted}`, counts);
  const named = partial.slice(0, 5).map((day) => `${day.date} (${day.missing ?? ""})`);
  const more = partial.length > 5 ? ` and ${partial.length - 5} more` : "";
  return describe("warn", `not complete, so not counted: ${named.join(", ")}${more}${accepted}`, counts);
}

function acceptedText(days: readonly DayState[]): string {
  const texts = days.flatMap(({ date, losses }) =>
    losses.accepted.map(
      ({ text, acceptance }) => `; ${date}: ${text}, accepted by ${acceptance.by} (${acceptance.reason})`,
    ),
  );
  return texts.join("");
}
