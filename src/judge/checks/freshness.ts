/**
 * Is this tonight's data, and all of it? As of the judged instant, never by the clock: a stopped export must not repeat last week's
 * promote. In the first 24 hours the same of hours.
 */
import { daysBetween } from "../../model/calendar.ts";
import { finding } from "../../model/check-result.ts";
import type { CheckResult } from "../../model/result.ts";
import { acceptedText } from "../../text/acceptance.ts";
import { sizeBeside } from "../../text/beside.ts";
import { clockText, slotText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import type { JudgeInput } from "../input.ts";
import { completeDays, type DayState } from "../window/days.ts";
import { newestHour } from "../window/first-day-window.ts";
import { awaitsFirstDay } from "../window/window.ts";

const HOUR_MS = 3_600_000;

/** Older than this, the newest event is no answer to "how is it going?". */
const STALE_HOURS = 2;

export function dataChecks(input: JudgeInput, days: readonly DayState[]): readonly CheckResult[] {
  return input.phase === "first-24h"
    ? [freshHoursCheck(input), completeHoursCheck(days)]
    : [freshDataCheck(input), completeDayCheck(input, days)];
}

function freshDataCheck(input: JudgeInput): CheckResult {
  const { reportDate } = input.window;
  const describe = finding("fresh_data", "The newest events are of the report date");
  const dates = input.traffic.days.filter((day) => day.events > 0).map(({ date }) => date);
  const newest =
    dates
      .filter((date) => date <= reportDate)
      .sort()
      .at(-1) ?? null;
  const options = { observed: newest, expected: reportDate };
  if (newest === null) return describe("fail", `there are no events up to ${reportDate}`, options);
  if (newest < reportDate) {
    const late = plural(daysBetween(newest, reportDate), "day");
    return describe("fail", `the newest events are of ${newest}, ${late} before ${reportDate}`, options);
  }
  return describe("pass", `events up to ${reportDate}`, options);
}

/** The report date's data must be all here; an earlier day that lacks some just does not count. */
function completeDayCheck(input: JudgeInput, days: readonly DayState[]): CheckResult {
  const { reportDate } = input.window;
  const describe = finding("complete_days", "Every day is complete");
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
  const accepted = acceptedDays(observed);
  if (partial.length === 0)
    return describe("pass", `${plural(observed.length, "day")}, all complete${accepted}`, counts);
  return describe("warn", `not complete, so not counted: ${missingText(partial)}${accepted}`, counts);
}

function acceptedDays(days: readonly DayState[]): string {
  const texts = days.flatMap(({ date, losses }) =>
    losses.accepted.map(({ text, acceptance }) => `; ${date}: ${text}, ${acceptedText(acceptance)}`),
  );
  return texts.join("");
}

function freshHoursCheck(input: JudgeInput): CheckResult {
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
  const newest = newestHour(input);
  if (newest === undefined) return null;
  const gap = input.traffic.days.find(({ date }) => date === newest.date)?.endGapHours ?? 0;
  return `${new Date(Date.parse(newest.to) - gap * HOUR_MS).toISOString().slice(0, 19)}Z`;
}

/** An hour without events may be a quiet one or a lost file: a person has to know which. */
function completeHoursCheck(hours: readonly DayState[]): CheckResult {
  const describe = finding("complete_hours", "No hour is missing");
  const lost = hours.filter(({ complete, isRunning }) => !complete && !isRunning);
  const counts = { effect: "warn" as const, observed: hours.length - lost.length, expected: hours.length };
  if (hours.length === 0) return describe("error", "no hour has started", counts);
  if (lost.length === 0) return describe("pass", `${plural(hours.length, "hour")}, none missing`, counts);
  return describe("warn", `not complete: ${missingText(lost)}`, counts);
}

/** "2026-02-03 (no events), 2026-02-05 (not over yet)": five of them, and how many more. */
function missingText(days: readonly DayState[]): string {
  const named = days.slice(0, 5).map(({ date, missing }) => `${slotText(date)} (${missing ?? ""})`);
  return `${named.join(", ")}${days.length > 5 ? ` and ${days.length - 5} more` : ""}`;
}
