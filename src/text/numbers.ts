/**
 * Numbers as a reader of any output sees them: a real minus sign, commas in counts, "not available" in place of a number that
 * there is none of. English, the same on every machine; no clock, no locale.
 */
import type { Unit } from "../model/words.ts";
import { inPercent, percentBeside } from "./beside.ts";

export const minus = "−";
export const notAvailable = "not available";

/** 1411894 → "1,411,894", 4711.4 → "4,711" */
export function countText(value: number | null): string {
  return amountText(value === null ? null : Math.round(value));
}

/** What may be a fraction, with at most two places: 12345.678 → "12,345.68", 12 → "12". */
export function amountText(value: number | null): string {
  if (value === null) return notAvailable;
  const [whole = "0", decimals] = String(Number(Math.abs(value).toFixed(2))).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (decimals === undefined ? "" : `.${decimals}`);
  return value < 0 && text !== "0" ? minus + text : text;
}

/** A share in percent with three significant digits: 0.0512 → "5.12%", 0.00047 → "0.0470%", 0.1 → "10%". */
export function percentText(value: number | null, lines: readonly number[] = []): string {
  if (value === null) return notAvailable;
  const percent = inPercent(value);
  const places = Number.isInteger(percent) ? 0 : significantPlaces(percent);
  return `${percent < 0 ? minus : ""}${percentBeside(value, lines, places)}`;
}

/** A share in percent with two places, so that several compare at a glance: 0.1003 → "10.03%". */
export function shareText(fraction: number, lines: readonly number[] = []): string {
  return percentBeside(fraction, lines, 2);
}

/** A configured line as it was written: 0.03 → "3%", 0.125 → "12.5%". */
export function lineText(value: number | null): string {
  if (value === null) return "not set";
  return `${String(Number((value * 100).toPrecision(10))).replace("-", minus)}%`;
}

/** A line as a change: −0.05 → "−5%", 0.05 → "+5%". */
export function signedLineText(at: number): string {
  return `${at < 0 ? minus : "+"}${lineText(Math.abs(at))}`;
}

/**
 * A relative change with its sign, one place, and as many more as keep it on its own side of every line: −0.02996 beside a
 * line at −0.03 is "−2.996%". Next to nothing gets a second place and no more: 0.000005 is "+0.00%".
 */
export function changeText(value: number | null, lines: readonly number[] = []): string {
  if (value === null) return notAvailable;
  return value === 0 ? "0.0%" : `${value < 0 ? minus : "+"}${sizeText(value, lines)}`;
}

/** The same in words: "down 6.2%", "up 0.4%", "unchanged". */
export function directionText(value: number, lines: readonly number[] = []): string {
  if (Math.abs(value) < 1e-12) return "unchanged";
  return `${value < 0 ? "down" : "up"} ${sizeText(value, lines)}`;
}

/** The same without direction: "6.2%". */
export function sizeText(value: number, lines: readonly number[] = []): string {
  return percentBeside(value, lines, value !== 0 && Math.abs(value) < 0.0005 ? 2 : 1);
}

/** "−10.3% to −4.4%" */
export function intervalText(
  bounds: readonly [number, number] | null,
  lines: readonly number[] = [],
): string {
  return bounds === null ? notAvailable : bounds.map((bound) => changeText(bound, lines)).join(" to ");
}

/** Difference of two shares in percentage points: 0.0553 → "+5.5". */
export function pointsText(value: number): string {
  const size = Math.abs(value * 100);
  return `${value < 0 ? minus : "+"}${size >= 0.95 || size === 0 ? size.toFixed(1) : size.toPrecision(1)}`;
}

/** A part of a change in percent, to be read beside the whole: −0.058 → "−5.8", next to nothing "+0.0". */
export function partText(value: number): string {
  const text = Math.abs(value * 100).toFixed(1);
  return `${value < 0 && text !== "0.0" ? minus : "+"}${text}`;
}

/** A probability never says 0% or 100%: "less than 0.1%", "94%". */
export function probabilityText(value: number | null): string {
  if (value === null) return notAvailable;
  if (value < 0.001) return "less than 0.1%";
  if (value > 0.999) return "more than 99.9%";
  return value < 0.1 || value > 0.99 ? `${(value * 100).toFixed(1)}%` : `${Math.round(value * 100)}%`;
}

export function pValueText(value: number | null): string {
  if (value === null) return `p ${notAvailable}`;
  if (value < 0.0001) return "p < 0.0001";
  return `p = ${value < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`;
}

/** A metric's value in its own unit, measured and therefore with its zeros: 0.05 → "5.00%", 12.34 seconds → "12.3 s"; `more` places. */
export function quantityText(value: number | null, unit: Unit, more = 0): string {
  if (value === null) return notAvailable;
  switch (unit) {
    case "percent":
      return `${measuredText(value * 100, more)}%`;
    case "seconds":
      return `${measuredText(value, more)} s`;
    case "ratio":
      return measuredText(value, more);
    case "count":
      return amountText(value);
    default:
      return unit satisfies never;
  }
}

/** Two values that differ, with as many places as show it: 0.26793 and 0.26756 → "26.79%" and "26.76%". */
export function quantitiesText(
  [one, other]: readonly [number, number],
  unit: Unit,
): readonly [string, string] {
  for (let more = 0; more < 4; more += 1) {
    const texts = [quantityText(one, unit, more), quantityText(other, unit, more)] as const;
    if (texts[0] !== texts[1] || Math.abs(one - other) < 1e-12) return texts;
  }
  return [quantityText(one, unit), quantityText(other, unit)];
}

function measuredText(value: number, more = 0): string {
  return value === 0 ? "0" : value.toFixed(significantPlaces(value) + more).replace("-", minus);
}

/** Significant digits, of whole numbers all: 0.10031 → "0.1003", 12345.6 → "12346". */
export function roundedText(value: number, digits: number): string {
  const whole = Math.abs(value) >= 10 ** (digits - 1);
  return String(Number(whole ? value.toFixed(0) : value.toPrecision(digits))).replace("-", minus);
}

/** Three significant digits. */
function significantPlaces(value: number): number {
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}
