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

/** Columns that a page, of paper too, is wide enough for. */
const columnsShown = 7;

/** `order`: names of metrics, in the order of the cards. */
export function daysView(all: Result, order: readonly string[]) {
  const { window } = all;
  const place = ({ name }: MetricResult) => order.indexOf(name);
  const metrics = all.metrics.toSorted((a, b) => place(a) - place(b));
  const result = { ...all, metrics };
  const dates = [...new Set(metrics.flatMap((metric) => metric.days.map((day) => day.date)))]
    .sort()
    .reverse();
  const isEarlier = (date: Day) => date < window.from && !window.rampDays.includes(date);
  const earlier = dates.filter(isEarlier);
  const slot = slotNoun(result.phase);
  const shownDates = dates.filter((date) => !isEarlier(date));
  const rows = shownDates.map((date) => row(result, date));
  const shown = slot === "day" ? shownDays : shownHours;
  const cut = rows.length > shown + slack ? shown : rows.length;
  return {
    title: slot === "day" ? "Day by day" : "Hour by hour",
    slot,
    columns: metrics.map(column),
    legend:
      slot === "day"
        ? "A single day past its warning or rollback line only warns; the severe line lets one day roll back."
        : "A single hour past its warning or rollback line only warns; the severe line lets one hour roll back.",
    window: wholeWindow(result),
    /** The same once more, in tables of at most seven columns. */
    tables: tables(metrics.length).map(({ first, last, title }) => {
      const part = { ...result, metrics: metrics.slice(first, last) };
      const own = (dates: readonly Day[]) => dates.map((date) => row(part, date, metrics));
      return {
        title,
        slot,
        columns: part.metrics.map(column),
        window: wholeWindow(part),
        recent: own(shownDates.slice(0, cut)),
        older: own(shownDates.slice(cut)),
        earlier: own(earlier),
      };
    }),
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

function tables(many: number) {
  const firsts = Array.from({ length: Math.ceil(many / columnsShown) }, (_, index) => index * columnsShown);
  return firsts.map((first) => {
    const last = Math.min(first + columnsShown, many);
    const title = many <= columnsShown ? null : `Metrics ${first + 1} to ${last} of ${many}, worst first`;
    return { first, last, title };
  });
}

function column({ name, title, role }: MetricResult) {
  return { anchor: anchor("metric", name), title, isGuardrail: role === "guardrail" };
}

function wholeWindow({ metrics }: Result): DayRow {
  const cells = metrics.map((metric) => cell(metric, metric.observation));
  return { label: "Whole window", flags: [], isObserved: true, cells };
}

/** What is said of the day itself is known from all metrics, also where only some are shown. */
function row({ metrics, window }: Result, date: Day, every: readonly MetricResult[] = metrics): DayRow {
  const dayOf = (metric: MetricResult) => metric.days.find((day) => day.date === date);
  const days = metrics.map(dayOf);
  const known = every.map(dayOf).filter((day) => day !== undefined);
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
