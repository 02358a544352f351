/** Of which time a run is: a night has a day, the first 24 hours of a gate have an instant. */
import { addDays, dayAt, wallClockAt } from "../model/calendar.ts";
import { GatebookError } from "../model/error.ts";
import type { Result } from "../model/result.ts";
import type { Day, Phase } from "../model/words.ts";
import type { CommandContext } from "./terminal/command.ts";
import { parseInstant } from "./terminal/values.ts";

export interface When {
  readonly phase: Phase;
  readonly date: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly asOf: string | undefined;
}

/** A night has a day and the first 24 hours have an instant: one option that means nothing would pass for the other. */
export function refuseOtherDays({ phase, asOf, ...days }: When): void {
  if (phase === "daily" && asOf !== undefined) {
    throw new GatebookError("usage", "--as-of only works with --phase first-24h", {
      hint: "a nightly run is judged as of the end of its --date",
    });
  }
  const stray = (["date", "from", "to"] as const).find((name) => days[name] !== undefined);
  if (phase === "daily" || stray === undefined) return;
  throw new GatebookError("usage", `--${stray} does not work with --phase first-24h`, {
    hint: "its window runs from the opening of the active gate to now, or to --as-of 2026-02-01T12:00",
  });
}

/** Its night would be the newest in the ledger until that day comes. Today may be asked for: exports arrive all day. */
export async function refuseFuture(
  day: Day | null,
  file: string,
  { now }: Pick<CommandContext, "now">,
): Promise<void> {
  if (day === null) return;
  const { loadConfig } = await import("../config/load-config.ts");
  const { timeZone } = loadConfig(file).rollout;
  const today = dayAt(now(), timeZone);
  if (day <= today) return;
  throw new GatebookError("usage", `${day} is in the future: today is ${today} (${timeZone})`, {
    hint: `a day is judged when it is over; the last one is --date ${addDays(today, -1)}`,
  });
}

/** In the rollout's zone unless the text names another: ISO, UTC. */
export async function readAsOf(text: string, file: string): Promise<string> {
  const { loadConfig } = await import("../config/load-config.ts");
  return parseInstant(text, "as-of", loadConfig(file).rollout.timeZone);
}

/** "2026-02-07"; "first 24 hours as of 2026-02-01 12:00 (Europe/Berlin)" */
export function whenText({ phase, window }: Result): string {
  if (phase === "daily") return window.reportDate;
  const clock = wallClockAt(new Date(window.asOf), window.timeZone).replace("T", " ").slice(0, 16);
  return `first 24 hours as of ${clock} (${window.timeZone})`;
}
