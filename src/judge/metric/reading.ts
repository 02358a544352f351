/**
 * The literal runbook: which line a change reaches. A line is reached at the line itself ("a drop of exactly 3% is a
 * warning"), with 1e-9 for what doubles lose.
 */
import type { Guardrail } from "../../model/config.ts";
import type { Reading, Unit } from "../../model/words.ts";
import type { ComparisonKind } from "../input.ts";

const TOLERANCE = 1e-9;

/** The lines that count tonight. */
export interface Lines {
  readonly harm: "drop" | "rise";
  readonly warning: number | null;
  readonly rollback: number | null;
  readonly severe: number | null;
}

/**
 * Before/after is not randomised: weekday against weekday moves by 3% on its own, at 10 million impressions a day, so there only the
 * severe line can call for a rollback.
 */
export function linesFor(guardrail: Guardrail | null, comparison: ComparisonKind): Lines | null {
  if (guardrail === null || guardrail.harm === null) return null;
  const { harm, warning, rollback, severe } = guardrail;
  return { harm, warning, rollback: comparison === "before-after" ? severe : rollback, severe };
}

/**
 * The largest relative rise a value has room for: a share of 95% can rise by 1/0.95 − 1 = 5.3% and no more.
 * Infinity where nothing bounds it.
 */
export function roomToRise(baseline: number | null, unit: Unit): number {
  const bounded = unit === "percent" && baseline !== null && baseline > 0 && baseline <= 1;
  return bounded ? 1 / baseline - 1 : Number.POSITIVE_INFINITY;
}

/** A line of a rise that there is no room for, the rollback line first; null when every line can be reached. */
export function unreachableLine(lines: Lines | null, room: number): number | null {
  if (lines?.harm !== "rise") return null;
  const inOrder = [lines.rollback, lines.severe, lines.warning];
  return inOrder.find((line) => line !== null && room < line - TOLERANCE) ?? null;
}

/** The size of the change in the harmful direction; negative when it went the good way, Infinity from zero. */
export function harmfulChange(change: { delta: number | null; unbounded: boolean }, harm: "drop" | "rise") {
  if (change.unbounded) return harm === "rise" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (change.delta === null) return null;
  return harm === "drop" ? -change.delta : change.delta;
}

export function reaches(change: number | null, line: number | null): boolean {
  return change !== null && line !== null && change >= line - TOLERANCE;
}

/** The gate so far: `severeDay` says that some single complete day reaches the severe line. */
export function readWindow(change: number | null, lines: Lines, severeDay: boolean): Reading {
  if (change === null) return "no_data";
  if (reaches(change, lines.rollback) || severeDay) return "rollback";
  return reaches(change, lines.warning) ? "warning" : "healthy";
}

/** A single day: noisier, so that rollback needs the severe line; where none is set a day cannot read rollback. */
export function readDay(change: number | null, lines: Lines): Reading {
  if (change === null) return "no_data";
  if (reaches(change, lines.severe)) return "rollback";
  return reaches(change, lines.warning) ? "warning" : "healthy";
}
