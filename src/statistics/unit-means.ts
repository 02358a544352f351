/**
 * Events per unit of two variants that were split by chance. In: units, their events and the squares of these. A small variant that
 * happens to lack the heavy units has a low mean and a low variance, so that its own standard error alarms in up to 6% of sound splits:
 * the larger of its own and that of all units together is taken.
 */
import type { RatioMoments, UnitTotals } from "../model/measurement.ts";
import { compareCounts } from "./exact.ts";
import { type Comparison, compareRatios, fewUnitsDegreesOfFreedom, ratioEstimate } from "./ratio.ts";

export interface UnitMeans extends Comparison {
  /** For Student's t, where the error is that of few units; null: normal, or exact counts. */
  readonly degreesOfFreedom: number | null;
}

/** Null where either variant has too few units or events to say anything. */
export function compareUnitMeans(baseline: UnitTotals, candidate: UnitTotals): UnitMeans | null {
  const [from, to] = [momentsOf(baseline), momentsOf(candidate)];
  const [before, after] = [ratioEstimate(from), ratioEstimate(to)];
  if (before === null || after === null) return null;
  const comparison = compareRatios(before, after);
  // A variant with next to no events, while the other has many, is no matter of means.
  if (comparison === null) return counted(compareCounts(from, to));
  const together = standardErrorTogether(baseline, candidate);
  if (together < comparison.standardError)
    return { ...comparison, degreesOfFreedom: fewUnitsDegreesOfFreedom(comparison, [before, after]) };
  const degreesOfFreedom = baseline.units + candidate.units - 2;
  return { ...comparison, standardError: together, degreesOfFreedom };
}

function counted(comparison: Comparison | null): UnitMeans | null {
  return comparison === null ? null : { ...comparison, degreesOfFreedom: null };
}

/** The mean is a ratio whose denominator is 1 for each unit. */
function momentsOf({ units, events, eventsSquared }: UnitTotals): RatioMoments {
  return {
    shape: "ratio",
    units,
    sumDenominator: units,
    sumNumerator: events,
    sumDenominatorSquared: units,
    sumNumeratorSquared: eventsSquared,
    sumProduct: events,
  };
}

/** Of the log ratio, if units of both variants vary alike around their mean. */
function standardErrorTogether(baseline: UnitTotals, candidate: UnitTotals): number {
  const squares = relativeSquares(baseline) + relativeSquares(candidate);
  const variance = squares / (baseline.units + candidate.units - 2);
  return Math.sqrt(variance * (1 / baseline.units + 1 / candidate.units));
}

/** Σ(y/ȳ − 1)² */
function relativeSquares({ units, events, eventsSquared }: UnitTotals): number {
  return Math.max(0, (eventsSquared * units ** 2) / events ** 2 - units);
}
