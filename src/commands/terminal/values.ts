/** Option texts → values; anything else is a usage error that names the option. */
import { gateStart, readStart } from "../../config/gate-start.ts";
import { isDay, startOfDay } from "../../model/calendar.ts";
import { GatebookError } from "../../model/error.ts";
import { PERCENT, readShare } from "../../model/share.ts";
import type { Day } from "../../model/words.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "90s" → 90000, "10m" → 600000, "0" → 0 */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const unit = UNITS[match?.[2] ?? ""];
  if (text.trim() === "0") return 0;
  if (match === null || unit === undefined) {
    throw new GatebookError("usage", `--${option} must be a duration, not "${text}"`, {
      hint: "write it as 90s, 10m or 1h",
    });
  }
  return Number(match[1]) * unit;
}

/** "2026-02-07" */
export function parseDay(text: string, option: string): Day {
  if (isDay(text)) return text;
  throw new GatebookError("usage", `--${option} must be a day, not "${text}"`, {
    hint: "write a day as 2026-02-07",
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

/** "10%", "10 %" or "0.1" → 0.1; `zero` and `all` say whether 0% and 100% are shares here. */
export function parseShare(
  text: string,
  option: string,
  { zero = false, all = false }: { readonly zero?: boolean; readonly all?: boolean } = {},
): number {
  const share = readShare(text);
  // 1 for 1% would be everything
  const isAll = share === 1 && PERCENT.test(text);
  if (share < 1 ? share > 0 || (zero && share === 0) : all && isAll) return share;
  const low = zero ? "at least 0%" : "more than 0%";
  const high = all ? "at most 100%" : "less than 100%";
  throw new GatebookError("usage", `--${option} must be ${low} and ${high}, not "${text}"`, {
    hint: "write it as 10% or 0.1",
  });
}

/** "2026-02-08T09:30" in the rollout's zone, "2026-02-08 09:30:15Z", "2026-02-08" → ISO UTC. */
export function parseInstant(text: string, option: string, timeZone: string): string {
  const written = readStart(text.trim());
  if (written === null) {
    throw new GatebookError("usage", `--${option} must be a time, not "${text}"`, {
      hint: `write 2026-02-08T09:30 for a time in ${timeZone}, or 2026-02-08T09:30Z`,
    });
  }
  const { at, day } = gateStart(written, timeZone);
  return at ?? startOfDay(day, timeZone);
}

/** "1000" → 1000, when it is at least that. */
export function parseWhole(text: string, option: string, least: number): number {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new GatebookError("usage", `--${option} must be a whole number of at least ${least}, not "${text}"`, {
    hint: `e.g. --${option} 1000`,
  });
}
