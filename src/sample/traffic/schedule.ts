/** The days of a sample and the true change of each: the planted change plus a zero-sum wobble, so that charts breathe. */
import { addDays } from "../../model/calendar.ts";
import type { Day } from "../../model/words.ts";
import type { Random } from "../../statistics/random.ts";
import type { Plan, TrueDeltas } from "../scenario.ts";
import { shuffledOrder } from "./draws.ts";

/** The day g10 started; a sample begins there unless its last day is given. */
export const defaultFirstDay: Day = "2026-02-01";

export const DAY_MS = 86_400_000;

/** Traffic by weekday, Sunday first, about 1 on average. */
const weekdayFactors = [1.06, 0.97, 0.95, 0.96, 0.98, 1.0, 1.08];

export interface ScheduledDay {
  /** 0 on the rollout's first day, negative before it. */
  readonly index: number;
  readonly date: Day;
  /** Midnight UTC, epoch milliseconds. */
  readonly start: number;
  /** Traffic against the mean day, e.g. 1.08. */
  readonly traffic: number;
  /** Baseline click rate against its mean, e.g. 0.99. */
  readonly mood: number;
  readonly deltas: TrueDeltas;
}

export function scheduleDays(
  { firstDay, days, plan }: { readonly firstDay: Day; readonly days: number; readonly plan: Plan },
  random: Random,
): readonly ScheduledDay[] {
  const wobbles = { ctr: wobble(days, random), dwell: wobble(days, random), near: wobble(days, random) };
  const moods = wobble(days, random);
  const severeIndex = plan.severeDay === null ? -1 : Math.floor(days / 2);
  return Array.from({ length: days }, (_, index) => {
    const ctr = plan.deltas.ctr + 0.012 * (wobbles.ctr[index] ?? 0);
    return {
      ...plainDay(firstDay, index, moods[index]),
      deltas: {
        ctr: index === severeIndex ? (plan.severeDay ?? ctr) : ctr,
        longDwellShare: plan.deltas.longDwellShare + 0.015 * (wobbles.dwell[index] ?? 0),
        nearDuplicateShare: plan.deltas.nearDuplicateShare + 0.025 * (wobbles.near[index] ?? 0),
        saveRate: plan.deltas.saveRate,
      },
    };
  });
}

/** The days before `firstDay`, on which everybody gets the baseline. */
export function scheduleBefore(
  { firstDay, days }: { readonly firstDay: Day; readonly days: number },
  random: Random,
): readonly ScheduledDay[] {
  const deltas = { ctr: 0, longDwellShare: 0, nearDuplicateShare: 0, saveRate: 0 };
  return wobble(days, random).map((mood, place) => ({ ...plainDay(firstDay, place - days, mood), deltas }));
}

function plainDay(firstDay: Day, index: number, mood = 0): Omit<ScheduledDay, "deltas"> {
  const date = addDays(firstDay, index);
  const start = Date.parse(`${date}T00:00:00Z`);
  const traffic = weekdayFactors[new Date(start).getUTCDay()] ?? 1;
  return { index, date, start, traffic, mood: 1 + 0.02 * mood };
}

/** Evenly spaced from −1 to 1 in random order: its mean is zero. */
function wobble(days: number, random: Random): readonly number[] {
  if (days === 1) return [0];
  return Array.from(shuffledOrder(days, random), (place) => (2 * place) / (days - 1) - 1);
}
