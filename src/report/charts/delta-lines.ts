/** The lines of a guardrail on the axis of its delta, and the range that shows them together with the data. */
import type { MetricResult } from "../../model/result.ts";
import { type Level, signedLines } from "../../text/beside.ts";
import type { Range } from "./axes.ts";

export interface Line {
  readonly level: Level;
  /** The delta at which the line is reached: −0.03 for a drop of 3%. */
  readonly at: number;
  readonly token: "warning" | "rollback";
}

/** In the order of their distance from no change; none for an informational metric. */
export function linesOf(metric: MetricResult): readonly Line[] {
  return signedLines(metric.thresholds).map(({ level, at }) => ({
    level,
    at,
    token: level === "warning" ? "warning" : "rollback",
  }));
}

/** What lies past 3 times the last line (e.g. ±30%) is drawn at the edge: else 3% and 5% would look the same. */
const furthest = 3;
/**
 * Intervals may widen the picture by this share of its height; longer ones are cut at the edge, with a mark. Without
 * lines to keep apart they may reach 100% further.
 */
const intervalRoom = 0.75;

export function deltaRange(metric: MetricResult, lines: readonly Line[]): Range {
  const reach = Math.max(0, ...lines.map((line) => Math.abs(line.at) * furthest)) || Number.POSITIVE_INFINITY;
  const windows = [metric.observation, ...metric.days];
  const deltas = windows.flatMap((window) => (window.delta === null ? [] : [window.delta]));
  const core = [
    0,
    // The window is what the verdict is about: it and its interval are always in the picture.
    metric.observation.delta ?? 0,
    ...(metric.observation.interval ?? []),
    ...deltas.map((delta) => clamp(delta, { low: -reach, high: reach })),
    ...lines.map((line) => line.at * 1.1),
  ];
  const low = Math.min(...core);
  const high = Math.max(...core);
  const room = lines.length === 0 ? 1 : (high - low) * intervalRoom;
  const ends = windows.flatMap((window) => window.interval ?? []);
  return {
    low: Math.max(Math.min(low, ...ends), low - room, -Math.max(reach, -low)),
    high: Math.min(Math.max(high, ...ends), high + room, Math.max(reach, high)),
  };
}

export function clamp(value: number, range: Range): number {
  return Math.max(range.low, Math.min(range.high, value));
}
