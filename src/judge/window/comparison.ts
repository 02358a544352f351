/**
 * With what the candidate is compared. Below 100% with the baseline beside it; at 100% with a holdback, if one is
 * configured and large enough, else with the baseline's own days a few weeks earlier, which nobody randomised.
 */
import { addDays, daysBetween } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import { dayOf } from "../../model/hours.ts";
import type { TrafficMeasurement } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import type { ComparisonKind, JudgeInput } from "../input.ts";
import type { DaySpan } from "./gate-windows.ts";
import { awaitsFirstDay } from "./window.ts";

/** Large enough: the held-back baseline has the minimum sample over the observation window. */
export function comparisonFor(config: Config, window: DaySpan, traffic: TrafficMeasurement): ComparisonKind {
  const { exposure, holdback } = config.activeGate;
  if (exposure < 1) return "concurrent";
  if (holdback === null || holdback === 0) return "before-after";
  const days = traffic.days.filter(({ date }) => dayOf(date) >= window.from && dayOf(date) <= window.to);
  const sum = (what: "impressions" | "clicks") => days.reduce((total, day) => total + day.baseline[what], 0);
  const { impressions, clicks } = config.minSample;
  return sum("impressions") >= impressions && sum("clicks") >= clicks ? "holdback" : "before-after";
}

/** The days that the baseline's numbers are of, before/after; null beside a concurrent baseline, and before the first day. */
export function baselineDays({
  config,
  window,
  comparison,
}: Pick<JudgeInput, "config" | "window" | "comparison">): DaySpan | null {
  if (comparison !== "before-after" || awaitsFirstDay(window)) return null;
  return earlierWeeks(window, config.activeGate.started?.day ?? window.from);
}

/**
 * The same weekdays, by whole weeks earlier, all before the gate opened:
 * earlierWeeks({ from: "2026-03-02", to: "2026-03-12" }, "2026-03-01") = 2026-02-16 … 2026-02-26.
 */
export function earlierWeeks(window: DaySpan, opened: Day): DaySpan & { readonly shiftDays: number } {
  const shiftDays = 7 * Math.max(1, Math.ceil((daysBetween(opened, window.to) + 1) / 7));
  return { from: addDays(window.from, -shiftDays), to: addDays(window.to, -shiftDays), shiftDays };
}
