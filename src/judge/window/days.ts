/** Which days count: observed, complete, sufficient (src/judge/README.md). A day without a row is a day without events. */
import { addDays, daysFrom, endOfDay } from "../../model/calendar.ts";
import { isHour } from "../../model/hours.ts";
import type { TrafficDay } from "../../model/measurement.ts";
import type { Day, Slot } from "../../model/words.ts";
import { slotNounOf, slotText } from "../../text/times.ts";
import { listText, plural } from "../../text/words.ts";
import { type DayLosses, lossesByDay, nothingLost, quietEdges } from "../checks/gaps/losses.ts";
import type { JudgeInput } from "../input.ts";
import { awaitsFirstDay } from "./window.ts";

const HOUR_MS = 3_600_000;

/** Of a day; in the first 24 hours of an hour (hour-states.ts). */
export interface DayState {
  readonly date: Slot;
  readonly observed: boolean;
  readonly ramp: boolean;
  readonly complete: boolean;
  /** It has events, and more are still to come. */
  readonly isRunning: boolean;
  readonly sampled: boolean;
  /** Counts for the severe rule. */
  readonly judged: boolean;
  /** What keeps it from being complete: "no events", "not over yet", "clicks end at 08:31; 412 were due after that". */
  readonly missing: string | null;
  /** What its data lacks, as far as that is all that keeps it from being complete, and what of it a person has accepted. */
  readonly losses: DayLosses;
}

/** Every calendar day from the first one shown to the end of the window. */
export function dayStates(input: JudgeInput): readonly DayState[] {
  const { window } = input;
  const ramps = new Set(rampDays(input));
  const traffic = new Map(input.traffic.days.map((day) => [day.date, day]));
  const [first = window.from] = [window.shownFrom, window.from].sort();
  const unserved = new Map(
    daysFrom(first, window.to).map((date) => [date, whyUnserved(date, traffic.get(date), input)]),
  );
  const served = [...traffic.values()].filter(({ date }) => unserved.get(date) === null);
  const inOrder = served.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const losses = lossesByDay(input, inOrder);
  return [...unserved].map(([date, why]) => {
    const day = traffic.get(date);
    const ramp = ramps.has(date);
    const observed = date >= window.from && !ramp && !awaitsFirstDay(window);
    const lost = losses.get(date) ?? nothingLost;
    const missing = why ?? (lost.open.map(({ text }) => text).join("; ") || null);
    return {
      date,
      observed,
      ramp,
      complete: missing === null,
      isRunning: (day?.events ?? 0) > 0 && hoursLeft(date, input) > 0,
      sampled: day !== undefined && isSampled(day, input),
      judged: observed && why === null && (missing === null || isWholeForSevere(day, input)),
      missing,
      losses: lost,
    };
  });
}

/** A day that lacks one type or source still rolls back: a collapse must not hide behind a gap. One cut off as a whole does not. */
function isWholeForSevere(day: TrafficDay | undefined, input: JudgeInput): boolean {
  return day !== undefined && quietEdges(day, input).length === 0;
}

/** Days on which a gate opened after midnight: shown, but in no gate. The first 24 hours are of the gate. */
export function rampDays(input: JudgeInput): readonly Day[] {
  if (input.phase === "first-24h") return [];
  const { shownFrom, to } = input.window;
  const ramps = input.config.gates.flatMap(({ started }) =>
    started !== null && started.at !== null && started.day !== started.firstDay ? [started.day] : [],
  );
  return ramps.filter((day) => day >= shownFrom && day <= to);
}

/** Before/after has its baseline in earlier weeks, so that only the candidate's day can be looked at. */
export function isSampled(day: TrafficDay, { config, comparison }: JudgeInput): boolean {
  const { minSample: minimum } = config;
  const variants = comparison === "before-after" ? [day.candidate] : [day.baseline, day.candidate];
  return variants.every(
    ({ impressions, clicks }) => impressions >= minimum.impressions && clicks >= minimum.clicks,
  );
}

/** What no further data of the day could change; null: it is over, and the variants were shown. */
function whyUnserved(date: Day, day: TrafficDay | undefined, input: JudgeInput): string | null {
  if (day === undefined || day.events === 0) return "no events";
  if (hoursLeft(date, input) > 0) return "not over yet";
  const silent = silentVariants(day, input);
  return silent.length > 0 ? `no impression of ${listText(silent)}` : null;
}

/** Saves alone, or one variant alone, are no day of a comparison; before/after the baseline is of other weeks. */
function silentVariants(day: TrafficDay, { config, comparison, window }: JudgeInput): readonly string[] {
  const { baseline, candidate } = config.rollout;
  // until the first day of the gate nobody need be shown the candidate
  if (awaitsFirstDay(window)) return [];
  const served = [
    ...(comparison === "before-after" ? [] : [{ name: baseline, seen: day.baseline }]),
    { name: candidate, seen: day.candidate },
  ];
  return served.filter(({ seen }) => !(seen.impressions > 0)).map(({ name }) => name);
}

/** Hours of a day still to come as of the judged instant; 0 when it is over. */
function hoursLeft(date: Day, input: JudgeInput): number {
  const end = Date.parse(endOfDay(date, input.config.rollout.timeZone));
  return Math.max(0, (end - Date.parse(input.window.asOf)) / HOUR_MS);
}

/**
 * The complete days of every count and sentence: of the observation window, and with all their data. Hours are no days, however
 * complete: in the first 24 hours there are none.
 */
export function completeDays(days: readonly DayState[]): readonly DayState[] {
  return completeSlots(days).filter(({ date }) => !isHour(date));
}

/** The same, in the first 24 hours complete hours. */
export function completeSlots(days: readonly DayState[]): readonly DayState[] {
  return days.filter((day) => day.observed && day.complete);
}

/** Days that count for min_days: complete and with the minimum sample in both variants. */
export function sufficientDays(days: readonly DayState[]): readonly DayState[] {
  return completeDays(days).filter((day) => day.sampled);
}

/** Days of the gate up to the report date, missing or not: what max_days is compared with. */
export function daysInGate(input: JudgeInput): number {
  const first = input.config.activeGate.started?.firstDay ?? input.window.from;
  return daysFrom(first, input.window.reportDate).length;
}

/**
 * Nights on which nobody looked: after the ledger's first night in this gate, a day without a recorded run. What was
 * never looked at cannot count as healthy, however good it looks afterwards.
 */
export function missedNights(input: JudgeInput): ReadonlySet<Day> {
  const recorded = input.ledger.nights.filter(
    (night) => night.phase === "daily" && night.date >= input.window.from,
  );
  const first = recorded[0]?.date;
  if (first === undefined) return new Set();
  const seen = new Set(recorded.map((night) => night.date));
  const before = addDays(input.window.reportDate, -1);
  return new Set(daysFrom(first, before).filter((date) => !seen.has(date)));
}

/** "2026-02-03, 2026-02-04", of hours "2026-02-01 13:00". */
export function daysText(days: readonly { readonly date: Slot }[]): string {
  const named = days.slice(0, 3).map((day) => slotText(day.date));
  const more = days.length > 3 ? ` and ${plural(days.length - 3, `more ${slotNounOf(days)}`)}` : "";
  return `${named.join(", ")}${more}`;
}
