/**
 * Delta of one metric by day: bands of the thresholds, the interval of each day, and the whole observation window as a
 * band across its days. In: a MetricResult. Out: a spec. It classifies nothing: what is drawn is in the result.
 */

import type { MetricResult, Result } from "../../model/result.ts";
import { changeText, intervalText, signedLineText } from "../../text/numbers.ts";
import { dayText, slotNounOf } from "../../text/times.ts";
import { classText } from "../../text/words.ts";
import { comparisonLabel, comparisonText } from "../view/subject.ts";
import { type NumberAxis, niceAxis, numberChannel, tickFormat, tickText } from "./axes.ts";
import { dayIntervals, dayPoints, horizontalLines, thresholdBands, windowBand } from "./delta-layers.ts";
import { clamp, deltaRange, type Line, linesOf } from "./delta-lines.ts";
import { edgeLabelsOf, edgePlates, edgeTexts } from "./edge-labels.ts";
import { frame } from "./frame.ts";
import { gateMarks } from "./gate-marks.ts";
import { type SideLabel, sideLabels } from "./side-labels.ts";
import { type Chart, withAxes } from "./spec.ts";
import { color } from "./theme.ts";
import { timeAxis } from "./time-axis.ts";

const plotHeight = 170;

/** Null when no day has a delta: then there is nothing to draw. */
export function deltaTrend(metric: MetricResult, result: Result): Chart | null {
  const days = metric.days.filter((day) => day.delta !== null || day.unbounded);
  if (days.length === 0) return null;
  const lines = linesOf(metric);
  const y = niceAxis(deltaRange(metric, lines));
  const format = tickFormat(y.step, "percent", "+");
  const labels = labelsOf(metric, lines, y);
  const slot = slotNounOf(metric.days);
  const [label, comparison] = [comparisonLabel(result), comparisonText(result)];
  const plot = frame({
    note: `Dots are ${slot}s with their 95% interval, the band is the whole window${comparison === null ? "" : `: ${comparison}`}.`,
    left: y.ticks.map((tick) => tickText(tick, format)),
    right: labels.map((label) => label.text),
    height: plotHeight,
  });
  const x = timeAxis(
    metric.days.map((day) => day.date),
    plot.width,
  );
  const place = { x, y };
  const edges = { ...place, width: plot.width, height: plotHeight };
  const beyond = edgeLabelsOf(days, edges);
  const layers = [
    ...thresholdBands(lines, place),
    ...windowBand(metric, result, place),
    horizontalLines(lines, { result, delta: metric.observation.delta }, place),
    ...gateMarks(result, x),
    dayIntervals(days, place),
    ...edgePlates(beyond, edges),
    dayPoints(days, place, beyond),
    ...edgeTexts(beyond),
    sideLabels(labels, y, plot),
  ];
  return {
    id: `delta-${metric.name}`,
    title: `${metric.title}, change by ${slot}${label === null ? "" : ` (${label})`}`,
    description: describe(metric, lines),
    spec: { ...plot.spec, layer: withAxes(layers, x.channel, numberChannel(y, format)) },
  };
}

function labelsOf(metric: MetricResult, lines: readonly Line[], y: NumberAxis): readonly SideLabel[] {
  const change = metric.observation.delta;
  const ofLines = lines.map(({ level, at, token }) => ({
    at,
    text: `${level} ${signedLineText(at)}`,
    color: color(token),
  }));
  if (change === null) return ofLines;
  const text = `window ${changeText(
    change,
    lines.map((line) => line.at),
  )}`;
  return [...ofLines, { at: clamp(change, y), text, color: color("candidate") }];
}

function describe(metric: MetricResult, lines: readonly Line[]): string {
  const at = lines.map((line) => line.at);
  const { observation } = metric;
  const range =
    observation.interval === null ? "" : ` (95% interval ${intervalText(observation.interval, at)})`;
  const last = metric.days.findLast((day) => day.delta !== null);
  return [
    `Whole window: ${changeText(observation.delta, at)}${range}, ${metric.role === "guardrail" ? classText(observation.classification) : "informational"}.`,
    ...(last === undefined ? [] : [`${dayText(last.date)}: ${changeText(last.delta, at)}.`]),
    ...(lines.length === 0
      ? []
      : [`Lines: ${lines.map((line) => `${line.level} ${signedLineText(line.at)}`).join(", ")}.`]),
  ].join(" ");
}
