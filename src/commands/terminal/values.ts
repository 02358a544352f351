/** Option texts → values; anything else is a usage error that names the option. */
import { gateStart, readStart } from "../../config/gate-start.ts";
import { isDay, startOfDay } from "../../model/calendar.ts";
import { PERCENT, readShare } from "../../model/share.ts";
import type { Day } from "../../model/words.ts";
import { usageError } from "./errors.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "90s" → 90000, "10m" → 600000, "0" → 0 */
export function parseDuration(text: string, option: string): number {
  const [, number, unit = "ms"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$|^0$/.exec(text.trim()) ?? [];
  if (text.trim() === "0") return 0;
  const size = UNITS[unit];
  if (number !== undefined && size !== undefined) return Number(number) * size;
  throw usageError(`--${option} must be a duration, not "${text}"`, "write it as 90s, 10m or 1h");
}

/** A file or folder; an empty text, as of a variable that is not set, would be the current folder. */
export function parsePath(text: string, option: string): string {
  if (text.trim() !== "") return text;
  throw usageError(`--${option} is empty`, "name a file or folder, or leave the option out");
}

/** "2026-02-07" */
export function parseDay(text: string, option: string): Day {
  if (isDay(text)) return text;
  throw usageError(`--${option} must be a day, not "${text}"`, "write a day as 2026-02-07");
}

export interface Window {
  readonly from: Day;
  readonly to: Day;
}

/** Both ends of a closed range of days. */
export function windowOf({
  from,
  to,
}: {
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}): Window {
  if (from === undefined || to === undefined)
    throw usageError(
      `--${from === undefined ? "from" : "to"} is missing`,
      "a window needs both ends: --from 2026-02-01 --to 2026-02-07",
    );
  if (to < from) throw usageError(`--to ${to} is before --from ${from}`, "swap the two days");
  return { from, to };
}

/** "10%", "10 %" or "0.1" → 0.1; `zero` and `all` say whether 0% and 100% are allowed. */
export function parseShare(text: string, option: string, { zero = false, all = false } = {}): number {
  const share = readShare(text);
  // 1 for 1% would be everything
  const isAll = share === 1 && PERCENT.test(text);
  if (share < 1 ? share > 0 || (zero && share === 0) : all && isAll) return share;
  const low = zero ? "at least 0%" : "more than 0%";
  const high = all ? "at most 100%" : "less than 100%";
  throw usageError(`--${option} must be ${low} and ${high}, not "${text}"`, "write it as 10% or 0.1");
}

/** "2026-02-08T09:30" in the rollout's zone, "2026-02-08 09:30:15Z", "2026-02-08" → ISO UTC. */
export function parseInstant(text: string, option: string, timeZone: string): string {
  const written = readStart(text.trim());
  if (written === null)
    throw usageError(
      `--${option} must be a time, not "${text}"`,
      `write 2026-02-08T09:30 for a time in ${timeZone}, or 2026-02-08T09:30Z`,
    );
  const { at, day } = gateStart(written, timeZone);
  return at ?? startOfDay(day, timeZone);
}

/** A parser of whole numbers: wholeFrom(1)("40", "limit") → 40. */
export function wholeFrom(least: number, most = 999_999_999) {
  return (text: string, option: string): number => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const range = most === 999_999_999 ? `of at least ${least}` : `from ${least} to ${most}`;
    throw usageError(
      `--${option} must be a whole number ${range}, not "${text}"`,
      `e.g. --${option} ${Math.max(least, 10)}`,
    );
  };
}
