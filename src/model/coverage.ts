/** How much of its events a number is based on, and the words for it, the same for the judge's sentences and every report. */
import type { Coverage, VariantCoverage } from "./measurement.ts";
import type { Denominator } from "./words.ts";

/** From here on it goes without saying. */
const WORTH_SAYING_BELOW = 0.99;

/** A fraction; null where the variant has no event. */
export function coveredShare({ counted, events }: VariantCoverage): number | null {
  return events > 0 ? counted / events : null;
}

/** Of the variant that is covered less; 1 where neither has an event. */
export function leastShare({ baseline, candidate }: Coverage): number {
  return Math.min(coveredShare(baseline) ?? 1, coveredShare(candidate) ?? 1);
}

/** "judged on 94.6% of the candidate's impressions"; null where it goes without saying or is not known. */
export function judgedOnText(coverage: Coverage | null, denominator: Denominator): string | null {
  if (coverage === null) return null;
  const parts = (["candidate", "baseline"] as const).flatMap((variant) => {
    const share = coveredShare(coverage[variant]);
    return share === null || share >= WORTH_SAYING_BELOW
      ? []
      : [`${coverageText(share)} of the ${variant}'s`];
  });
  return parts.length === 0 ? null : `judged on ${parts.join(" and ")} ${denominator}`;
}

/** Rounded down, so that nothing reads as more than it is: 0.98996 → "98.9%", 0.99996 → "99.9%", 1 → "100%". */
export function coverageText(share: number): string {
  const tenths = Math.floor(share * 1000 + 1e-9) / 10;
  return `${Number.isInteger(tenths) ? tenths : tenths.toFixed(1)}%`;
}
