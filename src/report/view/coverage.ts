/** What each number is based on: events, counted, and left out by reason, for both variants. */

import { coverageText, coveredShare } from "../../model/coverage.ts";
import type { Coverage, LeftOut, VariantCoverage } from "../../model/measurement.ts";
import type { MetricResult } from "../../model/result.ts";
import type { Variant } from "../../model/words.ts";
import { countText } from "../../text/numbers.ts";
import { plural } from "../../text/words.ts";

const reasonHeads: Readonly<Record<keyof LeftOut, string>> = {
  crossover: "unit saw both algorithms",
  unit: "no user, session or event id",
  name: "algorithm's name in another spelling",
  attribute: "item not in the lookup",
  orphan: "click without an impression",
  rejected: "row could not be read",
};

const everyReason = Object.keys(reasonHeads) as readonly (keyof LeftOut)[];

type CoveredMetric = Pick<MetricResult, "title" | "denominator"> & { readonly coverage: Coverage };

/** Null where it is not known of any guardrail: a result of version 1, or no data. */
export function coverageView(metrics: readonly MetricResult[]) {
  const guardrails = metrics.filter(({ role }) => role === "guardrail");
  const known = guardrails.flatMap(
    ({ title, denominator, observation: { coverage } }): readonly CoveredMetric[] =>
      coverage === null ? [] : [{ title, denominator, coverage }],
  );
  if (known.length === 0) return null;
  const variants = known.flatMap(({ coverage }) => [coverage.candidate, coverage.baseline]);
  const reasons = everyReason.filter((reason) => variants.some(({ leftOut }) => leftOut[reason] > 0));
  return {
    /** "Every guardrail uses at least 94.6% of each variant's events." */
    summary: summaryText(variants, guardrails.length - known.length),
    /** Reasons that occur, as heads of columns. */
    reasons: reasons.map((reason) => reasonHeads[reason]),
    rows: known.map((metric) => ({
      title: metric.title,
      variants: (["candidate", "baseline"] as const).map((variant) =>
        coveredVariant(metric, variant, reasons),
      ),
    })),
  };
}

function summaryText(variants: readonly VariantCoverage[], unknown: number): string {
  const least = Math.min(...variants.map((variant) => coveredShare(variant) ?? 1));
  const others = unknown === 0 ? "" : ` Of ${plural(unknown, "other")} it is not known.`;
  const all = least === 1 ? "all of" : `at least ${coverageText(least)} of`;
  return `Every guardrail uses ${all} each variant's events.${others}`;
}

function coveredVariant(
  { denominator, coverage }: CoveredMetric,
  variant: Variant,
  reasons: readonly (keyof LeftOut)[],
) {
  const { events, counted, leftOut } = coverage[variant];
  return {
    variant,
    events: `${countText(events)} ${denominator}`,
    counted: countText(counted),
    share: shareText(coverage[variant]),
    /** One number for each of `reasons`. */
    leftOut: reasons.map((reason) => countText(leftOut[reason])),
  };
}

function shareText(variant: VariantCoverage): string {
  const share = coveredShare(variant);
  return share === null ? "no events" : coverageText(share);
}

/** "99.9% of the candidate's impressions, 100% of the baseline's" */
export function judgedOnFact({ observation: { coverage }, denominator }: MetricResult): string | null {
  if (coverage === null) return null;
  return `${shareText(coverage.candidate)} of the candidate's ${denominator}, ${shareText(coverage.baseline)} of the baseline's`;
}
