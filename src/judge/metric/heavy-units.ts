/**
 * One unit is one opinion, however many events it brings: a day on which some unit holds a tenth of its variant's denominator
 * is looked at without it as well.
 */
import type { DayMeasurement, Estimate, HeaviestUnit, WindowMeasurement } from "../../model/measurement.ts";
import type { HeavyUnit } from "../../model/result.ts";
import type { Variant } from "../../model/words.ts";

/** Of a variant's denominator on one day. */
const HEAVY_SHARE = 0.1;
const VARIANTS: readonly Variant[] = ["baseline", "candidate"];

export interface WithoutHeavy {
  readonly units: readonly HeavyUnit[];
  readonly window: WindowMeasurement;
}

/** The day without its heavy units; null where there are none, or where nobody knows. */
export function withoutHeavyUnits(day: DayMeasurement): WithoutHeavy | null {
  const parts = VARIANTS.map((variant) => without(variant, day[variant], day.heaviest?.[variant] ?? null));
  const units = parts.flatMap(({ heavy }) => (heavy === null ? [] : [heavy]));
  const [baseline = null, candidate = null] = parts.map(({ rest }) => rest);
  return units.length === 0 ? null : { units, window: { baseline, candidate } };
}

function without(
  variant: Variant,
  estimate: Estimate | null,
  heaviest: HeaviestUnit | null,
): { readonly heavy: HeavyUnit | null; readonly rest: Estimate | null } {
  if (estimate?.shape !== "ratio" || heaviest === null) return { heavy: null, rest: estimate };
  const { denominator: m, numerator: y, unit } = heaviest;
  const share = m / estimate.sumDenominator;
  if (!(share >= HEAVY_SHARE)) return { heavy: null, rest: estimate };
  const rest = {
    ...estimate,
    units: estimate.units - 1,
    sumDenominator: estimate.sumDenominator - m,
    sumNumerator: estimate.sumNumerator - y,
    sumDenominatorSquared: estimate.sumDenominatorSquared - m * m,
    sumNumeratorSquared: estimate.sumNumeratorSquared - y * y,
    sumProduct: estimate.sumProduct - m * y,
  };
  return { heavy: { variant, unit, share }, rest };
}
