/**
 * A ratio metric cut by the values of a dimension, over the observation window: the six sums of `ratio.ts` per variant and value. One
 * query per metric and dimension. The units are those that the metric's own delta counts, so that the cuts add up to it.
 */
import type { DataEngine, TypedColumn } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { MeasuredCut, MeasuredDimension, RatioMoments } from "../../model/measurement.ts";
import type { Scalar } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { queryPlace } from "../catalog/header-lines.ts";
import { queryProblem, toQueryError } from "../catalog/query-problem.ts";
import { type Readiness, refuseUnready } from "../catalog/readiness.ts";
import { areIntegers } from "../validation/contract.ts";
import { asQueryFile } from "../validation/inspect.ts";
import { inRange, type MeasurePlan, ofVariants, variantNumber, withoutCrossover } from "./plan.ts";
import { metricValues, momentsOf, SUMS } from "./ratio.ts";

/** Values shown by themselves; the rest, and what has less than one part in so many of the denominator, is pooled. */
const MOST_VALUES = 20;
const RARE_PARTS = 200;
/** Longer values are cut. */
const VALUE_LENGTH = 100;

export interface CutRequest {
  readonly metric: CatalogFile;
  readonly columns: readonly TypedColumn[];
  readonly plan: MeasurePlan;
  readonly readiness: Readiness;
}

/** A dimension that fails is that dimension's finding: the metric has its number all the same. */
export async function measureCut(
  engine: DataEngine,
  dimension: CatalogFile,
  request: CutRequest,
): Promise<MeasuredDimension> {
  const { name, header } = dimension;
  const found = { name, title: header.title, values: [], error: null };
  try {
    return { ...found, values: await cutValues(engine, dimension, request) };
  } catch (error) {
    return { ...found, error: toQueryError(error, dimension) };
  }
}

async function cutValues(
  engine: DataEngine,
  dimension: CatalogFile,
  { metric, columns, plan, readiness }: CutRequest,
): Promise<readonly MeasuredCut[]> {
  const failed = readiness.failed.get(dimension.name);
  if (failed !== undefined)
    throw queryProblem(dimension, failed.message, {
      ...(failed.line === null ? {} : { line: failed.line }),
      ...(failed.column === null ? {} : { column: failed.column }),
      ...(failed.hint === null ? {} : { hint: failed.hint }),
    });
  await refuseUnready(engine, dimension, readiness);
  const sql = cutSql(dimension.name, plan, areIntegers(columns, "numerator", "denominator"));
  const { rows } = await engine.query({ ...asQueryFile(metric), ...sql }, { timeoutMs: plan.timeoutMs });
  const repeated = Number(rows.find(([kind]) => kind === "repeated")?.[3] ?? 0);
  if (repeated > 0)
    throw queryProblem(dimension, "some units have more than one value on a day", {
      ...queryPlace(dimension.sql),
      hint: "return one row per event_date, algo_version and unit_id",
    });
  return cutsOf(rows.filter(([kind]) => kind !== "repeated"));
}

function cutsOf(rows: readonly (readonly Scalar[])[]): readonly MeasuredCut[] {
  const keys = [...new Set(rows.map(([kind, value]) => JSON.stringify([kind, value])))];
  return keys.map((key) => {
    const own = rows.filter(([kind, value]) => JSON.stringify([kind, value]) === key);
    const [kind, value = null] = own[0] ?? [];
    const of = (wanted: number): RatioMoments | null => {
      const sums = own.find(([, , variant]) => variant === wanted)?.slice(3);
      return sums === undefined ? null : momentsOf(sums.map(Number));
    };
    return {
      kind: kind === "value" || kind === "none" || kind === "unknown" ? kind : "other",
      value: value === null ? null : String(value),
      baseline: of(0),
      candidate: of(1),
    };
  });
}

/** Rows of kind, value, variant and six sums around the metric's query, and the number of units with several values on a day. */
function cutSql(dimension: string, plan: MeasurePlan, whole: boolean) {
  const variant = variantNumber(plan);
  return {
    before: "WITH metric AS NOT MATERIALIZED (",
    after: `),
source AS NOT MATERIALIZED (
  SELECT event_date, ${variant} AS variant, ${metricValues(whole)}
  FROM metric WHERE ${ofVariants(plan)} AND ${inRange(plan)}
),
unit_days AS MATERIALIZED (
  SELECT event_date, variant, unit_id, sum(numerator) AS y, sum(denominator) AS m
  FROM ${withoutCrossover("source")} GROUP BY event_date, variant, unit_id
),
valued AS MATERIALIZED (
  SELECT event_date, ${variant} AS variant, CAST(unit_id AS VARCHAR) AS unit_id, count(*) AS times,
    min(substr(CAST(value AS VARCHAR), 1, ${VALUE_LENGTH})) AS value
  FROM ${sqlName(dimension)} WHERE ${ofVariants(plan)} AND ${inRange(plan)} AND unit_id IS NOT NULL
  GROUP BY event_date, variant, CAST(unit_id AS VARCHAR)
),
-- A unit without any denominator in the window is in no delta, whatever else it has.
uncounted AS (
  SELECT variant, unit_id FROM unit_days
  WHERE EXISTS (SELECT 1 FROM unit_days AS empty WHERE empty.m = 0 AND empty.y <> 0
    AND empty.variant = unit_days.variant AND empty.unit_id = unit_days.unit_id)
  GROUP BY variant, unit_id HAVING sum(m) = 0
),
cuts AS MATERIALIZED (
  SELECT u.variant, u.unit_id, v.value, sum(u.y) AS y, sum(u.m) AS m,
    CASE WHEN v.times IS NULL THEN 'unknown' WHEN v.value IS NULL THEN 'none' ELSE 'value' END AS kind
  FROM unit_days AS u LEFT JOIN valued AS v
    ON v.event_date = u.event_date AND v.variant = u.variant AND v.unit_id = u.unit_id
  WHERE (u.m <> 0 OR u.y <> 0)
    AND NOT EXISTS (SELECT 1 FROM uncounted AS n WHERE n.variant = u.variant AND n.unit_id = u.unit_id)
  GROUP BY u.variant, u.unit_id, v.value,
    CASE WHEN v.times IS NULL THEN 'unknown' WHEN v.value IS NULL THEN 'none' ELSE 'value' END
),
ranked AS (
  SELECT value, m, row_number() OVER (ORDER BY m DESC, value) AS place
  FROM (SELECT value, sum(m) AS m FROM cuts WHERE kind = 'value' GROUP BY value) AS totals
),
shown AS (
  SELECT value FROM ranked
  WHERE place <= ${MOST_VALUES} AND m * ${RARE_PARTS} >= (SELECT sum(m) FROM cuts)
),
pooled AS (
  SELECT variant, unit_id, value, kind, y, m FROM cuts
  WHERE kind <> 'value' OR value IN (SELECT value FROM shown)
  UNION ALL
  SELECT variant, unit_id, NULL, 'other', sum(y), sum(m) FROM cuts
  WHERE kind = 'value' AND value NOT IN (SELECT value FROM shown) GROUP BY variant, unit_id
)
SELECT kind, value, variant, ${SUMS} FROM pooled GROUP BY kind, value, variant
UNION ALL
SELECT 'repeated', NULL, 0, count(*), 0, 0, 0, 0, 0 FROM valued WHERE times > 1
ORDER BY 1, 2, 3`,
  };
}
