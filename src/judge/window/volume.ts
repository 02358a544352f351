/** How much more traffic would settle an insufficient window, and in about how many days. */
import type { Never } from "../../model/words.ts";
import { daysNeeded } from "../../statistics/days-needed.ts";
import { FEWEST_EXPECTED } from "../../statistics/exact.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { volumeFactorNeeded } from "../../statistics/power.ts";
import { thresholdLog } from "../../statistics/scale.ts";
import { peekingMultiplier } from "../metric/bounds.ts";
import { type ClassifiedWindow, ROLLBACK_ALPHA, WARNING_ALPHA } from "../metric/classify.ts";
import { lineToExclude } from "../metric/criteria.ts";
import { type Evidence, judgedComparison } from "../metric/evidence.ts";

export interface Volume {
  /** Candidate's denominator at which the rollback line is settled; null when it is, or unknown. */
  readonly volumeNeeded: number | null;
  readonly daysNeeded: number | null;
  /** The days are the fewest: how many people come back is not known yet. */
  readonly atLeast: boolean;
  /** No number of days settles it; null: some number does, or unknown. */
  readonly never: Never | null;
}

export const noVolume: Volume = { volumeNeeded: null, daysNeeded: null, atLeast: false, never: null };

/** Beyond this a number of days says no more than "never at this traffic". */
export const MOST_DAYS = 3650;

/** From so many days on what they share is known well enough to say never. */
const FEWEST_DAYS = 3;

interface VolumeQuestion extends ClassifiedWindow {
  /** Days with data so far, of hours a fraction: what a day brings is what they brought on average. */
  readonly days: number;
  /** Mean of the single days' squared standard errors; null where one has none, and of hours. */
  readonly dayVariance: number | null;
}

export function volumeFor(question: VolumeQuestion): Volume {
  const { evidence, classified, criteria, days } = question;
  const done = evidence.candidate.denominator ?? 0;
  if (classified.classification !== "insufficient" || criteria.comparison === "before-after") return noVolume;
  if (classified.unreachable !== null) return { ...noVolume, never: "out_of_reach" };
  if (!(done > 0) || days === 0) return noVolume;
  const minimum = Math.max(
    criteria.minSample[criteria.definition.denominator],
    criteria.mode === "evidence" ? expectedVolume(evidence) : 0,
  );
  const settled = daysToSettle(question);
  if (settled.days === null) return { ...noVolume, never: "same_people" };
  const all = Math.max((minimum / done) * days, settled.days);
  if (!(all > days)) return noVolume;
  const more = Math.ceil(all - days - 1e-9);
  if (more > MOST_DAYS) return { ...noVolume, never: "too_little" };
  return {
    ...noVolume,
    volumeNeeded: Math.ceil((done * all) / days - 1e-6),
    daysNeeded: more,
    atLeast: settled.atLeast,
  };
}

/** Days in all after which the error is small enough; 0 when it is, or when it is not what is missing. */
function daysToSettle(question: VolumeQuestion): { readonly days: number | null; readonly atLeast: boolean } {
  const { evidence, days, dayVariance } = question;
  const factor = settlingFactor(question);
  const error = evidence.comparison?.standardError ?? 0;
  if (factor === null || !(factor > 0) || !(error > 0)) return { days: 0, atLeast: false };
  const windowVariance = error ** 2;
  const target = windowVariance / factor;
  const { days: all } = daysNeeded({ days, dayVariance, windowVariance }, target);
  if (all !== null) return { days: all, atLeast: dayVariance === null || days < 2 };
  return days < FEWEST_DAYS ? { days: days * factor, atLeast: true } : { days: null, atLeast: false };
}

function expectedVolume({ baseline }: Evidence): number {
  return baseline.value === null || baseline.value === 0 ? 0 : FEWEST_EXPECTED / baseline.value;
}

/** How many times today's volume; at the present reading once the planned volume has not been enough. */
function settlingFactor({ evidence, classified, criteria }: ClassifiedWindow): number | null {
  const { lines, mode, guardrails } = criteria;
  const line = lineToExclude(lines);
  const comparison = judgedComparison(evidence);
  if (mode === "literal" || lines === null || line === null || comparison === null) return null;
  const { standardError, logRatio } = comparison;
  const lineLog = thresholdLog(line, lines.harm);
  const { boundaries } = classified;
  const fixed = normalQuantile(1 - WARNING_ALPHA);
  // later nights' boundaries differ little from tonight's
  const toPromote = finite(boundaries?.promote) ?? fixed;
  const planned = volumeFactorNeeded({ standardError, change: lineLog, multiplier: toPromote });
  if (planned === null || planned > 1) return planned;
  const present = { standardError, power: 0.5 };
  switch (classified.ownReading) {
    case "rollback": {
      const peeking = { harm: lines.harm, line, alpha: ROLLBACK_ALPHA / guardrails };
      const sequential = (error: number) => peekingMultiplier(evidence, peeking, error);
      const multiplier = finite(boundaries?.rollback) ?? sequential;
      return volumeFactorNeeded({ ...present, change: logRatio, multiplier });
    }
    case "warning":
      return volumeFactorNeeded({ ...present, change: logRatio, multiplier: fixed });
    case "healthy":
      return volumeFactorNeeded({ ...present, change: logRatio - lineLog, multiplier: toPromote });
    case "no_data":
      return null;
    default:
      return classified.ownReading satisfies never;
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
