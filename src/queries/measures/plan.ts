/** Which algorithms and days are measured, and the units that no delta may count. */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlDate, sqlText } from "../../engine/sql-text.ts";
import { addDays } from "../../model/calendar.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";

export interface MeasurePlan {
  /** Algorithm versions. */
  readonly baseline: string;
  readonly candidate: string;
  /** The observation window. */
  readonly from: Day;
  readonly to: Day;
  /** First day shown day by day; the window itself always is. */
  readonly shownFrom: Day;
  /** Days before the rollout that a ratio's units are looked up in; null or not given: none. */
  readonly pre?: DayRange | null | undefined;
  /** Of the rollout's days, IANA name. */
  readonly timeZone: string;
  /** Columns of events that hold data; what requires another is not available. */
  readonly presentColumns: ReadonlySet<string>;
  /** Relations that could not be built, by name; not given: none. */
  readonly failedRelations?: ReadonlyMap<string, QueryError> | undefined;
  readonly timeoutMs?: number | undefined;
  /** What the dates stand for when they are no calendar days: hours of the first 24. */
  readonly slots?: readonly EventSlot[] | undefined;
  /** Before/after: the same units stand on both sides, one period after the other, and none is taken out for it. */
  readonly keepsCrossover?: boolean | undefined;
  /** Ratio metrics that are also cut by the catalog's dimensions; not given: none. */
  readonly cutMetrics?: ReadonlySet<string> | undefined;
  /** The window is read once more with crossed units under the algorithm they saw first (`crossover_firsts`). */
  readonly readsCrossed?: boolean | undefined;
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

/** 1 for the candidate, 0 for the baseline, else null: narrower to group by than the algorithm's name. */
export function variantNumber(plan: MeasurePlan): string {
  return `CASE algo_version WHEN ${sqlText(plan.candidate)} THEN 1 WHEN ${sqlText(plan.baseline)} THEN 0 END`;
}

/** `algo_version IN ('clip-cosine-v1', 'clip-cosine-v2')` */
export function ofVariants(plan: Pick<MeasurePlan, "baseline" | "candidate">): string {
  return `algo_version IN (${sqlText(plan.baseline)}, ${sqlText(plan.candidate)})`;
}

/** `event_date BETWEEN DATE '2026-02-01' AND DATE '2026-02-07'` */
export function inRange({ from, to }: DayRange): string {
  return `event_date BETWEEN ${sqlDate(from)} AND ${sqlDate(to)}`;
}

/**
 * Builds the table `crossover_units`(unit_id, event_date, crossed): what no delta counts. A unit seen under both algorithms inside
 * the observation window is out on every day of it; before the window one is out only on a day on which it was under both, since
 * between gates units do move. Rows that name neither user nor session nor event are no units and are out, too (`crossed` is
 * false). Temporary: it holds for one plan. Returns the number of units crossed within the window.
 */
export async function buildCrossoverUnits(engine: DataEngine, plan: MeasurePlan): Promise<number> {
  const both = plan.keepsCrossover === true ? "false" : "count(DISTINCT CAST(algo_version AS VARCHAR)) = 2";
  const earlier = earlierDays(plan);
  const onOneDay =
    earlier === null
      ? ""
      : `UNION ALL
    SELECT CAST(unit_id AS VARCHAR), event_date, true FROM user_days
    WHERE ${inRange(earlier)} AND ${ofVariants(plan)} GROUP BY unit_id, event_date HAVING ${both}`;
  await engine.scratch(
    "crossover_units",
    `WITH crossed AS (
      SELECT CAST(unit_id AS VARCHAR) AS unit_id FROM user_days
      WHERE ${inRange(plan)} AND ${ofVariants(plan)} GROUP BY unit_id HAVING ${both})
    SELECT unit_id, event_date, true AS crossed
    FROM crossed, (SELECT DISTINCT event_date FROM user_days WHERE ${inRange(plan)}) AS days
    ${onOneDay}
    UNION ALL
    SELECT CAST(unit_id AS VARCHAR), event_date, false FROM user_days
    WHERE ${inRange(shownDays(plan))} AND ${ofVariants(plan)} AND ${IS_NO_UNIT} GROUP BY CAST(unit_id AS VARCHAR), event_date`,
  );
  const [row] = await engine.rows(
    `SELECT count(DISTINCT unit_id) AS units FROM crossover_units WHERE crossed AND ${inRange(plan)}`,
  );
  return Number(row?.["units"]);
}

/**
 * Builds `crossover_firsts`(unit_id, variant): under which algorithm each crossed unit was first. Within one day that is for its
 * events to say (`unit_firsts`); where they do not, the one that showed it more.
 */
export async function buildCrossoverFirsts(
  engine: DataEngine,
  plan: MeasurePlan,
  hasTimes: boolean,
): Promise<void> {
  const times = hasTimes ? "LEFT JOIN unit_firsts AS f USING (event_date, algo_version, unit_id)" : "";
  await engine.scratch(
    "crossover_firsts",
    `WITH crossed AS (SELECT DISTINCT unit_id FROM crossover_units WHERE crossed AND ${inRange(plan)}),
    days AS (
      SELECT event_date, CAST(algo_version AS VARCHAR) AS algo_version, CAST(unit_id AS VARCHAR) AS unit_id, impressions
      FROM user_days WHERE ${inRange(plan)} AND ${ofVariants(plan)}
    ),
    ranked AS (
      SELECT unit_id, ${variantNumber(plan)} AS variant, row_number() OVER (PARTITION BY unit_id
        ORDER BY event_date, ${hasTimes ? "first_at NULLS LAST, " : ""}impressions DESC, algo_version) AS place
      FROM days JOIN crossed USING (unit_id) ${times}
    )
    SELECT unit_id, variant FROM ranked WHERE place = 1`,
  );
}

/** A row without user, session and event id, as loading names it. */
export const IS_NO_UNIT = "CAST(unit_id AS VARCHAR) LIKE 'row:%'";

/** The rows of `table`, which has unit_id and event_date, that are of units under one algorithm only, as a FROM. */
export function withoutCrossover(table: string): string {
  return notIn(table, "");
}

/** The same, crossed units among them: for the reading that keeps them under the algorithm they saw first. */
export function withCrossover(table: string): string {
  return notIn(table, "AND NOT c.crossed");
}

/** No NOT EXISTS: DuckDB would first keep all rows of the table, to look each of their units and days up once. */
function notIn(table: string, condition: string): string {
  return `(SELECT t.* FROM ${table} AS t LEFT JOIN crossover_units AS c
    ON c.unit_id = t.unit_id AND c.event_date = t.event_date ${condition} WHERE c.unit_id IS NULL) AS ${table}`;
}
