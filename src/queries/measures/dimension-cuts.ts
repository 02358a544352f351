/**
 * A ratio metric cut by the values of a dimension, over the observation window: the six sums of `ratio.ts` per variant and value. One
 * query per metric and dimension. The units are those that the metric's own delta counts, so that the cuts add up to it.
 */
import type { DataEngine, TypedColumn } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { MeasuredCut, MeasuredDimension, QueryError, RatioMoments } from "../../model/measurement.ts";
import type { Scalar } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { isEventDimension } from "../catalog/event-dimensions.ts";
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
export const VALUE_LENGTH = 100;

export interface ReadyDimension {
  readonly file: CatalogFile;
  /** Why nothing can be cut by it. */
  readonly error: QueryError | null;
}

/** Asked once of each dimension, whatever the number of metrics. */
export async function readyDimensions(
  engine: DataEngine,
  files: readonly CatalogFile[],
  { plan, readiness }: { readonly plan: MeasurePlan; readonly readiness: Readiness },
): Promise<readonly ReadyDimension[]> {
  const ready: ReadyDimension[] = [];
  for (const file of files) ready.push({ file, error: await faultOf(engine, file, { plan, readiness }) });
  return ready;
}

async function faultOf(
  engine: DataEngine,
  file: CatalogFile,
  { plan, readiness }: { readonly plan: MeasurePlan; readonly readiness: Readiness },
): Promise<QueryError | null> {
  const failed = readiness.failed.get(file.name);
  if (failed !== undefined) return failed;
  try {
    await refuseUnready(engine, file, readiness);
    if (!isEventDimension(file)) await refuseRepeated(engine, file, plan);
    return null;
  } catch (error) {
    return toQueryError(error, file);
  }
}

export interface CutRequest {
  readonly metric: CatalogFile;
  readonly columns: readonly TypedColumn[];
  readonly plan: MeasurePlan;
}

/** A dimension that fails is that dimension's finding: the metric has its number all the same. */
export async function measureCut(
  engine: DataEngine,
  { file, error }: ReadyDimension,
  { metric, columns, plan }: CutRequest,
): Promise<MeasuredDimension> {
  const found = { name: file.name, title: file.header.title, values: [], error };
  if (error !== null) return found;
  try {
    const sql = cutSql(file.name, plan, areIntegers(columns, "numerator", "denominator"));
    const options = { timeoutMs: plan.timeoutMs };
    const { rows } = await engine.query({ ...asQueryFile(metric), ...sql }, options);
    return { ...found, values: cutsOf(rows) };
  } catch (fault) {
    return { ...found, error: toQueryError(fault, file) };
  }
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
      kind: kindOf(kind ?? null),
      value: value === null ? null : String(value),
      baseline: of(0),
      candidate: of(1),
    };
  });
}

/** As the queries write it. */
export function kindOf(kind: Scalar): MeasuredCut["kind"] {
  return kind === "value" || kind === "none" || kind === "unknown" ? kind : "other";
}

/** Throws where a unit has several values on a day: the join would count its events as often. Asked once per dimension. */
async function refuseRepeated(engine: DataEngine, dimension: CatalogFile, plan: MeasurePlan): Promise<void> {
  const [row] = await engine.rows(`SELECT count(*) AS repeated FROM (
    SELECT 1 AS one FROM ${sqlName(dimension.name)} WHERE ${ofVariants(plan)} AND ${inRange(plan)} AND unit_id IS NOT NULL
    GROUP BY event_date, algo_version, unit_id HAVING count(*) > 1) AS several`);
  if (Number(row?.["repeated"] ?? 0) === 0) return;
  throw queryProblem(dimension, "some units have more than one value on a day", {
    ...queryPlace(dimension.sql),
    hint: "return one row per event_date, algo_version and unit_id",
  });
}

/** Of a row with a value `v`, which may be absent. */
export const KIND =
  "CASE WHEN v.known IS NULL THEN 'unknown' WHEN v.value IS NULL THEN 'none' ELSE 'value' END";

/**
 * Parts `ranked`, `shown` and `pooled`(…, value, kind, y, m) of a WITH, from `cuts` and `parts`: the largest values by themselves, all others
 * together. `unit`: the columns that make a unit of a variant.
 */
export function pooledSql(unit: string): string {
  return `ranked AS (
  SELECT value, m, row_number() OVER (ORDER BY m DESC, value) AS place
  FROM (SELECT value, sum(m) AS m FROM cuts WHERE kind = 'value' GROUP BY value) AS totals
),
shown AS (
  SELECT value FROM ranked
  WHERE place <= ${MOST_VALUES} AND m * ${RARE_PARTS} >= (SELECT sum(m) FROM parts)
),
pooled AS (
  SELECT ${unit}, value, kind, y, m FROM cuts
  WHERE kind <> 'value' OR value IN (SELECT value FROM shown)
  UNION ALL
  SELECT ${unit}, NULL, 'other', sum(y), sum(m) FROM cuts
  WHERE kind = 'value' AND value NOT IN (SELECT value FROM shown) GROUP BY ${unit}
)`;
}

/** Rows of kind, value, variant and six sums around the metric's query. */
function cutSql(dimension: string, plan: MeasurePlan, whole: boolean) {
  const variant = variantNumber(plan);
  return {
    before: "WITH metric AS NOT MATERIALIZED (",
    after: `),
source AS NOT MATERIALIZED (
  SELECT event_date, ${variant} AS variant, ${metricValues(whole)}
  FROM metric WHERE ${ofVariants(plan)} AND ${inRange(plan)}
),
valued AS NOT MATERIALIZED (
  SELECT event_date, ${variant} AS variant, CAST(unit_id AS VARCHAR) AS unit_id, 1 AS known,
    substr(CAST(value AS VARCHAR), 1, ${VALUE_LENGTH}) AS value
  FROM ${sqlName(dimension)} WHERE ${ofVariants(plan)} AND ${inRange(plan)}
),
parts AS MATERIALIZED (
  SELECT source.variant, source.unit_id, v.value, ${KIND} AS kind, sum(numerator) AS y, sum(denominator) AS m
  FROM ${withoutCrossover("source")} LEFT JOIN valued AS v
    ON v.event_date = source.event_date AND v.variant = source.variant AND v.unit_id = source.unit_id
  GROUP BY source.variant, source.unit_id, v.value, ${KIND}
),
-- A unit without any denominator in the window is in no delta, whatever else it has.
uncounted AS (
  SELECT variant, unit_id FROM parts
  WHERE EXISTS (SELECT 1 FROM parts AS empty WHERE empty.m = 0 AND empty.y <> 0
    AND empty.variant = parts.variant AND empty.unit_id = parts.unit_id)
  GROUP BY variant, unit_id HAVING sum(m) = 0
),
cuts AS NOT MATERIALIZED (
  SELECT * FROM parts AS p WHERE (m <> 0 OR y <> 0)
    AND NOT EXISTS (SELECT 1 FROM uncounted AS n WHERE n.variant = p.variant AND n.unit_id = p.unit_id)
),
${pooledSql("variant, unit_id")}
SELECT kind, value, variant, ${SUMS} FROM pooled GROUP BY kind, value, variant
ORDER BY 1, 2, 3`,
  };
}
