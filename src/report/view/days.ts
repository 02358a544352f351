/** Day by day, in the first 24 hours hour by hour: a row per day, newest first, under the row of the whole window; a column per metric. */

import type { DayResult, MetricResult, Result, WindowResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { thresholdLines } from "../../text/beside.ts";
import { slotNoun, weekdayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { badge } from "./badge.ts";
import { deltaText, metricBadge } from "./metric.ts";
import { comparisonText, completeText } from "./subject.ts";
import { anchor, type Made } from "./text.ts";

/** A row: a day of all metrics, or the whole window. */
export interface DayRow {
  readonly label: string;
  /** "incomplete", "ramp day", "before this window" */
  readonly flags: readonly string[];
  readonly isObserved: boolean;
  readonly cells: readonly Made<typeof cell>[];
}

/** Rows shown at once; a window that is hardly longer is not cut. */
const shownDays = 14;
const shownHours = 24;
const slack = 2;

export function daysView(result: Result) {
  const { metrics, window } = result;
  const dates = [...new Set(metrics.flatMap((metric) => metric.days.map((day) => day.date)))]
    .sort()
    .reverse();
  const isEarlier = (date: Day) => date < window.from && !window.rampDays.includes(date);
  const earlier = dates.filter(isEarlier);
  const slot = slotNoun(result.phase);
  const rows = dates.filter((date) => !isEarlier(date)).map((date) => row(result, date));
  const shown = slot === "day" ? shownDays : shownHours;
  const cut = rows.length > shown + slack ? shown : rows.length;
  return {
    title: slot === "day" ? "Day by day" : "Hour by hour",
    slot,
    columns: metrics.map(({ name, title, role }) => ({
      anchor: anchor("metric", name),
      title,
      isGuardrail: role === "guardrail",
    })),
    window: wholeWindow(result),
    /** Days of the window, ramp days and later ones, newest first. */
    rows,
    /** The same cut in two: the newest fortnight, and what is older (none of a short window). */
    recent: rows.slice(0, cut),
    older: rows.slice(cut),
    olderTitle: `${plural(rows.length - cut, `older ${slot}`)} of this window`,
    /** Days before the window, newest first: other gates. */
    earlier: earlier.map((date) => row(result, date)),
    earlierTitle: `${plural(earlier.length, "day")} before this window`,
    comparison: comparisonText(result),
    summary: `${plural(dates.length - earlier.length, slot)} shown, ${completeText(result)} in the window`,
  };
}

function wholeWindow({ metrics }: Result): DayRow {
  const cells = metrics.map((metric) => cell(metric, metric.observation));
  return { label: "Whole window", flags: [], isObserved: true, cells };
}

function row({ metrics, window }: Result, date: Day): DayRow {
  const days = metrics.map((metric) => metric.days.find((day) => day.date === date));
  const known = days.filter((day) => day !== undefined);
  const isObserved = known.some((day) => day.observed);
  return {
    label: weekdayText(date),
    flags: flags(known, window.rampDays.includes(date), isObserved),
    isObserved,
    cells: metrics.map((metric, index) => {
      const found = days[index];
      return found === undefined ? { delta: "", badge: badge("no data", "no-data") } : cell(metric, found);
    }),
  };
}

function flags(days: readonly DayResult[], isRamp: boolean, isObserved: boolean): readonly string[] {
  const incomplete = days.some((day) => !day.complete) ? ["incomplete"] : [];
  if (isRamp) return [...incomplete, "ramp day, in no gate"];
  return isObserved ? incomplete : [...incomplete, "before this window"];
}

function cell(metric: MetricResult, window: WindowResult) {
  const lines = thresholdLines(metric.thresholds);
  const shown = window.delta === null && !window.unbounded ? "" : deltaText(window, lines);
  return { delta: shown, badge: metricBadge(metric, window) };
}
