/** Who settled a finding, and why, as every check says it. */
import type { Acceptance } from "../model/ledger.ts";

type Settled = Pick<Acceptance, "by" | "reason">;

/** "accepted by Mia (the export was late)" */
export function acceptedText({ by, reason }: Settled): string {
  return `accepted by ${by} (${reason})`;
}

/** "accepted by Mia on 2026-02-04 (the export was late)": of a finding that is no day's own. */
export function acceptedOnText({ by, since, reason }: Acceptance): string {
  return `accepted by ${by} on ${since} (${reason})`;
}
