/** Counts what a day of traffic contains, from the traffic itself and not from the rows that were written. */
import type { Variant } from "../../model/words.ts";
import type { VariantDayTotals } from "../truth.ts";
import { LONG_DWELL_MS } from "./outcomes.ts";
import type { ScheduledDay } from "./schedule.ts";
import type { DayTraffic } from "./traffic.ts";

const variants = ["baseline", "candidate"] as const;

/** Impressions by author and by category, added up over the days. */
export interface Concentration {
  readonly authors: Readonly<Record<Variant, Map<string, number>>>;
  readonly categories: Readonly<Record<Variant, Map<string, number>>>;
}

export function emptyConcentration(): Concentration {
  return {
    authors: { baseline: new Map(), candidate: new Map() },
    categories: { baseline: new Map(), candidate: new Map() },
  };
}

export function addConcentration(concentration: Concentration, traffic: DayTraffic): void {
  for (const { visit, item } of traffic.impressions) {
    addOne(concentration.authors[visit.variant], item.author);
    addOne(concentration.categories[visit.variant], item.category);
  }
}

export function tallyDay(day: ScheduledDay, traffic: DayTraffic): readonly VariantDayTotals[] {
  const served = day.index < 0 ? (["baseline"] as const) : variants;
  return served.map((variant) => {
    const impressions = traffic.impressions.filter(({ visit }) => visit.variant === variant);
    const clicks = traffic.clicks.filter(({ impression }) => impression.visit.variant === variant);
    const saves = traffic.saves.filter(({ click }) => click.impression.visit.variant === variant);
    return {
      date: day.date,
      variant,
      units: new Set(impressions.map(({ visit }) => visit)).size,
      impressions: impressions.length,
      clicks: clicks.length,
      clicksWithDwell: clicks.filter(({ dwellMs }) => dwellMs !== null).length,
      longDwellClicks: clicks.filter(({ dwellMs }) => (dwellMs ?? 0) >= LONG_DWELL_MS).length,
      nearDuplicates: impressions.filter(({ nearDuplicate }) => nearDuplicate).length,
      favorites: saves.filter(({ type }) => type === "favorite").length,
      downloads: saves.filter(({ type }) => type === "download").length,
    };
  });
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
