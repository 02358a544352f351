/**
 * Numbers, dates and durations as text, the same in every format: a real minus sign, commas in counts (as
 * the charts and the reasons have them), and
 * words instead of a number that is not to be had. Nothing here reads a clock or a locale.
 */
import { dayOf, isHour } from "../model/hours.ts";

export const minus = "−";
export const notAvailable = "not available";

function signed(text: string): string {
  return text.replace("-", minus);
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 1411894 → "1,411,894"; a fraction keeps at most two places. */
export function count(value: number | null): string {
  if (value === null) return notAvailable;
  const [whole = "0", places] = String(Number(Math.abs(value).toFixed(2))).split(".");
  const text = grouped(whole) + (places === undefined ? "" : `.${places}`);
  return value < 0 && text !== "0" ? minus + text : text;
}

/** `plural(1, "day")` → "1 day", `plural(3, "day")` → "3 days". */
export function plural(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : many}`;
}

/** A share as a percentage of three significant digits: 0.0512 → "5.12%", 0.00047 → "0.0470%", 0.1 → "10%". */
export function percent(value: number | null): string {
  if (value === null) return notAvailable;
  const hundredths = Number((value * 100).toPrecision(12));
  if (Number.isInteger(hundredths)) return `${signed(String(hundredths))}%`;
  const places = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(hundredths)))));
  return `${signed(hundredths.toFixed(places))}%`;
}

/** A configured line as it was written: 0.03 → "3%", 0.125 → "12.5%". */
export function line(value: number | null): string {
  if (value === null) return "not set";
  return `${signed(String(Number((value * 100).toPrecision(10))))}%`;
}

/**
 * A relative change with its sign and one place, more where rounding would carry it across one of `lines`: −0.02996 beside
 * a line at −0.03 is "−2.996%", since "−3.0%" would read as past the line. Next to nothing gets a second place and no
 * more: 0.000005 is "+0.00%".
 */
export function delta(value: number | null, lines: readonly number[] = []): string {
  if (value === null) return notAvailable;
  if (value === 0) return "0.0%";
  for (let places = 1; places < 6; places += 1) {
    const shown = Number((value * 100).toFixed(places)) / 100;
    const honest = lines.every((at) => Math.sign(round(shown - at)) === Math.sign(round(value - at)));
    if (honest && (shown !== 0 || places === 2)) return sign(value, places);
  }
  return sign(value, 1);
}

/** Below 1e-9 two changes are the same (the tolerance of the judge). */
function round(value: number): number {
  return Math.abs(value) < 1e-9 ? 0 : value;
}

function sign(value: number, places: number): string {
  const text = Math.abs(value * 100).toFixed(places);
  return `${value < 0 ? minus : "+"}${text}%`;
}

/** "−10.3% to −4.4%" */
export function interval(bounds: readonly [number, number] | null): string {
  return bounds === null ? notAvailable : `${delta(bounds[0])} to ${delta(bounds[1])}`;
}

/** Difference of two shares: 0.0553 → "5.5 points". */
export function points(value: number): string {
  const size = Math.abs(value * 100);
  const text = size >= 0.95 || size === 0 ? size.toFixed(1) : size.toPrecision(1);
  return `${text} ${text === "1.0" ? "point" : "points"}`;
}

/** A probability never says 0% or 100%: "less than 0.1%", "94%". */
export function probability(value: number | null): string {
  if (value === null) return notAvailable;
  if (value < 0.001) return "less than 0.1%";
  if (value > 0.999) return "more than 99.9%";
  return value < 0.1 || value > 0.99 ? `${(value * 100).toFixed(1)}%` : `${Math.round(value * 100)}%`;
}

export function pValue(value: number | null): string {
  if (value === null) return `p ${notAvailable}`;
  if (value < 0.0001) return "p < 0.0001";
  return `p = ${value < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`;
}

/** "about 3 more days", "at least 3 more days" */
export function moreDays(value: number | null, atLeast = false): string {
  if (value === null) return notAvailable;
  return `${atLeast ? "at least" : "about"} ${plural(value, "more day")}`;
}

export function milliseconds(value: number): string {
  if (value < 1) return "under 1 ms";
  if (value < 1000) return `${Math.round(value)} ms`;
  return value < 60_000 ? `${(value / 1000).toFixed(1)} s` : `${(value / 60_000).toFixed(1)} min`;
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  if (value < 1_000_000) return `${(value / 1000).toFixed(1)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

export function age(hours: number | null): string {
  if (hours === null) return notAvailable;
  if (hours < 1) return "under 1 hour";
  return hours < 48 ? plural(Math.round(hours), "hour") : plural(Math.round(hours / 24), "day");
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** "2026-02-07" → "Sat 2026-02-07", the hour "2026-02-07T13" → "Sat 2026-02-07 13:00" */
export function day(slot: string): string {
  const name = weekdays[new Date(`${dayOf(slot)}T00:00:00Z`).getUTCDay()];
  const text = isHour(slot) ? `${slot.replace("T", " ")}:00` : slot;
  return name === undefined ? text : `${name} ${text}`;
}

/** "2026-02-08T03:00:12.345Z" → "2026-02-08 03:00:12 UTC"; a full minute is written without seconds. */
export function instant(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]?.replace(/:00$/, "")} UTC`;
}

/** First twelve characters of a hash; the whole stands in result.json. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * Changes as a text sparkline: no change is the middle, `line` (or the largest change, if that is more) the ends, so that
 * noise looks small. A gap is "·".
 */
export function sparkline(changes: readonly (number | null)[], line: number): string {
  const reach = Math.max(line, ...changes.map((change) => Math.abs(change ?? 0)));
  const bar = (change: number) => bars[Math.round((change / reach + 1) * 3.5)] ?? "·";
  return changes.map((change) => (change === null || reach === 0 ? "·" : bar(change))).join("");
}
