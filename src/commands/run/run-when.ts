/** Which time a run is for: a night has a day, the first 24 hours of a gate have an instant. */
import type { Result } from "../../model/result.ts";
import type { Day, Phase } from "../../model/words.ts";
import { clockText } from "../../text/times.ts";
import { usageError } from "../terminal/errors.ts";
import { parseInstant } from "../terminal/values.ts";

export interface When {
  readonly phase: Phase;
  readonly date: Day | undefined;
  readonly from: Day | undefined;
  readonly to: Day | undefined;
  readonly asOf: string | undefined;
}

/** An option of the other phase would be ignored, and look as if it had been used. */
export function refuseOtherDays({ phase, asOf, ...days }: When): void {
  if (phase === "daily" && asOf !== undefined)
    throw usageError(
      "--as-of only works with --phase first-24h",
      "a nightly run is judged as of the end of its --date",
    );
  const stray = (["date", "from", "to"] as const).find((name) => days[name] !== undefined);
  if (phase === "daily" || stray === undefined) return;
  throw usageError(
    `--${stray} does not work with --phase first-24h`,
    "its window runs from the opening of the active gate to now, or to --as-of 2026-02-01T12:00",
  );
}

/** In the rollout's zone unless the text names another: ISO, UTC. */
export async function readAsOf(text: string, file: string): Promise<string> {
  return parseInstant(text, "as-of", await zoneOf(file));
}

async function zoneOf(file: string): Promise<string> {
  const { loadConfig } = await import("../../config/load-config.ts");
  return loadConfig(file).rollout.timeZone;
}

/** "2026-02-07"; "first 24 hours as of 2026-02-01 12:00 (Europe/Berlin)" */
export function whenText({ phase, window }: Result): string {
  if (phase === "daily") return window.reportDate;
  return `first 24 hours as of ${clockText(window.asOf, window.timeZone)} (${window.timeZone})`;
}
