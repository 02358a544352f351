/** Is the gate's traffic steady, and if not, after how many usual days would it be? */

import type { TrafficDay } from "../../model/measurement.ts";
import { lineText, sizeText } from "../../text/numbers.ts";
import type { DecisionContext } from "../decision/decision-context.ts";

interface Swing {
  readonly day: TrafficDay;
  /** Fraction of the window's mean. */
  readonly swing: number;
}

interface Steadiness {
  /** The day furthest from the mean; null with fewer than two complete days. */
  readonly swing: Swing | null;
  /** Usual days to come until every day is within the limit; 0: it is; null: never while that day is in the window. */
  readonly days: number | null;
}

/** A day as it came in all is added so often at most; what is still too far then stays too far. */
const MOST_USUAL_DAYS = 60;

export function steadyIn(context: Pick<DecisionContext, "complete" | "input">, limit: number): Steadiness {
  const dates = new Set(context.complete.map((day) => day.date));
  const days = context.input.traffic.days.filter((day) => dates.has(day.date));
  const swing = largestSwing(days);
  // One day cannot be steady or unsteady; a gate that wants steady traffic wants to see two.
  if (swing === null) return { swing, days: 2 - days.length };
  const isSteady = (some: readonly TrafficDay[]) => Math.abs(largestSwing(some)?.swing ?? 0) <= limit + 1e-9;
  const usual = middleDay(days);
  for (let more = 0; more <= MOST_USUAL_DAYS; more++) {
    if (isSteady([...days, ...Array.from({ length: more }, () => usual)])) return { swing, days: more };
  }
  return { swing, days: null };
}

/** "2026-02-05 was 40.0% above the window's mean, 25% is allowed" */
export function swingText({ day, swing }: Swing, limit: number): string {
  const side = swing < 0 ? "below" : "above";
  return `${day.date} was ${sizeText(swing, [limit])} ${side} the window's mean, ${lineText(limit)} is allowed`;
}

/** The day furthest from the mean of the complete days, as a fraction of that mean; null with fewer than two days. */
function largestSwing(days: readonly TrafficDay[]): Swing | null {
  const mean = days.reduce((sum, day) => sum + volumeOf(day), 0) / days.length;
  if (days.length < 2 || !(mean > 0)) return null;
  return days
    .map((day) => ({ day, swing: (volumeOf(day) - mean) / mean }))
    .reduce((most, next) => (Math.abs(next.swing) > Math.abs(most.swing) ? next : most));
}

function volumeOf({ baseline, candidate }: TrafficDay): number {
  return baseline.impressions + candidate.impressions;
}

/** The day of the middle volume. */
function middleDay(days: readonly TrafficDay[]): TrafficDay {
  const sorted = days.toSorted((a, b) => volumeOf(a) - volumeOf(b));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error("no day, no middle day");
  return middle;
}
