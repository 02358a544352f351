/** Which algorithms and days are measured, and the units that no delta may count. */
import type { Engine } from "../engine/engine.ts";
import { sqlDate, sqlText } from "../engine/sql-text.ts";
import { addDays } from "../model/calendar.ts";
import type { Day } from "../model/words.ts";

export interface MeasurePlan {
  /** Algorithm versions. */
  readonly baseline: string;
  readonly candidate: string;
  /** The observation window. */
  readonly from: Day;
  readonly to: Day;
  /** First day shown day by day; the window itself always is. */
  readonly shownFrom: Day;
  /** Of the rollout's days, IANA name. */
  readonly timeZone: string;
  /** Canonical columns that hold data; what requires another is not available. */
  readonly presentColumns: ReadonlySet<string>;
  readonly timeoutMs?: number | undefined;
  /** What the dates stand for when they are no calendar days: hours of the first 24. */
  readonly slots?: readonly EventSlot[] | undefined;
  /** Before/after: the same units stand on both sides, one period after the other, and none is taken out for it. */
  readonly keepsCrossover?: boolean | undefined;
}

/** The events of one stretch of time, which all carry the date. */
export interface EventSlot {
  readonly date: Day;
  /** Instants, ISO UTC; `to` is the first that is outside. */
  readonly from: string;
  readonly to: string;
}

/** A closed range of days. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** All days that are measured. */
export function shownDays(plan: MeasurePlan): DayRange {
  return { from: earlierDays(plan)?.from ?? plan.from, to: plan.to };
}

/** Days shown that lie before the observation window (earlier gates, ramp days); null when there are none. */
export function earlierDays(plan: MeasurePlan): DayRange | null {
  return plan.shownFrom < plan.from ? { from: plan.shownFrom, to: addDays(plan.from, -1) } : null;
}

/** 1 for the candidate, 0 for the baseline: narrower to group by than the algorithm's name. */
export function variantNumber(plan: MeasurePlan): string {
  return `CASE WHEN algo_version = ${sqlText(plan.candidate)} THEN 1 ELSE 0 END`;
}

/** `algo_version IN ('clip-cosine-v1', 'clip-cosine-v2')` */
export function ofVariants(plan: MeasurePlan): string {
  return `algo_version IN (${sqlText(plan.baseline)}, ${sqlText(plan.candidate)})`;
}

/** `event_date BETWEEN DATE '2026-02-01' AND DATE '2026-02-07'` */
export function inRange({ from, to }: DayRange): string {
  return `event_date BETWEEN ${sqlDate(from)} AND ${sqlDate(to)}`;
}

/**
 * Builds the table `crossover_units`(unit_id, event_date): a unit seen under both algorithms inside the observation window is
 * out on every day of it; before the window one is out only on a day on which it was under both, since between gates units do
 * move. Temporary: it holds for one plan.
 */
export async function buildCrossoverUnits(engine: Engine, plan: MeasurePlan): Promise<void> {
  const both = plan.keepsCrossover === true ? "false" : "count(DISTINCT CAST(algo_version AS VARCHAR)) = 2";
  const earlier = earlierDays(plan);
  const onOneDay =
    earlier === null
      ? ""
      : `UNION ALL
    SELECT CAST(unit_id AS VARCHAR), event_date FROM user_days
    WHERE ${inRange(earlier)} AND ${ofVariants(plan)} GROUP BY unit_id, event_date HAVING ${both}`;
  await engine.execute(`CREATE OR REPLACE TEMP TABLE crossover_units AS
    WITH crossed AS (
      SELECT CAST(unit_id AS VARCHAR) AS unit_id FROM user_days
      WHERE ${inRange(plan)} AND ${ofVariants(plan)} GROUP BY unit_id HAVING ${both})
    SELECT unit_id, event_date FROM crossed, (SELECT DISTINCT event_date FROM user_days WHERE ${inRange(plan)}) AS days
    ${onOneDay}`);
}

/** After a FROM whose rows have unit_id and event_date: keeps those of units under one algorithm only. */
export const WITHOUT_CROSSOVER = "ANTI JOIN crossover_units USING (unit_id, event_date)";
