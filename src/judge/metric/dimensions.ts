/**
 * Where a change comes from: each metric's cuts by the values of its dimensions. A cut decides nothing. Over all cuts of the night those
 * that differ from the rest of their metric's traffic by more than chance stand out.
 */
import type {
  MeasuredCut,
  MeasuredDimension,
  MetricMeasurement,
  RatioMoments,
} from "../../model/measurement.ts";
import type { DimensionCut, DimensionResult, MetricResult } from "../../model/result.ts";
import { contributions, partSums } from "../../statistics/contributions.ts";
import { discoveries } from "../../statistics/false-discovery.ts";
import {
  type Comparison,
  compareRatios,
  jointDegreesOfFreedom,
  ratioEstimate,
  sumMoments,
  type VariantEstimate,
} from "../../statistics/ratio.ts";
import { upperTailAt } from "../../statistics/special.ts";
import { interval } from "./bounds.ts";
import { evidenceOf } from "./evidence.ts";

/** Of the cuts that stand out in a night, so many do by chance. */
const FALSE_DISCOVERIES = 0.05;

/** Below this a cut is shown and not tested: in the tails that many cuts reach for, the normal approximation needs more. */
const TESTED = { fewestUnits: 100, fewestEvents: 100 };

/** The metrics with their dimensions; `measured` are the same metrics. Sorted by contribution, the largest first. */
export function withDimensions(
  metrics: readonly MetricResult[],
  measured: readonly MetricMeasurement[],
): readonly MetricResult[] {
  const described = new Map(
    measured.map(({ definition, dimensions }) => [definition.name, dimensions.map(describe)]),
  );
  const all = [...described.values()].flat().flatMap(({ values }) => values);
  const found = discoveries(
    all.map(({ p }) => p),
    FALSE_DISCOVERIES,
  );
  const marked = new Set(all.filter((_, index) => found[index]));
  const lookedAt = all.filter(({ p }) => p !== null).length;
  return metrics.map((metric) => ({
    ...metric,
    dimensions: (described.get(metric.name) ?? []).map((dimension) => ({
      ...dimension,
      lookedAt,
      values: dimension.values.map((cut) => ({ ...cut, standsOut: marked.has(cut) })).sort(byContribution),
    })),
  }));
}

/** Whether any of a night's cuts stands out, of all its metrics together; and how many are tested. */
export function markedCuts(dimensions: readonly MeasuredDimension[]): {
  readonly lookedAt: number;
  readonly isMarked: boolean;
} {
  const all = dimensions.flatMap(({ values }) => values.map((cut) => differenceFromRest(cut, values)));
  const found = discoveries(all, FALSE_DISCOVERIES);
  return { lookedAt: all.filter((p) => p !== null).length, isMarked: found.includes(true) };
}

type UnmarkedCut = Omit<DimensionCut, "standsOut">;
type Unmarked = Omit<DimensionResult, "lookedAt" | "values"> & { readonly values: readonly UnmarkedCut[] };

function describe({ name, title, values, error }: MeasuredDimension): Unmarked {
  const parts = values.map(({ baseline, candidate }) => ({
    baseline: partSums(baseline),
    candidate: partSums(candidate),
  }));
  const added = contributions(parts);
  const total = (variant: "baseline" | "candidate") =>
    parts.reduce((sum, part) => sum + (part[variant]?.denominator ?? 0), 0);
  const totals = { baseline: total("baseline"), candidate: total("candidate") };
  return {
    name,
    title,
    error,
    values: values.map((cut, index) => {
      const { baseline, candidate, delta, ...evidence } = evidenceOf(cut);
      const { within = null, mix = null } = added?.[index] ?? {};
      return {
        kind: cut.kind,
        value: cut.value,
        ...{ baseline, candidate, delta },
        interval: interval({ ...evidence, baseline, candidate, delta }),
        baselineShare: shareOf(baseline.denominator, totals.baseline),
        candidateShare: shareOf(candidate.denominator, totals.candidate),
        ...{ within, mix },
        contribution: within === null || mix === null ? null : within + mix,
        p: differenceFromRest(cut, values),
      };
    }),
  };
}

function shareOf(part: number | null, whole: number): number | null {
  return whole > 0 ? (part ?? 0) / whole : null;
}

/**
 * Two-sided p of the cut's change against that of all other values together; null: too little of either. A unit with days on both sides
 * is counted as two, which makes p too large, never too small, where its days are alike.
 */
function differenceFromRest(cut: MeasuredCut, values: readonly MeasuredCut[]): number | null {
  const rest = values.filter((other) => other !== cut);
  const own = testable(cut.baseline, cut.candidate);
  const others = testable(together(rest, "baseline"), together(rest, "candidate"));
  if (own === null || others === null) return null;
  const error = Math.hypot(own.standardError, others.standardError);
  if (!(error > 0)) return null;
  const t = Math.abs(own.logRatio - others.logRatio) / error;
  return 2 * upperTailAt(t, jointDegreesOfFreedom({ standardError: error }, [...own.sides, ...others.sides]));
}

interface Tested extends Comparison {
  readonly sides: readonly Side[];
}

interface Side {
  readonly relativeStandardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * Each variant's error is the larger of its own and of the other's at as many units: few units now and then are more alike than their
 * like, and would stand out (measured on A/A splits: 6.8% of nights marked one, with the larger 5.0% and 3.3%).
 */
function testable(baseline: RatioMoments | null, candidate: RatioMoments | null): Tested | null {
  if (baseline === null || candidate === null) return null;
  const [from, to] = [ratioEstimate(baseline, TESTED), ratioEstimate(candidate, TESTED)];
  if (from?.relativeStandardError == null || to?.relativeStandardError == null) return null;
  const atUnits = (of: { readonly units: number }, other: VariantEstimate) =>
    (other.relativeStandardError ?? 0) * Math.sqrt(other.units / of.units);
  const errors = [
    Math.max(from.relativeStandardError, atUnits(from, to)),
    Math.max(to.relativeStandardError, atUnits(to, from)),
  ] as const;
  const compared = compareRatios(
    { value: from.value, relativeStandardError: errors[0] },
    { value: to.value, relativeStandardError: errors[1] },
  );
  if (compared === null) return null;
  const sides = [
    { relativeStandardError: errors[0], degreesOfFreedom: from.units - 1 },
    { relativeStandardError: errors[1], degreesOfFreedom: to.units - 1 },
  ];
  return { ...compared, sides };
}

function together(cuts: readonly MeasuredCut[], variant: "baseline" | "candidate"): RatioMoments | null {
  return sumMoments(cuts.map((cut) => cut[variant]));
}

function byContribution(left: DimensionCut, right: DimensionCut): number {
  return Math.abs(right.contribution ?? 0) - Math.abs(left.contribution ?? 0);
}
