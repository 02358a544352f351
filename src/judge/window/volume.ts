/** How much more traffic would settle an insufficient window, and in about how many days. */
import type { Never } from "../../model/words.ts";
import { daysNeeded } from "../../statistics/days-needed.ts";
import { FEWEST_EXPECTED } from "../../statistics/exact.ts";
import type { ClassifiedWindow } from "../metric/classify.ts";
import type { Evidence } from "../metric/evidence.ts";
import type { NarrowingError } from "./clock.ts";
import { type Settling, settlingOf } from "./settling.ts";

export interface Volume {
  /** Candidate's denominator at which the rollback line is settled; null when it is, or unknown. */
  readonly volumeNeeded: number | null;
  readonly daysNeeded: number | null;
  /** The days are the fewest: how many people come back is not known yet. */
  readonly atLeast: boolean;
  /** No number of days settles it; null: some number does, or unknown. */
  readonly never: Never | null;
  /** How the error narrows until then; null: the error is not what is missing. */
  readonly outlook: { readonly settling: Settling; readonly error: NarrowingError } | null;
}

export const noVolume: Volume = {
  volumeNeeded: null,
  daysNeeded: null,
  atLeast: false,
  never: null,
  outlook: null,
};

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
  if (settled.days === null) return { ...noVolume, never: "same_people", outlook: settled.outlook };
  const all = Math.max((minimum / done) * days, settled.days);
  if (!(all > days)) return noVolume;
  const more = Math.ceil(all - days - 1e-9);
  if (more > MOST_DAYS) return { ...noVolume, never: "too_little" };
  return {
    ...noVolume,
    volumeNeeded: Math.ceil((done * all) / days - 1e-6),
    daysNeeded: more,
    atLeast: settled.atLeast,
    outlook: settled.outlook,
  };
}

interface Settled {
  /** In all, after which the error is small enough; 0 when it is, or when it is not what is missing; null: none is. */
  readonly days: number | null;
  readonly atLeast: boolean;
  readonly outlook: Volume["outlook"];
}

const NOT_MISSING: Settled = { days: 0, atLeast: false, outlook: null };

function daysToSettle(question: VolumeQuestion): Settled {
  const { evidence, days, dayVariance } = question;
  const settling = settlingOf(question);
  const error = evidence.comparison?.standardError ?? 0;
  if (settling === null || !(error > 0)) return NOT_MISSING;
  const windowVariance = error ** 2;
  const needed = daysNeeded({ days, dayVariance, windowVariance }, windowVariance / settling.factor);
  const isThere = settling.factor <= 1;
  const outlook = ({ perDay, floor }: Omit<NarrowingError, "days">) =>
    isThere ? null : { settling, error: { days, perDay, floor } };
  if (needed.days !== null)
    return { days: needed.days, atLeast: dayVariance === null || days < 2, outlook: outlook(needed) };
  if (days >= FEWEST_DAYS) return { days: null, atLeast: false, outlook: outlook(needed) };
  const independent = outlook({ perDay: days * windowVariance, floor: 0 });
  return { days: days * settling.factor, atLeast: true, outlook: independent };
}

function expectedVolume({ baseline }: Evidence): number {
  return baseline.value === null || baseline.value === 0 ? 0 : FEWEST_EXPECTED / baseline.value;
}
