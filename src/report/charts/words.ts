/** Texts of charts, with the words and numbers of the rest of the report. */
import { line, minus } from "../format.ts";
import { type FontWeight, safetyFactor, textWidth } from "./svg/text-width.ts";

/** A configured line as a signed change: −0.05 → "−5%". */
export function lineText(at: number): string {
  return `${at < 0 ? minus : "+"}${line(Math.abs(at))}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "2026-02-07" → "7 Feb". */
export function dayText(date: string): string {
  const time = new Date(date.length === 10 ? `${date}T00:00:00Z` : date);
  return `${time.getUTCDate()} ${months[time.getUTCMonth()] ?? ""}`;
}

/** A day as above, an hour "2026-02-07T13:00:00Z" → "7 Feb 13:00". */
export function slotText(date: string): string {
  return date.length === 10 ? dayText(date) : `${dayText(date)} ${date.slice(11, 16)}`;
}

/** What one point of a chart stands for: in the first 24 h a window is an hour. */
export function slotWord(windows: readonly { readonly date: string }[]): "day" | "hour" {
  return windows.some((window) => window.date.length > 10) ? "hour" : "day";
}

interface Font {
  readonly size: number;
  readonly weight?: FontWeight;
}

/** The text in lines of at most `width` pixels, broken between words; a longer word stands alone. */
export function wrapText(text: string, width: number, { size, weight = "normal" }: Font): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size, weight) * safetyFactor <= width)
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
