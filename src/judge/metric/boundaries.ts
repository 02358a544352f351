/**
 * How many standard errors tonight's change must be away, so that all nights of the gate together keep to their error rates: a night uses
 * the part of the error that the calendar gives it, and what the nights before it have left (src/statistics/README.md, spending).
 */
import { daysBetween } from "../../model/calendar.ts";
import type { DayResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { informationByDay } from "../../statistics/spending/night-information.ts";
import {
  promoteSpending,
  rollbackSpending,
  type SpendingFunction,
  spendingBoundaries,
  spentBy,
} from "../../statistics/spending/spending.ts";
import type { JudgeInput } from "../input.ts";
import type { Criteria } from "./criteria.ts";
import type { Evidence } from "./evidence.ts";

/** On z, at least 0; Infinity where a night may use nothing. */
export interface Boundaries {
  readonly rollback: number;
  readonly promote: number;
}

/** The nights of a gate on which somebody looked, up to and with tonight, and what the error is spread over. */
export interface Looks {
  /** In order of time; the first of the gate is 1. */
  readonly nights: readonly number[];
  readonly plannedNights: number;
  /** Before it a night can promote nothing and uses nothing. */
  readonly minDays: number;
  /** How many share a false rollback. */
  readonly guardrails: number;
}

/** Null: no night of a gate (an ad-hoc window, the first 24 hours, a result from before K was kept). */
export function looksOf(
  { window, ledger, config, phase }: Pick<JudgeInput, "window" | "ledger" | "config" | "phase">,
  guardrails: number,
): Looks | null {
  const { plannedNights = null, from, reportDate } = window;
  if (plannedNights === null || phase !== "daily") return null;
  const seen = ledger.nights.filter(
    (night) => night.phase === "daily" && night.date >= from && night.date < reportDate,
  );
  const days = [...new Set([...seen.map(({ date }) => date), reportDate])].sort();
  const nights = days.map((day) => nightOf(day, from));
  return { nights, plannedNights, minDays: config.activeGate.minDays, guardrails };
}

/** 1 on the first day of the observation. */
export function nightOf(day: Day, from: Day): number {
  return daysBetween(from, day) + 1;
}

/**
 * Of every look. `information`: 1/standardError² of the window as it ended on each of these nights; 0: none, and the look uses nothing.
 * A night before `minDays` can promote nothing: it is judged as if it were the first.
 */
export function boundariesByLook(looks: Looks, information: readonly number[]): readonly Boundaries[] {
  const { nights, minDays, guardrails } = looks;
  const first = nights.findIndex((night) => night >= minDays);
  const from = first === -1 ? nights.length : first;
  const rollback = chain(looks, rollbackSpending(guardrails), information);
  const promote = chain({ ...looks, nights: nights.slice(from) }, promoteSpending, information.slice(from));
  return nights.map((night, at) => ({
    rollback: rollback[at] ?? Number.POSITIVE_INFINITY,
    promote: promote[at - from] ?? alone(promoteSpending, night, looks),
  }));
}

function chain(
  { nights, plannedNights }: Looks,
  spending: SpendingFunction,
  information: readonly number[],
): readonly number[] {
  return spendingBoundaries(
    nights.map((night, at) => ({
      information: information[at] ?? 0,
      spent: spentBy(spending, night, plannedNights),
    })),
  );
}

/** What no boundary of a look lies below: that of a night before which nobody looked. */
export function leastBoundaries(looks: Looks): readonly Boundaries[] {
  return looks.nights.map((night) => ({
    rollback: alone(rollbackSpending(looks.guardrails), night, looks),
    promote: alone(promoteSpending, night, looks),
  }));
}

function alone(spending: SpendingFunction, night: number, { plannedNights }: Looks): number {
  return normalQuantile(1 - spentBy(spending, night, plannedNights));
}

interface MeasuredWindow {
  readonly days: readonly DayResult[];
  readonly evidence: Evidence;
}

/** Tonight's for one metric; null: no night of a gate, nothing to compare, or no line to compare it with. */
export function metricBoundaries(
  input: Pick<JudgeInput, "window" | "ledger" | "config" | "phase">,
  { days, evidence }: MeasuredWindow,
  { guardrails, mode, lines }: Pick<Criteria, "guardrails" | "mode" | "lines">,
): Boundaries | null {
  const looks = looksOf(input, guardrails);
  const { comparison, adjusted } = evidence;
  if (looks === null || comparison === null || lines === null || mode === "literal") return null;
  const { from } = input.window;
  const observed = days.filter(({ date, observed: isObserved }) => isObserved && date >= from);
  const spreads = observed.map(({ standardError, candidate }) => ({
    standardError,
    volume: candidate.denominator ?? 0,
  }));
  const byDay = informationByDay(spreads, {
    standardError: comparison.standardError,
    varianceRemoved: adjusted === null ? 0 : 1 - adjusted.varianceRatio,
  });
  const nights = observed.map(({ date }) => nightOf(date, from));
  const information = looks.nights.map((look) => byDay[nights.findLastIndex((night) => night <= look)] ?? 0);
  return boundariesByLook(looks, information).at(-1) ?? null;
}
