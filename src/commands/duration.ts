import { GatebookError } from "../model/error.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "90s" → 90000, "10m" → 600000, "0" → 0; anything else is a usage error that names the option. */
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
