/**
 * Days beyond a chart's range: an arrow at the edge and its number beside it. The number is drawn on a plate, and no arrow of a
 * neighbour's interval is drawn over it; a neighbour's own dot always is.
 */
import type { DayResult } from "../../model/result.ts";
import { deltaText } from "../view/metric.ts";
import type { NumberAxis, Range } from "./axes.ts";
import { clamp } from "./delta-lines.ts";
import { amount, type ChartLayer, layer, time } from "./spec.ts";
import { safetyFactor, textWidth } from "./svg/text-width.ts";
import { color, labelSize } from "./theme.ts";
import { instant, type TimeAxis } from "./time-axis.ts";

export interface EdgeLabel {
  readonly date: string;
  readonly text: string;
  readonly isHigh: boolean;
  /** Where the text is: milliseconds, and the change at which it is drawn. */
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

interface PlotBox {
  readonly x: TimeAxis;
  readonly y: NumberAxis;
  /** Of the plot, in pixels. */
  readonly width: number;
  readonly height: number;
}

/** Pixels from the arrow to its number. */
const gap = 8;

/** Of labels that would overprint each other only the most extreme is shown: every day has its arrow. */
export function edgeLabelsOf(days: readonly DayResult[], { x, y, width }: PlotBox): readonly EdgeLabel[] {
  const perPixel = (x.last - x.first + 2 * x.half) / width;
  const size = ({ delta }: DayResult) => Math.abs(delta ?? Number.POSITIVE_INFINITY);
  const extremeFirst = days.toSorted((a, b) => size(b) - size(a));
  const all = extremeFirst.flatMap((day) => {
    const change = day.delta ?? Number.POSITIVE_INFINITY;
    if (isInside(change, y)) return [];
    const text = deltaText(day, []);
    const from = instant(day.date) + gap * perPixel;
    const to = from + textWidth(text, labelSize) * safetyFactor * perPixel;
    return [{ date: day.date, text, isHigh: change > y.high, from, to, at: clamp(change, inside(y)) }];
  });
  const shown: EdgeLabel[] = [];
  for (const label of all) if (!shown.some((other) => overprints(label, other))) shown.push(label);
  return shown.toSorted((a, b) => a.from - b.from);
}

/** A label begins where its arrow is, so that it must not reach the next arrow's label either. */
function overprints(one: EdgeLabel, other: EdgeLabel): boolean {
  return one.isHigh === other.isHigh && one.from < other.to && other.from < one.to;
}

/** Whether an arrow for `end`, beyond the range on `date`, would cover the label. */
export function covers({ isHigh, from, to, at }: EdgeLabel, date: string, end: number): boolean {
  return isHigh === end > at && instant(date) >= from && instant(date) <= to;
}

/** Behind the points. */
export function edgePlates(labels: readonly EdgeLabel[], { y, height }: PlotBox): readonly ChartLayer[] {
  if (labels.length === 0) return [];
  const half = ((labelSize / 2 + 1) / height) * (y.high - y.low);
  const rows = labels.map(({ from, to, at }) => ({
    from,
    to,
    low: Math.max(at - half, y.low),
    high: Math.min(at + half, y.high),
  }));
  const mark = { type: "rect", strokeWidth: 0, color: color("bg"), opacity: 0.8 };
  const area = { x: time("from"), x2: { field: "to" }, y: amount("low"), y2: { field: "high" } };
  return [layer(rows, mark, area)];
}

/** Before everything. */
export function edgeTexts(labels: readonly EdgeLabel[]): readonly ChartLayer[] {
  if (labels.length === 0) return [];
  const rows = labels.map(({ date, at, text }) => ({ date, delta: at, text }));
  const mark = { type: "text", align: "left", baseline: "middle", dx: gap, color: color("candidate") };
  return [layer(rows, mark, { x: time("date"), y: amount("delta"), text: { field: "text" } })];
}

/** Arrows are drawn a little inside of the frame. */
export function inside({ low, high }: NumberAxis): Range {
  const margin = (high - low) * 0.03;
  return { low: low + margin, high: high - margin };
}

export function isInside(value: number, y: NumberAxis): boolean {
  return value >= y.low && value <= y.high;
}
