/** How much more traffic would settle a window that is insufficient, and about how many days that takes. */
import { FEWEST_EXPECTED } from "../statistics/exact.ts";
import { normalQuantile } from "../statistics/normal.ts";
import { volumeFactorNeeded } from "../statistics/power.ts";
import { thresholdLog } from "../statistics/scale.ts";
import { peekingMultiplier } from "./bounds.ts";
import { type Called, ROLLBACK_ALPHA, type Standard, WARNING_ALPHA } from "./classify.ts";
import type { Evidence } from "./evidence.ts";

export interface Volume {
  /** Candidate's denominator at which the rollback line is settled; null when it is, or when nobody can say. */
  readonly volumeNeeded: number | null;
  readonly daysNeeded: number | null;
}

/** Beyond this a number of days says no more than "never at this traffic". */
const MOST_DAYS = 3650;

export function volumeFor(input: {
  readonly evidence: Evidence;
  readonly called: Called;
  readonly standard: Standard;
  /** Days with data so far: what a day brings is what they brought on average. */
  readonly days: number;
}): Volume {
  const { evidence, called, standard, days } = input;
  const done = evidence.candidate.denominator ?? 0;
  const nothing = { volumeNeeded: null, daysNeeded: null };
  if (called.classification !== "insufficient" || standard.comparison === "before-after") return nothing;
  // More days do not make room for a rise that a share has no room for.
  if (called.unreachable !== null) return nothing;
  const needed = Math.max(
    standard.minSample[standard.denominator],
    standard.mode === "evidence" ? expectedVolume(evidence) : 0,
    done * (settlingFactor(evidence, called, standard) ?? 0),
  );
  if (!(done > 0) || !(needed > done) || days === 0) return nothing;
  const daysNeeded = Math.ceil((needed - done) / (done / days));
  return daysNeeded > MOST_DAYS ? nothing : { volumeNeeded: Math.ceil(needed), daysNeeded };
}

function expectedVolume({ baseline }: Evidence): number {
  return baseline.value === null || baseline.value === 0 ? 0 : FEWEST_EXPECTED / baseline.value;
}

/** How many times today's volume; at the present reading once the planned volume has not been enough. */
function settlingFactor(
  evidence: Evidence,
  called: Called,
  { lines, mode, guardrails }: Standard,
): number | null {
  const line = lines?.rollback ?? lines?.severe ?? lines?.warning ?? null;
  const { comparison } = evidence;
  if (mode === "literal" || lines === null || line === null || comparison === null) return null;
  const { standardError, logRatio } = comparison;
  const lineLog = thresholdLog(line, lines.harm);
  const multiplier = normalQuantile(1 - WARNING_ALPHA);
  const planned = volumeFactorNeeded({ standardError, change: lineLog, multiplier });
  if (planned === null || planned > 1) return planned;
  const present = { standardError, power: 0.5 };
  switch (called.ownReading) {
    case "rollback": {
      const peeking = { harm: lines.harm, line, alpha: ROLLBACK_ALPHA / guardrails };
      const sequential = (error: number) => peekingMultiplier(evidence, peeking, error);
      return volumeFactorNeeded({ ...present, change: logRatio, multiplier: sequential });
    }
    case "warning":
      return volumeFactorNeeded({ ...present, change: logRatio, multiplier });
    case "healthy":
      return volumeFactorNeeded({ ...present, change: logRatio - lineLog, multiplier });
    case "no_data":
      return null;
    default:
      return called.ownReading satisfies never;
  }
}
