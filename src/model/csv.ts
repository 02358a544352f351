/** A row of CSV as RFC 4180 has it: a comma, quote or line break is quoted; null is empty. Without the line break. */
import type { Scalar } from "./words.ts";

export function csvLine(values: readonly (Scalar | undefined)[]): string {
  return values.map(csvField).join(",");
}

function csvField(value: Scalar | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
