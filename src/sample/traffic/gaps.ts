/**
 * Data that is missing or mislabelled where no row is rejected and no total looks odd: each hides what is true of the candidate (the
 * rows are counted in gap-record.ts). Drawn from a stream of its own, so that the other scenarios keep their bytes.
 */
import { createRandom, type Random } from "../../statistics/random.ts";
import { configuredExposure, type Gap, planOf } from "../scenario.ts";
import type { Item } from "./catalogue.ts";
import type { Impression } from "./impressions.ts";
import { fractionOf } from "./platforms.ts";
import type { User } from "./population.ts";
import { DAY_MS, type ScheduledDay } from "./schedule.ts";
import type { Visit } from "./visits.ts";

export const PLACEHOLDER_USER = "undefined";
const PLACEHOLDER_SHARE = 0.3;

/** The most frequent visitors of both variants: their visits are this much longer. */
const HEAVY_SHARE = 0.07;
const HEAVY_LENGTH = 4;
export const CROSSED_SESSION = "-2";
const CROSSED_AFTER_MS = 600_000;

/** Of the candidate's impressions; new items are by few authors. */
export const UNKNOWN_SHARE = 0.5;
export const UNKNOWN_AUTHORS = 5;
export const UNKNOWN_ITEM = "new-";

/** Readiness to click, against the candidate's others: where the harm sits. Chosen so that the rest reads slightly better. */
const HARMED = { "placeholder-user": 0.5, "crossed-heavy-users": 0.8 } as const;

/** Users from the rarest to the most frequent visitor. */
export function gapUsers(gap: Gap | null, users: readonly User[]): readonly User[] {
  if (gap !== "crossed-heavy-users") return users;
  return users.map((user, rank) =>
    rank < (1 - HEAVY_SHARE) * users.length
      ? user
      : { ...user, isHeavy: true, activity: 2, intensity: HEAVY_LENGTH },
  );
}

export interface GapContext {
  readonly gap: Gap | null;
  readonly day: ScheduledDay;
  readonly seed: number;
}

export function gapVisits(visits: readonly Visit[], { gap, day, seed }: GapContext): readonly Visit[] {
  const random = createRandom(`gap ${day.date} ${seed}`);
  if (gap === "placeholder-user") return visits.map((visit) => namelessVisit(visit, random));
  if (gap === "crossed-heavy-users") return visits.flatMap((visit) => crossedVisits(visit, day));
  if (gap === "broken-split") return visits.map(misdirectedVisit);
  return visits;
}

/** Of the baseline's units on the web so many get the candidate that it has a quarter of them. */
function misdirectedVisit(visit: Visit): Visit {
  const { platform, variant, user, views } = visit;
  const wanted = planOf("broken-split").platforms?.delivered[platform];
  if (wanted === undefined || variant === "candidate") return visit;
  const moved = (wanted - configuredExposure) / (1 - configuredExposure);
  const unit = user ?? views[0]?.session ?? "";
  return fractionOf("broken split", unit) < moved ? { ...visit, variant: "candidate" } : visit;
}

/** Logged out, and the client writes a word in place of nothing. One session, which is then the unit. */
function namelessVisit(visit: Visit, random: Random): Visit {
  const session = visit.views[0]?.session;
  if (session === undefined || random.uniform() >= PLACEHOLDER_SHARE) return visit;
  const views = visit.views.map((view) => ({ ...view, session }));
  return { ...visit, user: PLACEHOLDER_USER, views, propensity: harmed(visit, HARMED["placeholder-user"]) };
}

/** On the first day each heavy user of the candidate sees one place of the baseline's feed, after the candidate's. */
function crossedVisits(visit: Visit, day: ScheduledDay): readonly Visit[] {
  const last = visit.views.at(-1);
  if (!visit.isHeavy || visit.variant === "baseline" || last === undefined) return [visit];
  const own = { ...visit, propensity: harmed(visit, HARMED["crossed-heavy-users"]) };
  if (day.index > 0) return [own];
  const at = Math.min(last.at + CROSSED_AFTER_MS, day.start + DAY_MS - 1_000);
  const view = { session: `${last.session}${CROSSED_SESSION}`, at, position: 1 };
  return [own, { ...visit, variant: "baseline", views: [view] }];
}

function harmed({ variant, propensity }: Visit, factor: number): number {
  return variant === "candidate" ? propensity * factor : propensity;
}

/** Half of what the candidate shows is newer than the lookup. */
export function gapImpressions(
  impressions: readonly Impression[],
  { gap, day, seed }: GapContext,
): readonly Impression[] {
  if (gap !== "lookup-miss") return impressions;
  const random = createRandom(`gap ${day.date} ${seed}`);
  return impressions.map((impression) =>
    impression.visit.variant === "baseline" || random.uniform() >= UNKNOWN_SHARE
      ? impression
      : { ...impression, item: newItem(impression.item, random) },
  );
}

function newItem(item: Item, random: Random): Item {
  const author = `author-new-${random.integer(UNKNOWN_AUTHORS)}`;
  return { ...item, id: item.id.replace("clip-", UNKNOWN_ITEM), author };
}
