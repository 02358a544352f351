/**
 * Two variants compared whatever their counts: with enough events by the delta method of ratio.ts. With few a collapse from 500 clicks
 * to 3 has a huge standard error of its own, and a bound that waits for that error to shrink never fires: then exact tails under "no
 * change", with the larger dispersion of the two variants, since a crawler of 3,000 impressions and no click is one unit.
 */
import type { RatioMoments } from "../model/measurement.ts";
import type { CountPair } from "./count-bounds.ts";
import { type Comparison, compareRatios, ratioEstimate } from "./ratio.ts";
import { deltaOf } from "./scale.ts";

/** Below this many expected candidate events nothing may be concluded from their absence. */
export const FEWEST_EXPECTED = 100;
/**
 * Below this many independent-equivalent candidate events the exact way is taken. Above it the delta method's sequential
 * bound is monotone in the count (ln y + bound grows), so fewer clicks never look better; below about 50 it is not.
 */
const FEW_EFFECTIVE = 100;

/** Candidate's denominator × baseline's rate; null when either variant has no denominator. */
export function expectedEvents(baseline: RatioMoments, candidate: RatioMoments): number | null {
  if (!(baseline.sumDenominator > 0) || !(candidate.sumDenominator > 0)) return null;
  return (candidate.sumDenominator * baseline.sumNumerator) / baseline.sumDenominator;
}

/**
 * The change from baseline to candidate, by the delta method or exactly. Null: no data, zero in both variants, or too
 * few events for either (show the counts).
 */
export function compareMoments(baseline: RatioMoments, candidate: RatioMoments): Comparison | null {
  const from = ratioEstimate(baseline);
  const to = ratioEstimate(candidate);
  if (from === null || to === null) return null;
  return compareCounts(baseline, candidate) ?? compareRatios(from, to);
}

/** The exact comparison where it is called for, else null. */
export function compareCounts(baseline: RatioMoments, candidate: RatioMoments): Comparison | null {
  // Sums below zero count no events.
  if (Math.min(baseline.sumNumerator, candidate.sumNumerator) < 0) return null;
  const expected = expectedEvents(baseline, candidate);
  // A rise is as good as seen once 100 events are there, whatever was expected: a baseline of none expects none.
  if (expected === null || Math.max(expected, candidate.sumNumerator) < FEWEST_EXPECTED) return null;
  const spread = dispersion(baseline) ?? dispersion(candidate);
  if (spread === null) return null;
  const few = candidate.sumNumerator / spread < FEW_EFFECTIVE;
  if (!few && dispersion(baseline) !== null && dispersion(candidate) !== null) return null;
  return comparisonOf({
    baselineEvents: baseline.sumNumerator,
    candidateEvents: candidate.sumNumerator,
    volumeRatio: candidate.sumDenominator / baseline.sumDenominator,
    dispersion: Math.max(spread, candidateDispersion(baseline, candidate)),
  });
}

/**
 * After a drop: the candidate's own squares around the baseline's rate, (Σy² − 2R·Σmy + R²·Σm²)/(R·Σm), which exist without
 * any event. After a rise they would contain the rise itself, so there they are taken around its own rate.
 */
function candidateDispersion(baseline: RatioMoments, candidate: RatioMoments): number {
  const rate = baseline.sumNumerator / baseline.sumDenominator;
  if (candidate.sumNumerator > rate * candidate.sumDenominator) return dispersion(candidate) ?? 1;
  const { sumNumeratorSquared, sumProduct, sumDenominatorSquared } = candidate;
  const squares = sumNumeratorSquared - 2 * rate * sumProduct + rate ** 2 * sumDenominatorSquared;
  return squares / (rate * candidate.sumDenominator);
}

/** Variance over mean of the event count, at least Poisson's 1; null where the delta method refuses. */
function dispersion(moments: RatioMoments): number | null {
  const relative = ratioEstimate(moments)?.relativeStandardError ?? null;
  return relative === null ? null : Math.max(1, relative ** 2 * moments.sumNumerator);
}

function comparisonOf(pair: Omit<CountPair, "nullStandardError">): Comparison {
  const { baselineEvents, candidateEvents, volumeRatio } = pair;
  const zero = baselineEvents === 0 || candidateEvents === 0;
  // ln 0 does not exist: half an event on either side replaces it, e.g. −5.3 for none of 100 expected.
  const correction = zero ? 0.5 : 0;
  const logRatio = Math.log((candidateEvents + correction) / ((baselineEvents + correction) * volumeRatio));
  const standardError = nullStandardError(pair);
  return {
    delta: baselineEvents === 0 ? deltaOf(logRatio) : candidateEvents / (baselineEvents * volumeRatio) - 1,
    logRatio,
    standardError,
    counts: { ...pair, nullStandardError: standardError },
  };
}

/** Of the log ratio if both variants ran at one rate: the baseline's, or the common one where that is higher. */
function nullStandardError(pair: Omit<CountPair, "nullStandardError">): number {
  const { baselineEvents, candidateEvents, volumeRatio, dispersion: spread } = pair;
  const common = (baselineEvents + candidateEvents) / (1 + volumeRatio);
  const baselineExpected = Math.max(baselineEvents, common);
  return Math.sqrt((spread / baselineExpected) * (1 + 1 / volumeRatio));
}
