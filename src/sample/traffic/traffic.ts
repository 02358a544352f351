/** One day of traffic of both variants, before it is written down: visits → impressions → clicks → saves. */
import type { Variant } from "../../model/words.ts";
import { createRandom, type Random } from "../../statistics/random.ts";
import { baselineRates, type Gap, type PlatformPlan } from "../scenario.ts";
import type { Catalogue } from "./catalogue.ts";
import { gapImpressions, gapVisits } from "./gaps.ts";
import { drawImpressions, type Impression } from "./impressions.ts";
import { type Click, drawClicks, drawSaves, type OutcomeRates, type Save } from "./outcomes.ts";
import type { User } from "./population.ts";
import { DAY_MS, type ScheduledDay } from "./schedule.ts";
import { makeVisits, type Visit } from "./visits.ts";

export interface DayTraffic {
  readonly impressions: readonly Impression[];
  readonly clicks: readonly Click[];
  readonly saves: readonly Save[];
}

export interface World {
  readonly seed: number;
  readonly users: readonly User[];
  readonly catalogue: Catalogue;
  /** Share of units that get the candidate. */
  readonly share: number;
  readonly gap: Gap | null;
  readonly platforms: PlatformPlan | null;
}

export function makeTraffic(world: World, day: ScheduledDay): DayTraffic {
  const random = createRandom(`traffic ${day.date} ${world.seed}`);
  const visits = gapVisits(makeVisits(day, world, random), { ...world, day });
  const parts = (["baseline", "candidate"] as const).map((arm) => {
    const own = visits.filter((visit) => visit.variant === arm);
    return variantTraffic({ ...served(own, arm, day), day, world }, random);
  });
  return {
    impressions: parts.flatMap((part) => part.impressions),
    clicks: parts.flatMap((part) => part.clicks),
    saves: parts.flatMap((part) => part.saves),
  };
}

/** Before the rollout both arms get the baseline, each with quotas of its own: they are as alike as they are meant to be. */
function served(visits: readonly Visit[], arm: Variant, { index }: ScheduledDay) {
  const variant: Variant = index < 0 ? "baseline" : arm;
  return { visits: visits.map((visit) => ({ ...visit, variant })), variant };
}

/** Nothing after `end` (epoch milliseconds): what an export contains that was cut off then. */
export function trafficUntil(traffic: DayTraffic, end: number): DayTraffic {
  return {
    impressions: traffic.impressions.filter((impression) => impression.view.at < end),
    clicks: traffic.clicks.filter((click) => click.at < end),
    saves: traffic.saves.filter((save) => save.at < end),
  };
}

interface VariantDay {
  readonly visits: readonly Visit[];
  readonly variant: Variant;
  readonly day: ScheduledDay;
  readonly world: World;
}

function variantTraffic({ visits, variant, day, world }: VariantDay, random: Random): DayTraffic {
  const rates = ratesOf(variant, day);
  const { catalogue } = world;
  const shown = drawImpressions({ visits, catalogue, rate: rates.nearDuplicateShare }, random);
  const impressions = gapImpressions(shown, { ...world, day });
  const clicks = partsOf(impressions, world, variant).flatMap(({ shown, change }) =>
    drawClicks(shown, { ...rates, ctr: rates.ctr * (change?.(day) ?? 1) }, random),
  );
  const dayEnd = day.start + DAY_MS;
  const saves = drawSaves(clicks, { impressions: impressions.length, rates, dayEnd }, random);
  return { impressions, clicks, saves };
}

interface Part {
  readonly shown: readonly Impression[];
  /** Factor of the variant's click rate; null: none. */
  readonly change: ((day: ScheduledDay) => number) | null;
}

/** The candidate's impressions on a platform with a change of its own are clicked apart from the others. */
function partsOf(
  impressions: readonly Impression[],
  { platforms }: Pick<World, "platforms">,
  variant: Variant,
): readonly Part[] {
  const own = Object.entries(platforms?.ctr ?? {});
  if (variant === "baseline" || own.length === 0) return [{ shown: impressions, change: null }];
  const on = (platform: string) => impressions.filter(({ visit }) => visit.platform === platform);
  const parts = own.map(([platform, ctr]) => ({
    shown: on(platform),
    change: ({ deltas }: ScheduledDay) => (1 + ctr) / (1 + deltas.ctr),
  }));
  const others = impressions.filter(({ visit }) => platforms?.ctr[visit.platform] === undefined);
  return [...parts, { shown: others, change: null }];
}

function ratesOf(
  variant: Variant,
  day: ScheduledDay,
): OutcomeRates & { readonly nearDuplicateShare: number } {
  const change = (delta: number): number => (variant === "candidate" ? 1 + delta : 1);
  return {
    ctr: baselineRates.ctr * day.mood * change(day.deltas.ctr),
    longDwellShare: baselineRates.longDwellShare * change(day.deltas.longDwellShare),
    nearDuplicateShare: baselineRates.nearDuplicateShare * change(day.deltas.nearDuplicateShare),
    favoriteRate: baselineRates.favoriteRate * change(day.deltas.saveRate),
    downloadRate: baselineRates.downloadRate * change(day.deltas.saveRate),
  };
}
