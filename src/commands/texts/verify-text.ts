/** The answer of `gatebook verify-rollback`: one sentence first, then the numbers behind it, then what to do. Pure. */
import { countText, percentText } from "../../text/numbers.ts";
import { clockText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import type { ServedHour } from "../../verify/events.ts";
import { type Claim, limitOf, type Proof, type ProofEvidence } from "../../verify/prove.ts";
import { formatTable, left, right } from "../terminal/table.ts";
import type { Verification } from "../verify/verify-look.ts";
import { nextLines, noteLines } from "./verify-next.ts";

export function verificationText(verification: Verification, columns: number): string {
  return [
    verdictSentence(verification),
    ...numberLines(verification),
    ...hourTable(verification, columns),
    ...noteLines(verification).map((note) => `Note: ${note}`),
    "Next:",
    ...nextLines(verification).map((line) => `  ${line}`),
  ].join("\n");
}

export function verificationJson(verification: Verification) {
  const { claim, evidence, proof } = verification;
  return {
    outcome: proof.outcome,
    sentence: verdictSentence(verification),
    claim,
    proof,
    ...evidence,
    notes: noteLines(verification),
    next: nextLines(verification),
  };
}

const OPENINGS = { proved: "PROVED", still_served: "STILL SERVED", not_proved: "NOT PROVED" } as const;

function verdictSentence(verification: Verification): string {
  return `${OPENINGS[verification.proof.outcome]}: ${clause(verification)}`;
}

function clause({ claim, evidence, proof, timeZone }: Verification): string {
  const { baseline, candidate, allowed, allowedBy } = claim;
  const since = clockText(claim.since, timeZone);
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
      return `since ${since} ${baseline} is not the only one served: also ${otherNames(evidence)}.`;
    case "above_share":
      return `${candidate} gets ${share} of units since ${since}, more than ${most}.`;
    case "no_data":
      return `no data after ${since}${olderText(evidence)}.`;
    case "unreadable":
      return "some saved responses cannot be read.";
    case "times_disagree":
      return `the dates of the events disagree with their times, so it is unknown which came after ${since}: is time_zone of the source right?`;
    case "too_few":
      return `too little data after ${since}: ${seenText(evidence)}; about ${countText(proof.unitsNeeded ?? 0)} units are needed.`;
    default:
      return proof.why satisfies never;
  }
}

function lastText({ events }: ProofEvidence, timeZone: string): string {
  const last = events?.lastCandidate ?? null;
  return last === null ? "" : `, the last at ${clockText(last, timeZone)}`;
}

function otherNames({ events, responses }: ProofEvidence): string {
  const names = events?.others ?? [];
  return names.length > 0 ? names.join(", ") : (responses?.shown ?? []).join("; ");
}

function olderText({ responses }: ProofEvidence): string {
  const older = responses?.olderFiles ?? 0;
  return older === 0
    ? ""
    : ` (${plural(older, "file")} saved before it ${older === 1 ? "proves" : "prove"} nothing)`;
}

/** The numbers behind the sentence; no line when there are none. */
function numberLines({ claim, evidence, proof, timeZone }: Verification): readonly string[] {
  if (proof.bounds === null || proof.power === null) return [];
  const { events } = evidence;
  const upTo = events?.last == null ? "" : `, events up to ${clockText(events.last, timeZone)}`;
  const seen = `Seen: ${seenText(evidence)}${upTo}; ${countText(proof.candidateUnits)} got ${claim.candidate}.`;
  if (claim.allowed > 0) return [seen, boundsLine(claim, proof)];
  // How likely the candidate would have been seen only matters where it was not.
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
  return `If ${candidate} were still at ${percentText(before)}, this many units would show it with a probability of ${sure} (95% is required).`;
}

function boundsLine(claim: Claim, { bounds }: Proof): string {
  const lower = percentText(bounds?.lower ?? 0, [claim.allowed]);
  const upper = percentText(bounds?.upper ?? 1, [limitOf(claim)]);
  return `Wilson bounds of its share: above ${lower} (99% confidence; must not be above ${percentText(claim.allowed)}), below ${upper} (95% confidence; must be at most ${percentText(limitOf(claim))}; it was ${percentText(claim.before)}).`;
}

/** The hours that show the candidate, and the latest; a fortnight of hours would hide them. */
const MOST_HOURS = 24;

function hourTable({ claim, evidence, timeZone }: Verification, columns: number): readonly string[] {
  const hours = evidence.events?.hours ?? [];
  if (hours.length === 0) return [];
  const shown = hours
    .toSorted((a, b) => Number(isSuspect(b)) - Number(isSuspect(a)) || (a.hour < b.hour ? 1 : -1))
    .slice(0, MOST_HOURS)
    .toSorted((a, b) => (a.hour < b.hour ? -1 : 1));
  const extra = (["other", "late"] as const).filter((name) => hours.some((hour) => hour[name] > 0));
  const rows = shown.map((hour) => [
    clockText(hour.hour, timeZone),
    hour.baseline,
    hour.candidate,
    ...extra.map((name) => hour[name]),
  ]);
  const head = [...left(`hour (${timeZone})`), ...right(claim.baseline, claim.candidate, ...extra)];
  const more = hours.length - shown.length;
  return [
    "",
    formatTable(head, rows, { columns }),
    ...(more === 0 ? [] : [`${plural(more, "more hour")} (--json lists them all)`]),
    "",
  ];
}

function isSuspect({ candidate, other }: ServedHour): boolean {
  return candidate + other > 0;
}
