/** Changes of several strata (gates) as one, without pooling counts: inverse-variance weights on the log scale. */
import type { Comparison } from "./ratio.ts";
import { deltaOf } from "./scale.ts";
import { chiSquareUpperTail } from "./special.ts";

interface Stratum extends Pick<Comparison, "logRatio" | "standardError"> {
  /** Of a standard error that few units or groups make; null or absent: many do. */
  readonly degreesOfFreedom?: number | null;
}

export interface Stratified {
  readonly comparison: Comparison;
  /** Of the whole (Satterthwaite, over weighted variances); null: the normal will do. */
  readonly degreesOfFreedom: number | null;
  /** Cochran's Q and its p value: below 0.01 the effect differs between strata and the mean hides it. */
  readonly heterogeneity: { readonly q: number; readonly degreesOfFreedom: number; readonly p: number };
}

/** Null without strata, or where one of several has no standard error to weigh it by. A lone stratum is itself. */
export function combineStrata(strata: readonly Stratum[]): Stratified | null {
  const [first] = strata;
  if (first === undefined) return null;
  if (strata.length > 1 && strata.some((stratum) => !(stratum.standardError > 0))) return null;
  const weights = strata.map((stratum) => (strata.length === 1 ? 1 : stratum.standardError ** -2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logRatio = strata.reduce((sum, stratum, i) => sum + stratum.logRatio * (weights[i] ?? 0), 0) / total;
  const q = strata.reduce(
    (sum, stratum, i) => sum + (stratum.logRatio - logRatio) ** 2 * (weights[i] ?? 0),
    0,
  );
  const gaps = strata.length - 1;
  return {
    comparison: {
      delta: deltaOf(logRatio),
      logRatio,
      standardError: strata.length === 1 ? first.standardError : total ** -0.5,
    },
    degreesOfFreedom: jointDegrees(strata, weights),
    heterogeneity: { q, degreesOfFreedom: gaps, p: gaps === 0 ? 1 : chiSquareUpperTail(q, gaps) },
  };
}

/** A stratum's part in the variance of the whole is its weight, as of independent terms. */
function jointDegrees(strata: readonly Stratum[], weights: readonly number[]): number | null {
  const parts = strata.map(({ degreesOfFreedom }, i) =>
    degreesOfFreedom ? (weights[i] ?? 0) ** 2 / degreesOfFreedom : 0,
  );
  const spread = parts.reduce((sum, part) => sum + part, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return spread > 0 ? total ** 2 / spread : null;
}
