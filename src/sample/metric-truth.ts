/** What is true of each metric, beside what the rows happen to show of it. */
import type { Variant } from "../model/words.ts";
import { baselineRates, type Plan, type TrueDeltas } from "./scenario.ts";
import type { Catalogue } from "./traffic/catalogue.ts";
import { UNKNOWN_AUTHORS, UNKNOWN_SHARE } from "./traffic/gaps.ts";
import { platformShares, platforms } from "./traffic/platforms.ts";
import type { ScheduledDay } from "./traffic/schedule.ts";
import type { Concentration } from "./traffic/tally.ts";
import type { MetricTruth, Observed, PlatformTruth, VariantDayTotals } from "./truth.ts";

const TOP_AUTHORS = 10;

export interface TrueValue {
  readonly plan: Plan;
  readonly days: readonly ScheduledDay[];
  readonly totals: readonly VariantDayTotals[];
  readonly concentration: Concentration;
  readonly catalogue: Catalogue;
}

export function metricTruths(measured: TrueValue): readonly MetricTruth[] {
  const { plan, concentration, catalogue } = measured;
  const weight = catalogue.items.reduce((sum, item) => sum + item.weight, 0);
  const share = (key: "author" | "category", top: number): number => {
    const shares = new Map<string, number>();
    for (const item of catalogue.items) shares.set(item[key], (shares.get(item[key]) ?? 0) + item.weight);
    return heaviest(shares, top) / weight;
  };
  const deltaOf = (name: keyof TrueDeltas) => ({
    delta: plan.deltas[name],
    ofDay: (day: ScheduledDay) => day.deltas[name],
  });
  return [
    ratioTruth(measured, "ctr", {
      rate: baselineRates.ctr,
      ...deltaOf("ctr"),
      ...ctrDeltas(measured),
      observe: (total) => [total.clicks, total.impressions],
    }),
    ratioTruth(measured, "long_dwell_share", {
      rate: baselineRates.longDwellShare,
      ...deltaOf("longDwellShare"),
      observe: (total) => [total.longDwellClicks, total.clicks],
    }),
    concentrationTruth(measured, "top_author_share", {
      rate: share("author", TOP_AUTHORS),
      weights: concentration.authors,
      top: TOP_AUTHORS,
      candidateRate:
        plan.gap === "lookup-miss" ? withNewAuthors(share("author", TOP_AUTHORS - UNKNOWN_AUTHORS)) : null,
    }),
    concentrationTruth(measured, "top_category_share", {
      rate: share("category", 1),
      weights: concentration.categories,
      top: 1,
      candidateRate: null,
    }),
    ratioTruth(measured, "near_duplicate_share", {
      rate: baselineRates.nearDuplicateShare,
      ...deltaOf("nearDuplicateShare"),
      observe: (total) => [total.nearDuplicates, total.impressions],
    }),
    ratioTruth(measured, "save_rate", {
      rate: baselineRates.favoriteRate + baselineRates.downloadRate,
      ...deltaOf("saveRate"),
      observe: (total) => [total.favorites + total.downloads, total.impressions],
    }),
  ];
}

/** Of all platforms together, by their shares of the units. */
function ctrDeltas({ plan, days }: Pick<TrueValue, "plan" | "days">) {
  const own = plan.platforms?.ctr ?? {};
  const ofDay = ({ deltas }: ScheduledDay): number =>
    platforms.reduce((sum, name) => sum + platformShares[name] * (own[name] ?? deltas.ctr), 0);
  const inPlatforms = Object.keys(own).length > 0;
  return inPlatforms
    ? { delta: meanDelta(days, ofDay), ofDay }
    : { delta: meanDelta(days, (day) => day.deltas.ctr) };
}

/** Share of the units that get the candidate. */
export function deliveredOf({ delivered, platforms: plan }: Plan): number {
  const own = plan?.delivered ?? {};
  if (Object.keys(own).length === 0) return delivered;
  return platforms.reduce((sum, name) => sum + platformShares[name] * (own[name] ?? delivered), 0);
}

export function platformTruths(plan: Plan, days: readonly ScheduledDay[]): readonly PlatformTruth[] {
  return platforms.map((platform) => ({
    platform,
    share: platformShares[platform],
    delivered: plan.platforms?.delivered[platform] ?? plan.delivered,
    ctr: plan.platforms?.ctr[platform] ?? meanDelta(days, ({ deltas }) => deltas.ctr),
  }));
}

interface RatioPlan {
  readonly rate: number;
  readonly delta: number;
  readonly ofDay: (day: ScheduledDay) => number;
  readonly observe: (total: VariantDayTotals) => readonly [number, number];
}

function ratioTruth(
  { days, totals }: TrueValue,
  name: string,
  { rate, delta, ofDay, observe }: RatioPlan,
): MetricTruth {
  const sum = (variant: Variant): Observed => {
    const counts = totals.filter((total) => total.variant === variant).map(observe);
    return {
      numerator: counts.reduce((all, [numerator]) => all + numerator, 0),
      denominator: counts.reduce((all, [, denominator]) => all + denominator, 0),
    };
  };
  return {
    name,
    baselineRate: rate,
    delta,
    days: days.map((day) => ({ date: day.date, delta: ofDay(day) })),
    observed: compared(sum("baseline"), sum("candidate")),
  };
}

interface ConcentrationPlan {
  readonly rate: number;
  readonly weights: Readonly<Record<Variant, ReadonlyMap<string, number>>>;
  readonly top: number;
  /** Null: as the baseline's. */
  readonly candidateRate: number | null;
}

/** Few authors made the new half, so that each of them is among the heaviest. */
function withNewAuthors(othersShare: number): number {
  return UNKNOWN_SHARE + (1 - UNKNOWN_SHARE) * othersShare;
}

function concentrationTruth(
  { days }: TrueValue,
  name: string,
  { rate, weights, top, candidateRate }: ConcentrationPlan,
): MetricTruth {
  const delta = candidateRate === null ? 0 : candidateRate / rate - 1;
  const sum = (variant: Variant): Observed => ({
    numerator: heaviest(weights[variant], top),
    denominator: [...weights[variant].values()].reduce((all, weight) => all + weight, 0),
  });
  return {
    name,
    baselineRate: rate,
    delta,
    days: days.map((day) => ({ date: day.date, delta })),
    observed: compared(sum("baseline"), sum("candidate")),
  };
}

function compared(baseline: Observed, candidate: Observed): MetricTruth["observed"] {
  const delta = candidate.numerator / candidate.denominator / (baseline.numerator / baseline.denominator) - 1;
  return { baseline, candidate, delta: Number.isFinite(delta) ? delta : null };
}

function heaviest(weights: ReadonlyMap<string, number>, top: number): number {
  const sorted = [...weights.values()].sort((one, other) => other - one);
  return sorted.slice(0, top).reduce((sum, weight) => sum + weight, 0);
}

/** Weighted by the days' planned traffic, e.g. six days at +1% and one at −17% make about −1.6%. */
function meanDelta(days: readonly ScheduledDay[], of: (day: ScheduledDay) => number): number {
  const traffic = days.reduce((sum, day) => sum + day.traffic, 0);
  return days.reduce((sum, day) => sum + of(day) * day.traffic, 0) / traffic;
}
