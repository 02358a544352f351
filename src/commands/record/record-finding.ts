/** Which finding `gatebook record accept` settles: an open one of the latest night, by the word its check gave it. Pure. */
import { acceptLine } from "../../judge/checklist/runbook.ts";
import type { Result } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { usageError } from "../terminal/errors.ts";

export interface Offers {
  /** Report date of the latest night: the acceptance counts from it on, so that a rerun of that night sees it. */
  readonly date: Day;
  readonly offered: readonly Offer[];
}

export interface Offer {
  /** "day:2026-02-06" */
  readonly word: string;
  readonly check: string;
  readonly detail: string;
}

export function offersOf(latest: Pick<Result, "checks" | "window"> | null): Offers | null {
  if (latest === null) return null;
  const offered = latest.checks.flatMap(({ accept, status, name, detail }) =>
    accept === null || status === "pass" || status === "not_checked"
      ? []
      : [{ word: accept, check: name, detail }],
  );
  return { date: latest.window.reportDate, offered };
}

/** The whole word, or its kind alone where only one finding is of that kind. Throws GatebookError `usage` that lists them all. */
export function acceptedWord(wanted: string | null, offers: Offers | null): string {
  const offered = offers?.offered ?? [];
  const words = offered.map(({ word }) => word);
  if (wanted !== null && words.includes(wanted)) return wanted;
  const ofKind = words.filter((word) => word.split(":")[0] === wanted);
  const [only] = ofKind;
  if (only !== undefined && ofKind.length === 1) return only;
  throw usageError(refusal(wanted, ofKind.length, offers), listed(offered));
}

function refusal(wanted: string | null, ofKind: number, offers: Offers | null): string {
  if (offers === null) return "no night has been judged yet: there is nothing to accept";
  if (wanted === null) return "the finding to accept is missing";
  if (ofKind > 1) return `the night of ${offers.date} has ${ofKind} findings ${wanted}`;
  return `the night of ${offers.date} has no finding ${wanted} that can be accepted`;
}

function listed(offered: readonly Offer[]): string {
  if (offered.length === 0) return "it has none: what blocks it must be fixed";
  return `it has: ${offered.map(({ word, check, detail }) => `${acceptLine(word)} (${check}: ${detail})`).join("; ")}`;
}
