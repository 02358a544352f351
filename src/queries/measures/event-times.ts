/**
 * When the impressions and clicks of each day came, of the plan's two algorithms together, from `day_hours`: hours of UTC go in,
 * hours and minutes of the rollout's clock come out. Nothing is said of a day that was pruned before there was `day_hours`.
 */
import type { DataEngine, Row } from "../../engine/engine.ts";
import { endOfDay, startOfDay, wallClockAt } from "../../model/calendar.ts";
import type { EventTimes, MinuteRange, SourceEvents, VariantTimes } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import { DAY_HOURS } from "../relations/event-time-range.ts";
import { inRange, type MeasurePlan, ofVariants, shownDays } from "./plan.ts";

export interface TimesOfDay {
  readonly eventTimes: readonly EventTimes[];
  readonly variantTimes: readonly VariantTimes[];
  readonly sourceEvents: readonly SourceEvents[];
}

const TYPES = ["impression", "click"] as const;
const VARIANTS = ["baseline", "candidate"] as const;
const MINUTE_MS = 60_000;
const [HOUR, DAY] = [60, 1440];

/** By day. Empty where dates stand for hours. */
export async function readEventTimes(
  engine: DataEngine,
  plan: MeasurePlan,
): Promise<ReadonlyMap<Day, TimesOfDay>> {
  if (plan.slots !== undefined || !(await engine.tables()).has(DAY_HOURS)) return new Map();
  const range = inRange(shownDays(plan));
  const hours =
    await engine.rows(`SELECT event_date, algo_version, event_type, source, hour_at, sum(events) AS events,
      min(first_at) AS first_at, max(last_at) AS last_at
    FROM ${DAY_HOURS} WHERE ${ofVariants(plan)} AND ${range} AND event_type IN ('impression', 'click')
    GROUP BY event_date, algo_version, event_type, source, hour_at
    ORDER BY event_date, algo_version, event_type, source, hour_at`);
  const sources = await engine.rows(`SELECT event_date, source, sum(events) AS events FROM ${DAY_HOURS}
    WHERE ${range} AND source IS NOT NULL GROUP BY event_date, source ORDER BY event_date, source`);
  const shared = TYPES.map((type) => ({ type, sources: sourcesOf(hours, type) }));
  const days = [...new Set(hours.map((row) => String(row["event_date"])))];
  return new Map(
    days.map((day) => {
      const clock = clockOf(day, plan.timeZone);
      const ofDay = hours.filter((row) => row["event_date"] === day);
      const eventTimes = shared.flatMap(({ type, sources: names }) => {
        const rows = ofDay.filter((row) => row["event_type"] === type);
        const each = names.map((source) => ({
          source,
          rows: rows.filter((row) => row["source"] === source),
        }));
        const delivered = each.filter((one) => one.rows.length > 0);
        return [{ source: null, rows }, ...delivered].map((one) => timesOf(type, one, clock));
      });
      const variantTimes = VARIANTS.flatMap((variant) =>
        TYPES.map((type) => {
          const rows = ofDay.filter(
            (row) => row["event_type"] === type && row["algo_version"] === plan[variant],
          );
          return { ...timesOf(type, { source: null, rows }, clock), variant };
        }),
      );
      return [day, { eventTimes, variantTimes, sourceEvents: sourceEvents(sources, day) }];
    }),
  );
}

/** The sources of a type where there are several: a single one is the whole. */
function sourcesOf(rows: readonly Row[], type: string): readonly string[] {
  const ofType = rows.filter((row) => row["event_type"] === type && typeof row["source"] === "string");
  const names = [...new Set(ofType.map((row) => String(row["source"])))].sort();
  return names.length > 1 ? names : [];
}

function sourceEvents(rows: readonly Row[], day: Day): readonly SourceEvents[] {
  return rows
    .filter((row) => row["event_date"] === day)
    .map((row) => ({ source: String(row["source"]), events: Number(row["events"]) }));
}

interface Clock {
  readonly from: number;
  readonly to: number;
  /** Minute of the day that clocks show at an instant (milliseconds); on most days simply the time since midnight. */
  readonly minuteAt: (time: number) => number;
}

function clockOf(day: Day, timeZone: string): Clock {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const [from, to] = [Date.parse(startOfDay(day, timeZone)), Date.parse(endOfDay(day, timeZone))];
  const isPlain = to - from === DAY * MINUTE_MS;
  return {
    from,
    to,
    minuteAt: (time) => {
      const shown = isPlain
        ? midnight + time - from
        : Date.parse(`${wallClockAt(new Date(time), timeZone)}Z`);
      const minute = Math.round(((shown - midnight) / MINUTE_MS) * 1000) / 1000;
      return Math.min(DAY, Math.max(0, minute));
    },
  };
}

interface HourRow {
  readonly at: number;
  readonly first: number;
  readonly last: number;
  readonly events: number;
}

function timesOf(
  type: EventTimes["type"],
  { source, rows }: { readonly source: string | null; readonly rows: readonly Row[] },
  clock: Clock,
): EventTimes {
  const within = inOrder(rows).filter(({ first, last }) => last >= clock.from && first < clock.to);
  const [first, last] = [within[0], within.at(-1)];
  return {
    type,
    source,
    events: rows.reduce((sum, row) => sum + Number(row["events"]), 0),
    hours: byClockHour(within, clock),
    firstMinute: first === undefined ? null : clock.minuteAt(Math.max(first.first, clock.from)),
    lastMinute: last === undefined ? null : clock.minuteAt(Math.min(last.last, clock.to)),
    holes: holesOf(within, clock),
  };
}

/** One row for each hour with a time, over all sources. */
function inOrder(rows: readonly Row[]): readonly HourRow[] {
  const hours = new Map<number, HourRow>();
  for (const row of rows) {
    if (row["hour_at"] === null) continue;
    const at = Date.parse(String(row["hour_at"]));
    const before = hours.get(at);
    const [first, last] = [Date.parse(String(row["first_at"])), Date.parse(String(row["last_at"]))];
    hours.set(at, {
      at,
      first: Math.min(first, before?.first ?? first),
      last: Math.max(last, before?.last ?? last),
      events: Number(row["events"]) + (before?.events ?? 0),
    });
  }
  return [...hours.values()].sort((a, b) => a.at - b.at);
}

/** Where clocks are half an hour off, an hour of UTC lies in two hours of the clock: half of it in each. */
function byClockHour(rows: readonly HourRow[], { from, to, minuteAt }: Clock): readonly number[] {
  const hours = Array.from({ length: DAY / HOUR }, () => 0);
  for (const { at, events } of rows) {
    const [start, end] = [Math.max(at, from), Math.min(at + HOUR * MINUTE_MS, to)];
    const minute = minuteAt(start);
    const hour = Math.floor(minute / HOUR);
    const length = (end - start) / MINUTE_MS;
    const inFirst = length > 0 ? Math.min(1, ((hour + 1) * HOUR - minute) / length) : 1;
    hours[hour] = (hours[hour] ?? 0) + events * inFirst;
    if (inFirst < 1) hours[hour + 1] = (hours[hour + 1] ?? 0) + events * (1 - inFirst);
  }
  return hours;
}

function holesOf(rows: readonly HourRow[], { minuteAt }: Clock): readonly MinuteRange[] {
  return rows.slice(1).flatMap((row, index) => {
    const before = rows[index]?.last ?? row.first;
    if (row.first - before <= HOUR * MINUTE_MS) return [];
    return [{ from: minuteAt(before), to: minuteAt(row.first) }];
  });
}
