/**
 * The candidate's share of traffic by day against the gate's exposure. New units are what the split promises; the share
 * of impressions is an outcome and only context. The band is where 99.9% of days fall when the split is as configured.
 */

import type { GateState, Result, TrafficDayResult } from "../../model/result.ts";
import { lineText, percentText } from "../../text/numbers.ts";
import { slotNounOf } from "../../text/times.ts";
import { niceAxis, numberChannel, tickFormat, tickText } from "./axes.ts";
import { frame } from "./frame.ts";
import { gateMarks } from "./gate-marks.ts";
import { type SideLabel, sideLabels } from "./side-labels.ts";
import { amount, asIs, type Chart, type ChartLayer, layer, time, withAxes } from "./spec.ts";
import { color, dashes, dotSize } from "./theme.ts";
import { instant, timeAxis } from "./time-axis.ts";

const plotHeight = 130;
/** Normal quantile of 99.95%: the band contains 99.9% of days, and p < 0.001 is the sample-ratio alarm. */
const quantile = 3.2905;

interface ShareDay {
  readonly date: string;
  readonly exposure: number;
  readonly units: number | null;
  readonly impressions: number | null;
  readonly low: number;
  readonly high: number;
  readonly counted: boolean;
}

/** Null when no day has traffic. */
export function trafficShare(result: Result): Chart | null {
  const days = result.traffic.days.map((day) => shareDay(day, result.rollout.gates, result.rollout.exposure));
  const shown = days.filter((day) => day.units !== null || day.impressions !== null);
  if (shown.length === 0) return null;
  const values = shown.flatMap((day) =>
    [day.exposure, day.low, day.high, day.units ?? [], day.impressions ?? []].flat(),
  );
  const y = niceAxis({ low: Math.max(0, Math.min(...values)), high: Math.min(1, Math.max(...values)) }, 4);
  const format = tickFormat(y.step, "percent");
  const labels = labelsOf(days);
  const slot = slotNounOf(days);
  const plot = frame({
    note: `Shaded: where 99.9% of ${slot}s fall if new units are split as configured.`,
    left: y.ticks.map((tick) => tickText(tick, format)),
    right: labels.map((label) => label.text),
    height: plotHeight,
  });
  const x = timeAxis(
    days.map((day) => day.date),
    plot.width,
  );
  const layers = [...shareLayers(days, x.half), ...gateMarks(result, x), sideLabels(labels, y, plot)];
  return {
    id: "traffic",
    title: `Candidate's share of traffic by ${slot}`,
    description: `${labels.map((label) => label.text).join(", ")} on the last ${slot}.`,
    spec: { ...plot.spec, layer: withAxes(layers, x.channel, numberChannel(y, format)) },
  };
}

function shareDay(day: TrafficDayResult, gates: readonly GateState[], active: number): ShareDay {
  const gate = gates.findLast((one) => one.started !== null && instant(one.started) <= instant(day.date));
  const exposure = gate?.exposure ?? active;
  const newUnits = day.baselineNewUnits + day.candidateNewUnits;
  const half = newUnits === 0 ? 0 : quantile * Math.sqrt((exposure * (1 - exposure)) / newUnits);
  const impressions = day.baselineImpressions + day.candidateImpressions;
  return {
    date: day.date,
    exposure,
    units: day.candidateShare,
    impressions: impressions === 0 ? null : day.candidateImpressions / impressions,
    low: Math.max(0, exposure - half),
    high: Math.min(1, exposure + half),
    counted: day.complete && day.observed,
  };
}

function shareLayers(days: readonly ShareDay[], half: number): readonly ChartLayer[] {
  const spans = days.map((day) => ({ ...day, from: instant(day.date) - half, to: instant(day.date) + half }));
  const span = { x: time("from"), x2: { field: "to" } };
  const points = days.map((day) => ({
    date: day.date,
    share: day.units,
    fill: color(day.counted ? "candidate" : "bg"),
  }));
  const lines = days.map((day) => ({ date: day.date, share: day.impressions }));
  return [
    layer(
      spans,
      { type: "rect", strokeWidth: 0, color: color("candidate"), opacity: 0.14 },
      { ...span, y: amount("low"), y2: { field: "high" } },
    ),
    layer(
      spans,
      { type: "rule", color: color("fg"), strokeDash: dashes.exposure },
      { ...span, y: amount("exposure") },
    ),
    layer(
      lines,
      { type: "line", strokeWidth: 1.25, color: color("muted"), strokeDash: dashes.baseline },
      { x: time("date"), y: amount("share") },
    ),
    layer(
      points,
      { type: "line", color: color("candidate"), strokeWidth: 1.75 },
      { x: time("date"), y: amount("share") },
    ),
    layer(
      points,
      { type: "point", opacity: 1, size: dotSize(days.length), strokeWidth: 1.5, stroke: color("candidate") },
      { x: time("date"), y: amount("share"), fill: asIs("fill") },
    ),
  ];
}

function labelsOf(days: readonly ShareDay[]): readonly SideLabel[] {
  const last = <K extends "units" | "impressions" | "exposure">(key: K) =>
    days.findLast((day) => day[key] !== null)?.[key] ?? null;
  const named = [
    { name: "new units", at: last("units"), color: color("candidate"), write: percentText },
    { name: "impressions", at: last("impressions"), color: color("muted"), write: percentText },
    { name: "exposure", at: last("exposure"), color: color("fg"), write: lineText },
  ];
  return named.flatMap(({ name, at, color: paint, write }) =>
    at === null ? [] : [{ at, text: `${name} ${write(at)}`, color: paint }],
  );
}
