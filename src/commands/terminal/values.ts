/** Option texts → values; anything else is a usage error that names the option. */
import { isDay } from "../../model/calendar.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "90s" → 90000, "10m" → 600000, "0" → 0 */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const unit = UNITS[match?.[2] ?? ""];
  if (text.trim() === "0") return 0;
  if (match === null || unit === undefined) {
    throw new GatebookError("usage", `--${option} ${text} is not a duration`, {
      hint: "write it as 90s, 10m or 1h",
    });
  }
  return Number(match[1]) * unit;
}

/** "2026-02-07" */
export function parseDay(text: string, option: string): Day {
  if (isDay(text)) return text;
  throw new GatebookError("usage", `--${option} ${text} is not a day`, {
    hint: "a day is written 2026-02-07",
  });
}

/** Both ends of a closed range of days. */
export function parseWindow(
  from: string | undefined,
  to: string | undefined,
): { readonly from: Day; readonly to: Day } {
  if (from === undefined || to === undefined) {
    throw new GatebookError("usage", `--${from === undefined ? "from" : "to"} is missing`, {
      hint: "a window needs both ends: --from 2026-02-01 --to 2026-02-07",
    });
  }
  const range = { from: parseDay(from, "from"), to: parseDay(to, "to") };
  if (range.to < range.from) {
    throw new GatebookError("usage", `--to ${to} is before --from ${from}`, { hint: "swap the two days" });
  }
  return range;
}

/** "10%" or "0.1" → 0.1; above 0 and below 1. */
export function parseShare(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  const share = match === null ? Number.NaN : Number(match[2] === "%" ? `${match[1]}e-2` : match[1]);
  if (share > 0 && share < 1) return share;
  throw new GatebookError("usage", `--${option} ${text} is not a share`, {
    hint: "write it as 10% or 0.1; all and nothing are no shares",
  });
}

/** "1000" → 1000, when it is at least that. */
export function parseWhole(text: string, option: string, least: number): number {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new GatebookError("usage", `--${option} ${text} is not a whole number from ${least} on`, {
    hint: `e.g. --${option} 1000`,
  });
}
