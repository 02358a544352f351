/** Names, texts and dates as SQL literals. */
import type { Day } from "../model/words.ts";

/** he"llo → "he""llo" */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** it's → 'it''s' */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** 2026-02-01 → DATE '2026-02-01' */
export function dateLiteral(day: Day): string {
  return `DATE ${quoteText(day)}`;
}

export function dateList(days: readonly Day[]): string {
  return days.map(dateLiteral).join(", ");
}
