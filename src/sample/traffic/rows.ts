/** The day's traffic as rows of the two exports, in the order things happened, with ids that never repeat. */
import type { Variant } from "../../model/words.ts";
import { baselineVersion, candidateVersion } from "../scenario.ts";
import type { ScheduledDay } from "./schedule.ts";
import type { DayTraffic } from "./traffic.ts";
import type { Visit } from "./visits.ts";

export interface FeedRow {
  readonly eventId: string | null;
  readonly event: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly user: string | null;
  readonly session: string;
  readonly item: string;
  readonly algorithm: string;
  readonly dwellMs: number | null;
  readonly position: number;
}

export interface SaveRow {
  /** Undefined: the key itself is absent. */
  readonly eventId: string | null | undefined;
  readonly event: string;
  readonly at: number;
  readonly user: string | null;
  readonly session: string;
  readonly item: string;
  readonly algorithm: string | null;
  readonly position: number;
}

export function feedRows(day: ScheduledDay, traffic: DayTraffic): readonly FeedRow[] {
  const impressions = traffic.impressions.map(({ visit, view, item }) => ({
    event: "feed_impression",
    at: view.at,
    ...whose(visit, view.session),
    item: item.id,
    dwellMs: null,
    position: view.position,
  }));
  const clicks = traffic.clicks.map(({ impression: { visit, view, item }, at, dwellMs }) => ({
    event: "feed_click",
    at,
    ...whose(visit, view.session),
    item: item.id,
    dwellMs,
    position: view.position,
  }));
  const name = eventIds(day, "f");
  return [...impressions, ...clicks].sort(byTime).map((row) => ({ eventId: name(), ...row }));
}

export function saveRows(day: ScheduledDay, traffic: DayTraffic): readonly SaveRow[] {
  const name = eventIds(day, "s");
  return traffic.saves
    .map(({ click: { impression }, type, at }) => ({
      event: type,
      at,
      ...whose(impression.visit, impression.view.session),
      item: impression.item.id,
      position: impression.view.position,
    }))
    .sort(byTime)
    .map((row) => ({ eventId: name(), ...row }));
}

/** Ids of at most 12 characters, which the database keeps in place, e.g. "ft1f00c3a9". */
export function eventIds(day: ScheduledDay, kind: string): () => string {
  const prefix = `${Math.floor(day.start / 86_400_000).toString(36)}${kind}`;
  let serial = 0;
  return () => {
    serial += 1;
    return prefix + serial.toString(36).padStart(6, "0");
  };
}

export function algorithmOf(variant: Variant): string {
  return variant === "candidate" ? candidateVersion : baselineVersion;
}

function whose(
  visit: Visit,
  session: string,
): { readonly user: string | null; readonly session: string; readonly algorithm: string } {
  return { user: visit.user, session, algorithm: algorithmOf(visit.variant) };
}

/** Sorting is stable: rows of the same millisecond keep the order of the visits. */
function byTime(one: { readonly at: number }, other: { readonly at: number }): number {
  return one.at - other.at;
}
