/** What `gatebook verify-rollback` says: one sentence first, then what it rests on, then what to do. Pure. */

import { wallClockAt } from "../../model/calendar.ts";
import { countText, percentText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";
import { type Claim, limitOf, type Proof, type ProofEvidence } from "../../verify/prove.ts";
import type { NamedClaim } from "../verify/verify-claim.ts";

export interface Telling {
  readonly claim: NamedClaim;
  readonly evidence: ProofEvidence;
  readonly proof: Proof;
  readonly timeZone: string;
}

const OPENINGS = { proved: "PROVED", still_served: "STILL SERVED", not_proved: "NOT PROVED" } as const;

export function verdictSentence(telling: Telling): string {
  return `${OPENINGS[telling.proof.outcome]}: ${clause(telling)}`;
}

function clause({ claim, evidence, proof, timeZone }: Telling): string {
  const { baseline, candidate, allowed, allowedBy } = claim;
  const since = localTime(claim.since, timeZone);
  const share = percentText(proof.share ?? 0);
  const most = `${percentText(allowed)} (${allowedBy})`;
  switch (proof.why) {
    case "baseline_only":
      return `only ${baseline} is served since ${since}.`;
    case "within_share":
      return `${candidate} gets ${share} of units since ${since}, at most ${most}.`;
    case "candidate_served":
      return `${countText(proof.candidateUnits)} of ${countText(proof.units)} units got ${candidate} since ${since}${lastText(evidence, timeZone)}.`;
    case "other_served":
      return `since ${since} not only ${baseline} is served: also ${otherNames(evidence)}.`;
    case "above_share":
      return `${candidate} gets ${share} of units since ${since}, more than ${most}.`;
    case "no_data":
      return `no data after ${since}${olderText(evidence)}.`;
    case "unreadable":
      return "not every saved response can be read.";
    case "times_disagree":
      return `the events' own days disagree with their times, so that nobody knows which lie after ${since}: time_zone of the source?`;
    case "too_few":
      return `too little data after ${since}: ${seenText(evidence)}, about ${countText(proof.unitsNeeded ?? 0)} units are needed.`;
    default:
      return proof.why satisfies never;
  }
}

function lastText({ events }: ProofEvidence, timeZone: string): string {
  const last = events?.lastCandidate ?? null;
  return last === null ? "" : `, the last at ${localTime(last, timeZone, "seconds")}`;
}

function otherNames({ events, responses }: ProofEvidence): string {
  const names = events?.others ?? [];
  return names.length > 0 ? names.join(", ") : (responses?.shown ?? []).join("; ");
}

function olderText({ responses }: ProofEvidence): string {
  const older = responses?.olderFiles ?? 0;
  return older === 0 ? "" : ` (what was saved before it proves nothing: ${plural(older, "file")})`;
}

/** The numbers that the sentence rests on; no line when there are none. */
export function numberLines({ claim, evidence, proof, timeZone }: Telling): readonly string[] {
  if (proof.bounds === null || proof.power === null) return [];
  const { events } = evidence;
  const upTo = events?.last == null ? "" : `, events up to ${localTime(events.last, timeZone)}`;
  const seen = `Seen: ${seenText(evidence)}${upTo}; ${countText(proof.candidateUnits)} got ${claim.candidate}.`;
  if (claim.allowed > 0) return [seen, boundsLine(claim, proof)];
  // How telling silence is matters only where nothing was heard.
  return proof.outcome === "still_served" ? [seen] : [seen, powerLine(claim, proof.power)];
}

function seenText({ events, responses }: ProofEvidence): string {
  const parts = [
    ...(events === null || events.units === 0 ? [] : [plural(events.units, "unit")]),
    ...(responses === null || responses.responses === 0
      ? []
      : [plural(responses.responses, "saved response")]),
  ];
  return parts.length === 0 ? "nothing" : parts.join(" and ");
}

function powerLine({ candidate, before }: Claim, power: number): string {
  const sure = power > 0.999 ? "more than 99.9%" : percentText(Math.floor(power * 1000 + 1e-6) / 1000);
  return `Were ${candidate} still at ${percentText(before)}, so many units would show it with a probability of ${sure} (95% is asked for).`;
}

function boundsLine(claim: Claim, { bounds }: Proof): string {
  const lower = percentText(bounds?.lower ?? 0, [claim.allowed]);
  const upper = percentText(bounds?.upper ?? 1, [limitOf(claim)]);
  return `Wilson bounds of its share: above ${lower} (99% sure; must not be above ${percentText(claim.allowed)}), below ${upper} (95% sure; proof asks for at most ${percentText(limitOf(claim))}, it was ${percentText(claim.before)}).`;
}

/** "2026-02-08T09:30:00Z" in Europe/Berlin → "2026-02-08 10:30" */
export function localTime(instant: string, timeZone: string, to: "minutes" | "seconds" = "minutes"): string {
  const text = wallClockAt(new Date(instant), timeZone).replace("T", " ");
  return to === "minutes" ? text.slice(0, 16) : text;
}
