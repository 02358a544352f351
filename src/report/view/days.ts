/** Day by day, in the first 24 hours hour by hour: a row per day, newest first, under the row of the whole window; a column per metric. */

import type { DayResult, MetricResult, Result, WindowResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { slotNoun, weekdayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { type Badge, badge } from "./badge.ts";
import { deltaText, metricBadge } from "./metric.ts";
import { signedLines } from "./strip.ts";
import { comparisonText, completeText } from "./subject.ts";
import { anchor } from "./text.ts";

export interface DaysView {
  /** "Day by day", "Hour by hour" */
  readonly title: string;
  /** What a row is: "day" or "hour". */
  readonly slot: string;
  readonly columns: readonly DayColumn[];
  readonly window: DayRow;
  /** Days of the window, ramp days and later ones, newest first. */
  readonly rows: readonly DayRow[];
  /** The same cut in two: the newest fortnight, and what is older (none of a short window). */
  readonly recent: readonly DayRow[];
  readonly older: readonly DayRow[];
  /** "16 older days of this window" */
  readonly olderTitle: string;
  /** Days before the window, newest first: other gates. */
  readonly earlier: readonly DayRow[];
  /** "16 days before this window" */
  readonly earlierTitle: string;
  /** "before/after, not randomised" or null. */
  readonly comparison: string | null;
  readonly summary: string;
}

export interface DayColumn {
  readonly anchor: string;
  readonly title: string;
  readonly isGuardrail: boolean;
}

export interface DayRow {
  readonly label: string;
  /** "incomplete", "ramp day", "not in this gate's window" */
  readonly flags: readonly string[];
  readonly isObserved: boolean;
  readonly cells: readonly DayCell[];
}

export interface DayCell {
  readonly delta: string;
  readonly badge: Badge;
}

/** Rows shown at once; a window that is hardly longer is not cut. */
const shownDays = 14;
const shownHours = 24;
const slack = 2;

export function daysView(result: Result): DaysView {
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
    window: {
      label: "Whole window",
      flags: [],
      isObserved: true,
      cells: metrics.map((metric) => cell(metric, metric.observation)),
    },
    rows,
    recent: rows.slice(0, cut),
    older: rows.slice(cut),
    olderTitle: `${plural(rows.length - cut, `older ${slot}`)} of this window`,
    earlier: earlier.map((date) => row(result, date)),
    earlierTitle: `${plural(earlier.length, "day")} before this window`,
    comparison: comparisonText(result),
    summary: `${plural(dates.length - earlier.length, slot)} shown, ${completeText(result)} in the window`,
  };
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

function cell(metric: MetricResult, window: WindowResult): DayCell {
  const lines = signedLines(metric.thresholds).map((line) => line.at);
  const shown = window.delta === null && !window.unbounded ? "" : deltaText(window, lines);
  return { delta: shown, badge: metricBadge(metric, window) };
}
