/** A number beside the lines it is compared with: rounding must not carry it onto a line or across one. */
import type { MetricThresholds } from "../model/result.ts";

/** Below this two changes are the same, as they are for the judge. */
const SAME = 1e-9;

/**
 * The size of a number with at least `places` decimals, more where it would otherwise read as on, or past, a line that it is not
 * on: 4.996 beside 5 is "4.996", beside nothing or −5 "5.0".
 */
export function sizeBeside(value: number, lines: readonly number[], places: number): string {
  const isHonest = (text: string) => lines.every((line) => side(Number(text), line) === side(value, line));
  let digits = places;
  while (digits < MOST_PLACES && !isHonest(value.toFixed(digits))) digits += 1;
  return Math.abs(value).toFixed(digits);
}

/** At this many every two numbers that differ by more than `SAME` are written differently. */
const MOST_PLACES = 10;

/** A fraction in percent: 0.04996 beside 0.05 is "4.996%". */
export function percentBeside(fraction: number, lines: readonly number[], places: number): string {
  return `${sizeBeside(fraction * 100, lines.map(inPercent), places)}%`;
}

/** Without the dust of binary fractions: 0.07 → 7, not 7.000000000000001. */
export function inPercent(fraction: number): number {
  return Number((fraction * 100).toPrecision(12));
}

const levels = ["warning", "rollback", "severe"] as const;
export type Level = (typeof levels)[number];

export interface LineAt {
  readonly level: Level;
  readonly at: number;
}

/** A metric's thresholds as changes, by level: −0.05 for a drop of 5%; none without thresholds. */
export function signedLines(thresholds: MetricThresholds | null): readonly LineAt[] {
  if (thresholds === null) return [];
  return levels.flatMap((level) => {
    const value = thresholds[level];
    return value === null ? [] : [{ level, at: thresholds.harm === "drop" ? -value : value }];
  });
}

export function thresholdLines(thresholds: MetricThresholds | null): readonly number[] {
  return signedLines(thresholds).map(({ at }) => at);
}

function side(value: number, line: number): number {
  const gap = value - line;
  return Math.abs(gap) < SAME ? 0 : Math.sign(gap);
}
