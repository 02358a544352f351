/**
 * When can a guardrail be judged? The interval of its change narrows from tonight on, up to the night on which its end has cleared the
 * line. In: a metric's clock. Out: a spec. Nothing is forecast here.
 */
import type { Clock, MetricResult } from "../../model/result.ts";
import { signedLines } from "../../text/beside.ts";
import { signedLineText } from "../../text/numbers.ts";
import { dayText } from "../../text/times.ts";
import { clockText } from "../view/clock.ts";
import { niceAxis, numberChannel, tickFormat, tickText } from "./axes.ts";
import { clamp } from "./delta-lines.ts";
import { frame } from "./frame.ts";
import { type SideLabel, sideLabels } from "./side-labels.ts";
import { amount, asIs, type Chart, type ChartLayer, layer, time, withAxes } from "./spec.ts";
import { color, dashes } from "./theme.ts";
import { type TimeAxis, timeAxis } from "./time-axis.ts";

const plotHeight = 110;
/** An end further out than so many times the line is drawn at the edge. */
const furthest = 4;

/** Null: it waits for nothing that an interval shows. */
export function clockChart(metric: MetricResult): Chart | null {
  const { clock } = metric.observation;
  if (clock === null) return null;
  const lines = linesOf(metric, clock);
  const y = niceAxis(rangeOf(clock), 4);
  const format = tickFormat(y.step, "percent", "+");
  const labels = lines.map(({ at, text, stroke }) => ({ at, text, color: stroke }));
  const around = clock.from === 0 ? "the candidate changes nothing" : "the change stays as it is";
  const plot = frame({
    note: `Shaded: what cannot be ruled out yet, if ${around}.`,
    left: y.ticks.map((tick) => tickText(tick, format)),
    right: labels.map(({ text }) => text),
    height: plotHeight,
  });
  const x = timeAxis(
    clock.nights.map(({ date }) => date),
    plot.width,
  );
  const nights = clock.nights.map(({ date, end }) => ({ date, from: clock.from, end: clamp(end, y) }));
  const layers = [
    layer(
      nights,
      { type: "area", color: color("candidate"), opacity: 0.18, line: false },
      { x: time("date"), y: amount("end"), y2: { field: "from" } },
    ),
    layer(nights, { type: "line", color: color("candidate") }, { x: time("date"), y: amount("end") }),
    horizontal(lines, x),
    ...clearing(clock, y),
    sideLabels(labels, y, plot),
  ];
  return {
    id: `clock-${metric.name}`,
    title: `${metric.title}: when it can be judged`,
    description: clockText(metric) ?? "",
    spec: { ...plot.spec, layer: withAxes(layers, x.channel, numberChannel(y, format)) },
  };
}

interface ClockLine extends Pick<SideLabel, "at" | "text"> {
  readonly stroke: string;
  readonly dash: readonly number[];
}

function linesOf({ thresholds }: MetricResult, { line }: Clock): readonly ClockLine[] {
  const zero = { at: 0, text: "no change", stroke: color("fg"), dash: dashes.solid };
  const named = signedLines(thresholds).find(({ at }) => Math.abs(at - line) < 1e-9);
  if (named === undefined) return [zero];
  const { level, at } = named;
  const token = level === "warning" ? "warning" : "rollback";
  return [zero, { at, text: `${level} ${signedLineText(at)}`, stroke: color(token), dash: dashes[level] }];
}

function rangeOf({ from, line, nights }: Clock) {
  const reach = furthest * Math.max(Math.abs(line), Math.abs(from));
  const ends = nights.map(({ end }) => Math.max(-reach, Math.min(reach, end)));
  const all = [0, from, line, ...ends];
  return { low: Math.min(...all), high: Math.max(...all) };
}

function horizontal(lines: readonly ClockLine[], { first, last, half }: TimeAxis): ChartLayer {
  const rows = lines.map(({ at, stroke, dash }) => ({
    ...{ at, stroke, dash },
    from: first - half,
    to: last + half,
  }));
  const place = { x: time("from"), x2: { field: "to" }, y: amount("at") };
  return layer(rows, "rule", { ...place, stroke: asIs("stroke"), strokeDash: asIs("dash") });
}

/** The night that clears the line, at the right end, and its date. */
function clearing(
  { clearsOn, isAtLeast, line, from }: Clock,
  y: { readonly low: number; readonly high: number },
): readonly ChartLayer[] {
  if (clearsOn === null) return [];
  const below = line < from;
  // in the corner that the interval has left by then
  const row = { date: clearsOn, low: y.low, high: y.high, at: below ? y.low : y.high };
  const text = `${isAtLeast ? "from " : "about "}${dayText(clearsOn)}`;
  return [
    layer(
      [row],
      { type: "rule", color: color("healthy"), strokeDash: dashes.gate },
      {
        x: time("date"),
        y: amount("low"),
        y2: { field: "high" },
      },
    ),
    layer(
      [{ ...row, text }],
      { type: "text", align: "right", baseline: below ? "bottom" : "top", dx: -5, dy: below ? -4 : 4 },
      { x: time("date"), y: amount("at"), text: { field: "text" } },
    ),
  ];
}
