/** Evidence against a claim: what was served after an instant → `proved`, `still_served` or `not_proved`, with its numbers. Pure. */
import type { Preset } from "../model/words.ts";
import type { ServedEvents } from "./events.ts";
import type { ServedResponses } from "./responses.ts";
import { type WilsonInterval, wilsonBounds, Z95, Z99 } from "./wilson.ts";

/**
 * What a rollback claims. Shares are the candidate's share of units, fractions. `allowed` is what the claim leaves it (0
 * after an immediate rollback), `before` what it had: evidence that could as well come from `before` proves nothing.
 */
export interface Claim {
  readonly preset: Preset;
  readonly baseline: string;
  readonly candidate: string;
  readonly allowed: number;
  readonly before: number;
  /** Evidence counts from this instant on, ISO UTC. */
  readonly since: string;
}

export interface ProofEvidence {
  /** Null: not asked, or the warehouse holds none. */
  readonly events: ServedEvents | null;
  readonly responses: ServedResponses | null;
  /** The times of the events are read in another zone than their days: they do not say what comes after the instant. */
  readonly timesDisagree?: boolean | undefined;
}

export type Why =
  /** proved */
  | "baseline_only"
  | "within_share"
  /** still_served */
  | "candidate_served"
  | "other_served"
  | "above_share"
  /** not_proved */
  | "no_data"
  | "unreadable"
  | "times_disagree"
  | "too_few";

export interface Proof {
  readonly outcome: "proved" | "still_served" | "not_proved";
  readonly why: Why;
  /** Units in the events plus saved responses, each counted as one unit. */
  readonly units: number;
  readonly candidateUnits: number;
  /** Null without units. */
  readonly share: number | null;
  /** One-sided: the share is below `upper` with 95% confidence and above `lower` with 99%. */
  readonly bounds: WilsonInterval | null;
  /** Units after which the question is settled; null when it is, or when nobody can say. */
  readonly unitsNeeded: number | null;
  /** Probability that so many units would have shown the candidate, had its share still been `before`. */
  readonly power: number | null;
}

/** Highest probability allowed that evidence for the claim comes from the state before the rollback. */
const DOUBT = 0.05;
/** Nine tenths of the way must be shown, as the nightly check of a recorded move asks. */
const REMAINDER = 0.1;

export function prove(claim: Claim, { events, responses, timesDisagree }: ProofEvidence): Proof {
  const units = (events?.units ?? 0) + (responses?.responses ?? 0) - (responses?.other ?? 0);
  const candidateUnits = (events?.candidateUnits ?? 0) + (responses?.candidate ?? 0);
  const others = (events?.others.length ?? 0) + (responses?.other ?? 0);
  const counted = { units, candidateUnits, share: units === 0 ? null : candidateUnits / units };
  const bounds =
    units === 0
      ? null
      : {
          lower: wilsonBounds(candidateUnits, units, Z99).lower,
          upper: wilsonBounds(candidateUnits, units, Z95).upper,
        };
  const power = units === 0 ? null : 1 - (1 - claim.before) ** units;
  const proof = (outcome: Proof["outcome"], why: Why, unitsNeeded: number | null = null): Proof => {
    return { outcome, why, ...counted, bounds, unitsNeeded, power };
  };

  const isBaselineOnly = claim.allowed === 0;
  if (isBaselineOnly && candidateUnits > 0) return proof("still_served", "candidate_served");
  if (isBaselineOnly && others > 0) return proof("still_served", "other_served");
  if (bounds !== null && bounds.lower > claim.allowed) return proof("still_served", "above_share");
  if ((responses?.problems.length ?? 0) > 0) return proof("not_proved", "unreadable");
  if (timesDisagree === true) return proof("not_proved", "times_disagree");
  if (bounds === null || power === null) return proof("not_proved", "no_data");
  if (isBaselineOnly) {
    return power >= 1 - DOUBT
      ? proof("proved", "baseline_only")
      : proof("not_proved", "too_few", Math.ceil(Math.log(DOUBT) / Math.log(1 - claim.before)));
  }
  const limit = limitOf(claim);
  return bounds.upper <= limit
    ? proof("proved", "within_share")
    : proof("not_proved", "too_few", unitsFor(claim.allowed, limit));
}

/** 50% → 10%: the upper bound must be at most 14%. A claim that moves little is held to a tenth of what it allows. */
export function limitOf({ allowed, before }: Claim): number {
  return allowed + REMAINDER * Math.max(before - allowed, allowed);
}

/** Units with which an observed share of `allowed` has its upper bound at `limit`, e.g. 204 for 10% and 14%. */
function unitsFor(allowed: number, limit: number): number {
  return Math.ceil((Z95 ** 2 * limit * (1 - limit)) / (limit - allowed) ** 2);
}
