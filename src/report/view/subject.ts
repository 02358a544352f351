/** What the report is about: the rollout, its gates, the window, and how the variants are compared. */

import { wallClockAt } from "../../model/calendar.ts";
import { dayOf } from "../../model/hours.ts";
import type { Result, ResultWindow } from "../../model/result.ts";
import { percentText } from "../../text/numbers.ts";
import { recordText } from "../../text/people.ts";
import { instantText, weekdayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";

/** With the days that the baseline is of, for masthead, captions and lists: "…, not randomised, baseline 2026-02-11 to 2026-02-24". */
export function comparisonText(result: Pick<Result, "rollout" | "window">): string | null {
  const { baselineFrom, baselineTo } = result.window;
  const label = comparisonLabel(result);
  if (label === null || baselineFrom === null || baselineTo === null) return label;
  return `${label}, baseline ${baselineFrom} to ${baselineTo}`;
}

/** Short, beside a single number. */
export function comparisonLabel(result: Pick<Result, "rollout">): string | null {
  switch (result.rollout.comparison) {
    case "concurrent":
      return null;
    case "holdback":
      return "against the holdback";
    case "before-after":
      return "before/after, not randomised";
  }
}

const comparisonNotes = {
  concurrent: null,
  holdback: "At this gate the baseline is the holdback: a small share of traffic that still gets it.",
  "before-after":
    "Everyone has the candidate, so there is nobody to compare with. Every change below compares with the baseline's last full weeks, same weekdays: before/after, not randomised. It can call for rollback only at the severe line, and it never proves health.",
} as const;

const judgeTexts = {
  evidence: "a change counts only when it is more than chance",
  literal: "every change counts, chance or not",
} as const;

export function subjectView(result: Result) {
  const { rollout, window, phase, ledger } = result;
  const activeIndex = rollout.gates.findIndex((gate) => gate.active);
  return {
    rollout: rollout.name,
    baseline: rollout.baseline,
    candidate: rollout.candidate,
    gate: rollout.gate,
    exposure: percentText(rollout.exposure),
    phase: phase === "first-24h" ? "First 24 hours" : null,
    window: windowText(window, rollout.gate),
    completeDays: completeText(result),
    reportDate: weekdayText(window.reportDate),
    asOf: instantText(window.asOf),
    timeZone: window.timeZone,
    judge: judgeTexts[rollout.judge],
    comparison: comparisonText(result),
    /** The same as a sentence for the top of the report. */
    comparisonNote: comparisonNote(result),
    /** What people recorded, newest first: one sentence each. */
    people: ledger.records.toReversed().map(recordText),
    gates: rollout.gates.map((gate, index) => ({
      name: gate.name,
      exposure: percentText(gate.exposure),
      isActive: gate.active,
      /** "active since 2026-02-01", "passed", "ahead" */
      state: gate.active ? activeState(gate.started) : index < activeIndex ? "passed" : "ahead",
    })),
  };
}

function comparisonNote({ rollout, window }: Result): string | null {
  const note = comparisonNotes[rollout.comparison];
  const { baselineFrom, baselineTo } = window;
  if (note === null || baselineFrom === null || baselineTo === null) return note;
  return `${note} The baseline's days are ${weekdayText(baselineFrom)} to ${weekdayText(baselineTo)}.`;
}

/** "Sun 2026-02-01 to Sat 2026-02-07", "Sun 2026-02-01 09:30 to 12:20", "no day of g50 yet, the first is Mon 2026-02-09" */
function windowText(window: ResultWindow, gate: string): string {
  const { from, to, openedAt, opensOn, asOf, timeZone } = window;
  if (opensOn !== null) return `no day of ${gate} yet, the first is ${weekdayText(opensOn)}`;
  if (openedAt === undefined)
    return from === to ? weekdayText(from) : `${weekdayText(from)} to ${weekdayText(to)}`;
  const [opened, end] = [openedAt, asOf].map((instant) => wallClockAt(new Date(instant), timeZone));
  if (opened === undefined || end === undefined) return weekdayText(from);
  const last = dayOf(opened) === dayOf(end) ? minute(end) : `${weekdayText(dayOf(end))} ${minute(end)}`;
  return `${weekdayText(dayOf(opened))} ${minute(opened)} to ${last}`;
}

/** "2026-02-01T09:30:00" → "09:30" */
function minute(clock: string): string {
  return clock.slice(11, 16);
}

/** "7 complete days, 5 sufficient, 4 quiet", the same count once; in the first 24 hours "3 complete hours" */
export function completeText({ phase, window, traffic }: Result): string {
  if (phase === "daily") return daysText(window);
  return plural(traffic.days.filter((hour) => hour.complete).length, "complete hour");
}

function daysText({ completeDays, sufficientDays, quietDays }: Result["window"]): string {
  const complete = plural(completeDays, "complete day");
  if (sufficientDays === null || quietDays === null || quietDays === completeDays) return complete;
  return `${complete}, ${sufficientDays} sufficient, ${quietDays} quiet`;
}

function activeState(started: string | null): string {
  return started === null ? "active" : `active since ${started}`;
}
