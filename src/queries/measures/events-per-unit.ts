/**
 * How many events the units of each variant have in the observation window: what an export lost of one variant alone shows here
 * and nowhere else. Grouped per unit over the whole window first, since days of one unit are not independent.
 */
import type { DataEngine, Row } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { EventsPerUnit, UnitEvent, UnitTotals } from "../../model/measurement.ts";
import { unitEvent } from "../../model/schema/traffic.ts";
import { inRange, type MeasurePlan, ofVariants, withoutCrossover } from "./plan.ts";

/** Of the kinds that user_days counts, in their order. Reads `crossover_units`. */
export async function measureEventsPerUnit(
  engine: DataEngine,
  plan: MeasurePlan,
): Promise<readonly EventsPerUnit[]> {
  const columns = await engine.describe({
    file: "queries/relations/user_days.sql",
    sql: "SELECT * FROM user_days",
  });
  const counted = unitEvent.options.filter((event) =>
    columns.some(({ name }) => name.toLowerCase() === event),
  );
  const rows = await engine.rows(perUnitSql(plan, counted));
  const totalsOf = (event: UnitEvent, algoVersion: string) =>
    unitTotals(
      rows.find((row) => row["algo_version"] === algoVersion),
      event,
    );
  return counted.map((event) => ({
    event,
    baseline: totalsOf(event, plan.baseline),
    candidate: totalsOf(event, plan.candidate),
  }));
}

function unitTotals(row: Row | undefined, event: UnitEvent): UnitTotals {
  const count = (name: string) => Number(row?.[name] ?? 0);
  return { units: count("units"), events: count(event), eventsSquared: count(squared(event)) };
}

function squared(event: UnitEvent): string {
  return `${event}_squared`;
}

/** A unit counts where it was shown something, as in the sample ratio. */
function perUnitSql(plan: MeasurePlan, events: readonly UnitEvent[]): string {
  const names = events.map((event) => sqlName(event));
  const ofUnit = names.map((name) => `sum(${name}) AS ${name}`);
  const totals = events.map((event, at) => {
    const name = names[at];
    return `sum(${name}) AS ${name}, sum(${name} * ${name}) AS ${squared(event)}`;
  });
  return `WITH shown AS (
  SELECT event_date, CAST(algo_version AS VARCHAR) AS algo_version, CAST(unit_id AS VARCHAR) AS unit_id, ${names.join(", ")}
  FROM user_days WHERE ${ofVariants(plan)} AND ${inRange(plan)}
),
units AS (
  SELECT algo_version, unit_id, ${ofUnit.join(", ")} FROM ${withoutCrossover("shown")}
  GROUP BY algo_version, unit_id HAVING sum(impressions) > 0
)
SELECT algo_version, count(*) AS units, ${totals.join(", ")} FROM units GROUP BY algo_version ORDER BY algo_version`;
}
