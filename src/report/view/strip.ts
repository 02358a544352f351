/**
 * The distance-to-lines strip of a guardrail: one axis of change, the warning, rollback and severe lines, the point and
 * its interval. Geometry only, in units of a 360-wide view box, as text; the template draws it.
 */

import type { MetricThresholds, WindowResult } from "../../model/result.ts";
import { type LineAt, signedLines } from "../../text/beside.ts";
import { changeText, intervalText, signedLineText } from "../../text/numbers.ts";
import type { Made } from "./text.ts";

export interface StripView extends Made<typeof drawnStrip> {}

const left = 10;
const right = 350;
/** Two labels closer than this would touch; the one of zero is short. */
const labelGap = 30;
const zeroGap = 22;

/** Null without lines. `whole`: the whole window, where `window` is a single day. */
export function stripView(
  thresholds: MetricThresholds | null,
  window: WindowResult,
  whole: WindowResult | null = null,
): StripView | null {
  const lines = signedLines(thresholds);
  return lines.length === 0 ? null : drawnStrip(lines, window, whole);
}

function drawnStrip(lines: readonly LineAt[], window: WindowResult, whole: WindowResult | null) {
  const [low, high] = domain(lines, window);
  const scale = (value: number) =>
    left + ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (right - left);
  const bounds = window.interval;
  const isDrop = lines.some((line) => line.at < 0);
  return {
    /** The whole strip in one sentence, for a screen reader. */
    label: label(lines, window),
    zones: zones(lines, isDrop ? low : high, scale),
    zero: text(scale(0)),
    ticks: ticks(lines, scale),
    interval:
      bounds === null
        ? null
        : {
            x: text(scale(bounds[0])),
            width: text(Math.max(1, scale(bounds[1]) - scale(bounds[0]))),
            /** The interval goes on beyond the strip's end. */
            isCutLeft: bounds[0] < low,
            isCutRight: bounds[1] > high,
          },
    /** Null when the change is unavailable; from zero is beyond the right end, which is drawn as an arrow. */
    point: pointView(window, { low, high, scale }),
    /** Where the whole window is, if a single day decided and it is within the strip; else null. */
    wholeX: whole?.delta == null || whole.delta < low || whole.delta > high ? null : text(scale(whole.delta)),
  };
}

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly scale: (value: number) => number;
}

function pointView({ delta: change, unbounded }: WindowResult, { low, high, scale }: Axis) {
  if (change === null && !unbounded) return null;
  const at = unbounded ? Number.POSITIVE_INFINITY : (change ?? 0);
  const isBeyondLeft = at < low;
  const isBeyondRight = at > high;
  return { x: text(scale(at)), isWithin: !isBeyondLeft && !isBeyondRight, isBeyondLeft, isBeyondRight };
}

/** Wide enough for every line and the interval, but a huge interval must not squeeze the lines together. */
function domain(lines: readonly LineAt[], window: WindowResult): readonly [number, number] {
  const reach = Math.max(...lines.map((entry) => Math.abs(entry.at)));
  const values = [window.delta ?? 0, ...(window.interval ?? []), ...lines.map((entry) => entry.at * 1.2)];
  const limit = reach * 1.7;
  const low = Math.max(-limit, Math.min(-reach * 0.45, ...values.map((value) => value * 1.05)));
  const high = Math.min(limit, Math.max(reach * 0.45, ...values.map((value) => value * 1.05)));
  return [low, high];
}

function zones(lines: readonly LineAt[], end: number, scale: Axis["scale"]) {
  const warning = lines.find((entry) => entry.level === "warning");
  const rollback = lines.find((entry) => entry.level !== "warning");
  const zone = (from: number, to: number, isWarning: boolean) => {
    const [a, b] = [scale(from), scale(to)];
    return { isWarning, isRollback: !isWarning, x: text(Math.min(a, b)), width: text(Math.abs(b - a)) };
  };
  return [
    ...(warning === undefined ? [] : [zone(warning.at, rollback?.at ?? end, true)]),
    ...(rollback === undefined ? [] : [zone(rollback.at, end, false)]),
  ];
}

/** Labels stay under their ticks unless two would touch: then the outer one moves away from zero. */
function ticks(lines: readonly LineAt[], scale: Axis["scale"]) {
  let previous = scale(0);
  return lines.map(({ level, at }, index) => {
    const x = scale(at);
    const way = Math.sign(at);
    const gap = index === 0 ? zeroGap : labelGap;
    const near = Math.abs(x - previous) < gap;
    previous = near ? previous + way * gap : x;
    const place = { x: text(x), labelX: text(previous) };
    return { level, isWarning: level === "warning", label: signedLineText(at), ...place };
  });
}

function label(lines: readonly LineAt[], window: WindowResult): string {
  const at = lines.map((entry) => entry.at);
  const change = window.unbounded ? "past every line" : changeText(window.delta, at);
  const range = window.interval === null ? "" : `, 95% interval ${intervalText(window.interval, at)}`;
  const marks = lines.map(({ level, at }) => `${level} at ${signedLineText(at)}`);
  return `Change ${change}${range}; ${marks.join(", ")}.`;
}

function text(value: number): string {
  return value.toFixed(1);
}
