/**
 * New units of each variant by the values of a dimension, for the sample ratio: a unit counts once, with its value on the first day of
 * the window on which that algorithm showed it something.
 */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { UnitsByValue } from "../../model/measurement.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { toQueryError } from "../catalog/query-problem.ts";
import { readReadiness } from "../catalog/readiness.ts";
import { kindOf, readyDimensions, VALUE_LENGTH } from "./dimension-cuts.ts";
import { inRange, type MeasurePlan, ofVariants, variantNumber, withoutCrossover } from "./plan.ts";

/** Counted by themselves; the units of all others are one count. */
const MOST_VALUES = 50;

/** None where user_days cannot be read. `crossover_units` of the plan is there. */
export async function measureUnitsByValue(
  engine: DataEngine,
  { dimensions }: Pick<Catalog, "dimensions">,
  plan: MeasurePlan,
): Promise<readonly UnitsByValue[]> {
  if (dimensions.length === 0) return [];
  const readiness = await readReadiness(engine, plan.failedRelations);
  if (readiness.userDays !== null) return [];
  const found: UnitsByValue[] = [];
  for (const { file, error } of await readyDimensions(engine, dimensions, { plan, readiness })) {
    const { name, header } = file;
    const nothing = { name, title: header.title, values: [], error };
    if (error !== null) {
      found.push(nothing);
      continue;
    }
    try {
      const rows = await engine.rows(unitsSql(name, plan));
      const values = rows.map(({ kind, value = null, baseline_units: from, candidate_units: to }) => ({
        kind: kindOf(kind ?? null),
        value: value === null ? null : String(value),
        baselineUnits: Number(from),
        candidateUnits: Number(to),
      }));
      found.push({ ...nothing, values });
    } catch (fault) {
      found.push({ ...nothing, error: toQueryError(fault, file) });
    }
  }
  return found;
}

function unitsSql(dimension: string, plan: MeasurePlan): string {
  const variant = variantNumber(plan);
  return `WITH shown AS (
  SELECT event_date, ${variant} AS variant, CAST(unit_id AS VARCHAR) AS unit_id, impressions
  FROM user_days WHERE ${ofVariants(plan)} AND ${inRange(plan)}
),
firsts AS (
  SELECT variant, unit_id, min(event_date) AS event_date FROM ${withoutCrossover("shown")}
  WHERE impressions > 0 GROUP BY variant, unit_id
),
valued AS (
  SELECT event_date, ${variant} AS variant, CAST(unit_id AS VARCHAR) AS unit_id, 1 AS known,
    substr(CAST(value AS VARCHAR), 1, ${VALUE_LENGTH}) AS value
  FROM ${sqlName(dimension)} WHERE ${ofVariants(plan)} AND ${inRange(plan)}
),
units AS (
  SELECT f.variant, v.value,
    CASE WHEN v.known IS NULL THEN 'unknown' WHEN v.value IS NULL THEN 'none' ELSE 'value' END AS kind
  FROM firsts AS f LEFT JOIN valued AS v
    ON v.event_date = f.event_date AND v.variant = f.variant AND v.unit_id = f.unit_id
),
totals AS (
  SELECT kind, value, sum(1 - variant) AS baseline_units, sum(variant) AS candidate_units, count(*) AS units
  FROM units GROUP BY kind, value
),
ranked AS (
  SELECT kind, value, baseline_units, candidate_units,
    row_number() OVER (PARTITION BY kind ORDER BY units DESC, value) AS place
  FROM totals
)
SELECT kind, value, baseline_units, candidate_units FROM ranked WHERE kind <> 'value' OR place <= ${MOST_VALUES}
UNION ALL
SELECT 'other', NULL, sum(baseline_units), sum(candidate_units) FROM ranked
WHERE kind = 'value' AND place > ${MOST_VALUES} HAVING count(*) > 0
ORDER BY 1, 2`;
}
