/**
 * Do two variants leave out different shares of their events? In: six sums per variant, m events of a unit, y of them left out. A
 * variant in which nothing is left out would seem to have no noise, so the variance is at least that of independent units.
 */
import type { RatioMoments } from "../model/measurement.ts";
import { normalCdf } from "./normal.ts";

interface ShareDifference {
  /** candidate − baseline. */
  readonly difference: number;
  /** Null: fewer than two units on a side. */
  readonly p: number | null;
}

export function shareDifference(baseline: RatioMoments, candidate: RatioMoments): ShareDifference {
  const difference = shareOf(candidate) - shareOf(baseline);
  if (difference === 0) return { difference, p: 1 };
  if (baseline.units < 2 || candidate.units < 2) return { difference, p: null };
  const pooled =
    (baseline.sumNumerator + candidate.sumNumerator) / (baseline.sumDenominator + candidate.sumDenominator);
  const variance = [baseline, candidate].reduce(
    (sum, side) => sum + Math.max(varianceOf(side), (pooled * (1 - pooled)) / side.units),
    0,
  );
  if (!(variance > 0)) return { difference, p: 0 };
  return { difference, p: Math.min(1, 2 * normalCdf(-Math.abs(difference) / Math.sqrt(variance))) };
}

function shareOf({ sumDenominator, sumNumerator }: RatioMoments): number {
  return sumDenominator > 0 ? sumNumerator / sumDenominator : 0;
}

function varianceOf(side: RatioMoments): number {
  const share = shareOf(side);
  const residuals =
    side.sumNumeratorSquared - 2 * share * side.sumProduct + share ** 2 * side.sumDenominatorSquared;
  return (Math.max(0, residuals) * side.units) / ((side.units - 1) * side.sumDenominator ** 2);
}
