/** Who comes on a day and when they see what place of the feed: visits from the first minute of the day to the last. */
import type { Variant } from "../../model/words.ts";
import type { Random } from "../../statistics/random.ts";
import { findSlice, runningTotals } from "./draws.ts";
import { type Platform, platformOf } from "./platforms.ts";
import { type User, variantOf } from "./population.ts";
import { DAY_MS, type ScheduledDay } from "./schedule.ts";

/** One place of the feed seen by a unit: an impression that still lacks its item. */
export interface ItemView {
  readonly session: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Place within the session, from 1. */
  readonly position: number;
}

/** A unit's day. */
export interface Visit {
  /** Null: not signed in; the session is then the unit. */
  readonly user: string | null;
  readonly variant: Variant;
  readonly platform: Platform;
  readonly propensity: number;
  readonly patience: number;
  readonly isHeavy: boolean;
  readonly views: readonly ItemView[];
}

const ANONYMOUS_SHARE = 0.04;
const SECOND_SESSION_SHARE = 0.3;
const SECOND_SESSION_FROM = 12;
/** Traffic by hour, UTC. */
const hours = runningTotals([
  30, 22, 16, 12, 11, 14, 22, 36, 48, 52, 54, 57, 60, 58, 55, 54, 56, 60, 68, 76, 80, 74, 58, 42,
]);

interface Visitor extends Omit<Visit, "views"> {
  readonly session: string;
  readonly intensity: number;
}

export function makeVisits(
  day: ScheduledDay,
  { users, share }: { readonly users: readonly User[]; readonly share: number },
  random: Random,
): readonly Visit[] {
  const visitors = drawVisitors(day, users, share, random);
  const opens = random.integer(visitors.length);
  const closes = random.integer(visitors.length);
  return visitors.map((visitor, index) => {
    const { session: _, intensity, ...visit } = visitor;
    const gaps = drawGaps(intensity, random);
    const length = gaps.reduce((sum, gap) => sum + gap, 0);
    // The day's ends are always seen, or a thin day would look cut off: one visit opens it, one closes it.
    const latest = DAY_MS - length - 15_000;
    const anywhere = Math.min(drawTime(random), latest);
    const start = index === closes ? latest : index === opens ? random.integer(40_000) : anywhere;
    return { ...visit, views: makeViews(visitor, day.start + start, gaps, day.start + latest, random) };
  });
}

function drawVisitors(
  day: ScheduledDay,
  users: readonly User[],
  share: number,
  random: Random,
): readonly Visitor[] {
  const present = users
    .filter(({ joins, leaves }) => joins <= day.index && day.index < leaves)
    .filter(({ activity }) => random.uniform() < activity * day.traffic);
  const session = sessionNames(day, random);
  const known = present.map(({ id, variant, propensity, patience, intensity, isHeavy }) => {
    const platform = platformOf(id);
    return { user: id, session: session(), variant, platform, propensity, patience, intensity, isHeavy };
  });
  const anonymous = Array.from({ length: Math.ceil(present.length * ANONYMOUS_SHARE) }, () => {
    const name = session();
    const variant = variantOf(name, share);
    return {
      user: null,
      session: name,
      variant,
      platform: platformOf(name),
      propensity: 0.9,
      patience: 1,
      intensity: 0.6,
      isHeavy: false,
    };
  });
  return [...known, ...anonymous];
}

/** Session names of a day, e.g. "sft10k3f2a": short enough to be kept in place by the database. */
function sessionNames(day: ScheduledDay, random: Random): () => string {
  const prefix = `s${Math.floor(day.start / DAY_MS).toString(36)}`;
  let serial = random.integer(100_000);
  return () => {
    serial += 1;
    return `${prefix}${serial.toString(36).padStart(4, "0")}`;
  };
}

/** Milliseconds between one view and the next; at least 3 views, 10 on average, 60 at most. */
function drawGaps(intensity: number, random: Random): readonly number[] {
  const views = Math.min(3 + Math.floor(-7.6 * intensity * Math.log(1 - random.uniform())), 60);
  return Array.from({ length: views }, () => 1_500 + random.integer(9_000));
}

function drawTime(random: Random): number {
  return (findSlice(hours, random.uniform()) + random.uniform()) * 3_600_000;
}

/** A long visit of a known user may go on hours later, in a session of its own. */
function makeViews(
  visitor: Visitor,
  start: number,
  gaps: readonly number[],
  latest: number,
  random: Random,
): readonly ItemView[] {
  const split =
    visitor.user !== null && gaps.length >= SECOND_SESSION_FROM && random.uniform() < SECOND_SESSION_SHARE
      ? Math.floor(gaps.length / 2)
      : gaps.length;
  const pause = Math.min((2 + 6 * random.uniform()) * 3_600_000, latest - start);
  let at = start;
  return gaps.map((gap, index) => {
    if (index === split) at += Math.floor(pause);
    const second = index >= split;
    const view = {
      session: second ? `${visitor.session}b` : visitor.session,
      at: Math.floor(at),
      position: (second ? index - split : index) + 1,
    };
    at += gap;
    return view;
  });
}
