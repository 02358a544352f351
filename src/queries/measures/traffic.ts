/**
 * Who was served what, by day: impressions, clicks and units per variant, units first seen in the gate (for the sample ratio),
 * and when events came (for completeness). Reads `user_days`, `day_edges` and `day_hours`.
 */
import type { DataEngine, Row } from "../../engine/engine.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import { endOfDay, startOfDay } from "../../model/calendar.ts";
import type { TrafficDay, TrafficMeasurement, VariantTraffic } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import { readReadiness } from "../catalog/readiness.ts";
import { type EventTimeRange, readEventTimeRange } from "../relations/event-time-range.ts";
import { countOnce } from "./counted-units.ts";
import { measureTrafficCoverage } from "./coverage.ts";
import { readEventTimes, type TimesOfDay } from "./event-times.ts";
import { measureEventsPerUnit } from "./events-per-unit.ts";
import {
  type EventSlot,
  inRange,
  type MeasurePlan,
  ofVariants,
  shownDays,
  withoutCrossover,
} from "./plan.ts";

const HOUR_MS = 3_600_000;
const nothing: TrafficMeasurement = {
  days: [],
  baselineUnits: 0,
  candidateUnits: 0,
  crossoverUnits: 0,
  perUnit: [],
  unitsByValue: [],
  coverage: null,
};

/** Days with any row of either algorithm, in order; none when the relation user_days could not be built. `units`: of the same plan. */
export async function measureTraffic(
  engine: DataEngine,
  plan: MeasurePlan,
  units = countOnce(engine, plan),
): Promise<TrafficMeasurement> {
  if ((await readReadiness(engine, plan.failedRelations)).userDays !== null) return nothing;
  const { crossed, tables } = await units();
  const counts = await engine.rows(trafficSql(plan));
  const edges = await readEventTimeRange(engine, plan);
  const times = await readEventTimes(engine, plan);
  const dates = [...new Set(counts.map((row) => String(row["event_date"])))];
  const days = dates.map((date) =>
    trafficDay(date, { counts, edges: edges.get(date) ?? null, times: times.get(date), plan }),
  );
  const firstSeen = (variant: "baseline" | "candidate") =>
    days.filter(({ date }) => date >= plan.from).reduce((sum, day) => sum + day[variant].newUnits, 0);
  return {
    days,
    baselineUnits: firstSeen("baseline"),
    candidateUnits: firstSeen("candidate"),
    crossoverUnits: crossed,
    perUnit: await measureEventsPerUnit(engine, plan),
    unitsByValue: [],
    coverage: await measureTrafficCoverage(engine, tables),
  };
}

interface DayFacts {
  readonly counts: readonly Row[];
  readonly edges: EventTimeRange | null;
  readonly times: TimesOfDay | undefined;
  readonly plan: MeasurePlan;
}

function trafficDay(date: Day, { counts, edges, times, plan }: DayFacts): TrafficDay {
  const ofVariant = (algoVersion: string) =>
    variantTraffic(counts.find((row) => row["event_date"] === date && row["algo_version"] === algoVersion));
  const [baseline, candidate] = [ofVariant(plan.baseline), ofVariant(plan.candidate)];
  const counted = baseline.impressions + baseline.clicks + candidate.impressions + candidate.clicks;
  const { from, to } = stretchOf(date, plan);
  return {
    date,
    startGapHours: hours(from, edges?.firstAt ?? null),
    endGapHours: hours(edges?.lastAt ?? null, to),
    events: edges?.events ?? counted,
    baseline,
    candidate,
    eventTimes: times?.eventTimes ?? [],
    variantTimes: times?.variantTimes ?? [],
    sourceEvents: times?.sourceEvents ?? [],
  };
}

/** From the first instant of a date to its end. */
function stretchOf(date: Day, { slots, timeZone }: MeasurePlan): Pick<EventSlot, "from" | "to"> {
  const slot = slots?.find((one) => one.date === date);
  return slot ?? { from: startOfDay(date, timeZone), to: endOfDay(date, timeZone) };
}

function variantTraffic(row: Row | undefined): VariantTraffic {
  const count = (name: string) => Number(row?.[name] ?? 0);
  return {
    impressions: count("impressions"),
    clicks: count("clicks"),
    units: count("units"),
    newUnits: count("new_units"),
  };
}

/** Null when either end is not known; never negative (a given event_date may disagree with the time). */
function hours(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / HOUR_MS);
}

/**
 * A unit counts where it was shown something. New is who was not shown anything by that algorithm earlier in the gate; days
 * before the window count from the first day shown. Units under both algorithms are nobody's new ones.
 */
function trafficSql(plan: MeasurePlan): string {
  const inWindow = `event_date >= ${sqlDate(plan.from)}`;
  return `WITH shown AS (
  SELECT event_date, CAST(algo_version AS VARCHAR) AS algo_version, CAST(unit_id AS VARCHAR) AS unit_id, impressions, clicks
  FROM user_days WHERE ${ofVariants(plan)} AND ${inRange(shownDays(plan))}
),
firsts AS (
  SELECT algo_version, min(event_date) AS event_date FROM ${withoutCrossover("shown")}
  WHERE impressions > 0 GROUP BY algo_version, unit_id, ${inWindow}
),
new_units AS (SELECT event_date, algo_version, count(*) AS new_units FROM firsts GROUP BY event_date, algo_version),
days AS (
  SELECT event_date, algo_version, sum(impressions) AS impressions, sum(clicks) AS clicks,
    count(DISTINCT unit_id) FILTER (WHERE impressions > 0) AS units
  FROM shown GROUP BY event_date, algo_version
)
SELECT * FROM days LEFT JOIN new_units USING (event_date, algo_version) ORDER BY event_date, algo_version`;
}
