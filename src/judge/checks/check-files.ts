/**
 * A check file's rows as one check: the worst row wins. No row at all, and a query that failed, are errors: what was
 * not looked at has not passed.
 */

import type { CheckMeasurement, CheckRow } from "../../model/measurement.ts";
import type { CheckResult } from "../../model/result.ts";
import type { CheckStatus } from "../../model/words.ts";
import { countText } from "../../text/numbers.ts";

const SEVERITY = ["pass", "not_checked", "warn", "fail", "error"] as const satisfies readonly CheckStatus[];

export function worst(statuses: readonly CheckStatus[]): CheckStatus | null {
  if (statuses.length === 0) return null;
  return SEVERITY[Math.max(...statuses.map((status) => SEVERITY.indexOf(status)))] ?? "error";
}

export function checkFile(measured: CheckMeasurement): CheckResult {
  const { name, title, description, owner, effect, path, error } = measured;
  const rows = measured.rows.map((row) => ({ ...row, detail: groupCounts(row.detail) }));
  const common = { name, title, description, owner, effect, path, error, accept: null, inspect: null };
  if (error !== null) {
    const detail = `the query failed: ${error.message}`;
    return { ...common, status: "error", observed: null, expected: null, detail, rows: [] };
  }
  const status = worst(rows.map((row) => row.status)) ?? "error";
  const named = rows.find((row) => row.status === status);
  const { observed = null, expected = null } = named ?? {};
  return { ...common, status, observed, expected, detail: detailOf(rows, named), rows };
}

const SHOWN_ROWS = 2;

function detailOf(rows: readonly CheckRow[], named: CheckRow | undefined): string {
  if (named === undefined) return "the query returned no row, so nothing was checked";
  if (named.status === "pass") return named.detail;
  const same = rows.filter((row) => row.status === named.status);
  const shown = same.slice(0, SHOWN_ROWS).map((row) => row.detail);
  return [...shown, ...(same.length > SHOWN_ROWS ? [`and ${same.length - SHOWN_ROWS} more`] : [])].join("; ");
}

const COUNT =
  /(?<![\w.,:#/-])\d{4,}(?= (?:of|events?|impressions?|clicks?|rows?|units?|saves?|in the window)\b)/g;

/** Standard SQL has no thousands separator: "30 of 55409 events" → "30 of 55,409 events". Ids, days and shares stay. */
export function groupCounts(detail: string): string {
  return detail.replace(COUNT, (digits) => countText(Number(digits)));
}
