/** The layers of the delta trend, from the back to the front. */
import type { DayResult, MetricResult, Result } from "../../model/result.ts";
import type { NumberAxis } from "./axes.ts";
import { clamp, type Line } from "./delta-lines.ts";
import { covers, type EdgeLabel, inside, isInside } from "./edge-labels.ts";
import { amount, asIs, type ChartLayer, type Json, layer, time } from "./spec.ts";
import { color, dashes, dotSize } from "./theme.ts";
import { instant, type TimeAxis } from "./time-axis.ts";

/** What every layer needs to place itself. */
export interface Plot {
  readonly x: TimeAxis;
  readonly y: NumberAxis;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function wholeSpan({ x }: Pick<Plot, "x">): Span {
  return { from: x.first - x.half, to: x.last + x.half };
}

function windowSpan(result: Result, { x }: Plot): Span {
  if (x.hourly) return wholeSpan({ x });
  return {
    from: Math.max(instant(result.window.from), x.first) - x.half,
    to: Math.min(instant(result.window.to), x.last) + x.half,
  };
}

const area = { x: time("from"), x2: { field: "to" }, y: amount("low"), y2: { field: "high" } };

/** From each line to the next one, the last to the edge. */
export function thresholdBands(lines: readonly Line[], plot: Plot): readonly ChartLayer[] {
  const rows = lines.map((line, index) => ({
    ...wholeSpan(plot),
    low: line.at,
    high: lines[index + 1]?.at ?? (line.at < 0 ? plot.y.low : plot.y.high),
    fill: color(`${line.token}-soft`),
  }));
  return rows.length === 0
    ? []
    : [layer(rows, { type: "rect", strokeWidth: 0, opacity: 0.75 }, { ...area, color: asIs("fill") })];
}

export function windowBand(metric: MetricResult, result: Result, plot: Plot): readonly ChartLayer[] {
  const { interval } = metric.observation;
  if (interval === null) return [];
  const row = {
    ...windowSpan(result, plot),
    low: clamp(interval[0], plot.y),
    high: clamp(interval[1], plot.y),
  };
  return [layer([row], { type: "rect", strokeWidth: 0, color: color("candidate"), opacity: 0.18 }, area)];
}

/** No change, the thresholds, and the window's delta: horizontal lines. */
export function horizontalLines(
  lines: readonly Line[],
  window: { readonly result: Result; readonly delta: number | null },
  plot: Plot,
): ChartLayer {
  const whole = wholeSpan(plot);
  const { result, delta } = window;
  const rows = [
    { ...whole, at: 0, stroke: color("fg"), dash: dashes.solid, width: 1 },
    ...lines.map((line) => ({
      ...whole,
      at: line.at,
      stroke: color(line.token),
      dash: dashes[line.level],
      width: 1,
    })),
    ...(delta === null
      ? []
      : [
          {
            ...windowSpan(result, plot),
            at: clamp(delta, plot.y),
            stroke: color("candidate"),
            dash: dashes.solid,
            width: 2.5,
          },
        ]),
  ];
  return layer(rows, "rule", {
    x: time("from"),
    x2: { field: "to" },
    y: amount("at"),
    stroke: asIs("stroke"),
    strokeDash: asIs("dash"),
    strokeWidth: { field: "width", type: "quantitative", scale: null },
  });
}

export function dayIntervals(days: readonly DayResult[], { y }: Plot): ChartLayer {
  const rows = days.flatMap(({ date, interval }) =>
    interval === null ? [] : [{ date, low: clamp(interval[0], y), high: clamp(interval[1], y) }],
  );
  return layer(
    rows,
    { type: "rule", color: color("candidate"), opacity: 0.6 },
    { x: time("date"), y: amount("low"), y2: { field: "high" } },
  );
}

/** One point a day, and an arrow where its interval or the day itself goes on beyond the picture. */
export function dayPoints(days: readonly DayResult[], { y }: Plot, labels: readonly EdgeLabel[]): ChartLayer {
  const size = dotSize(days.length);
  const rows = days.flatMap((day) => [
    ...(day.interval ?? []).flatMap((end) =>
      isInside(end, y) || labels.some((label) => covers(label, day.date, end))
        ? []
        : [{ ...mark(day, end, y), size: 16 }],
    ),
    { ...mark(day, day.delta ?? Number.POSITIVE_INFINITY, y), size },
  ]);
  return layer(
    rows,
    { type: "point", opacity: 1, strokeWidth: 1.5, stroke: color("candidate") },
    {
      x: time("date"),
      y: amount("delta"),
      shape: asIs("shape"),
      fill: asIs("fill"),
      size: { field: "size", type: "quantitative", scale: null },
    },
  );
}

/** Hollow: a day that does not count, incomplete or outside of the window. */
function mark(day: DayResult, delta: number, y: NumberAxis): Readonly<Record<string, Json>> {
  return {
    date: day.date,
    delta: isInside(delta, y) ? delta : clamp(delta, inside(y)),
    shape: delta > y.high ? "triangle-up" : delta < y.low ? "triangle-down" : "circle",
    fill: color(day.complete && day.observed ? "candidate" : "bg"),
  };
}
