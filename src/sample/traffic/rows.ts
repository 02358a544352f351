/** The day's traffic as rows of the two exports, in the order things happened, with ids that never repeat. */
import { baselineVersion, candidateVersion } from "../scenario.ts";
import type { Impression } from "./impressions.ts";
import type { Platform } from "./platforms.ts";
import { DAY_MS, type ScheduledDay } from "./schedule.ts";
import type { DayTraffic } from "./traffic.ts";

interface ExportRow {
  readonly event: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly user: string | null;
  readonly session: string;
  readonly item: string;
  readonly position: number;
  readonly platform: Platform;
}

export interface FeedRow extends ExportRow {
  readonly eventId: string | null;
  readonly algorithm: string;
  readonly dwellMs: number | null;
}

export interface SaveRow extends ExportRow {
  /** Undefined: the key itself is absent. */
  readonly eventId: string | null | undefined;
  readonly algorithm: string | null;
}

export function feedRows(day: ScheduledDay, traffic: DayTraffic): readonly FeedRow[] {
  const impressions = traffic.impressions.map((impression) => ({
    event: "feed_impression",
    at: impression.view.at,
    ...shownIn(impression),
    dwellMs: null,
  }));
  const clicks = traffic.clicks.map(({ impression, at, dwellMs }) => ({
    event: "feed_click",
    at,
    ...shownIn(impression),
    dwellMs,
  }));
  const name = eventIds(day, "f");
  return [...impressions, ...clicks].sort(byTime).map((row) => ({ eventId: name(), ...row }));
}

export function saveRows(day: ScheduledDay, traffic: DayTraffic): readonly SaveRow[] {
  const name = eventIds(day, "s");
  return traffic.saves
    .map(({ click, type, at }) => ({ event: type, at, ...shownIn(click.impression) }))
    .sort(byTime)
    .map((row) => ({ eventId: name(), ...row }));
}

/** Ids of at most 12 characters, which the database keeps in place, e.g. "ft1f00c3a9". */
export function eventIds(day: ScheduledDay, kind: string): () => string {
  const prefix = `${Math.floor(day.start / DAY_MS).toString(36)}${kind}`;
  let serial = 0;
  return () => {
    serial += 1;
    return prefix + serial.toString(36).padStart(6, "0");
  };
}

function shownIn({ visit, view, item }: Impression) {
  const algorithm = visit.variant === "candidate" ? candidateVersion : baselineVersion;
  return {
    user: visit.user,
    session: view.session,
    item: item.id,
    algorithm,
    position: view.position,
    platform: visit.platform,
  };
}

/** Sorting is stable: rows of the same millisecond keep the order of the visits. */
function byTime(one: { readonly at: number }, other: { readonly at: number }): number {
  return one.at - other.at;
}
