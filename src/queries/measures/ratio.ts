/**
 * Ratio metrics: six exact sums per variant and window. The analyst's rows are grouped again per unit over the whole window, since
 * sums of daily squares would take user-days for units and come out 30% too small. And each day's heaviest units, where they matter.
 */
import type { DataEngine, QueryFile, TypedColumn } from "../../engine/engine.ts";
import type {
  DayMeasurement,
  HeaviestUnit,
  HeaviestUnits,
  RatioMoments,
  VariantPair,
  WindowMeasurement,
} from "../../model/measurement.ts";
import type { Day, Scalar, Variant } from "../../model/words.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { areIntegers } from "../validation/contract.ts";
import { asQueryFile } from "../validation/inspect.ts";
import { inRange, type MeasurePlan, ofVariants, shownDays, variantNumber, withoutCrossover } from "./plan.ts";
import { refuseFaults } from "./row-faults.ts";

export interface MeasuredRatio {
  readonly observation: WindowMeasurement;
  readonly days: readonly DayMeasurement[];
  readonly intentionToTreat: WindowMeasurement | null;
}

/** Throws GatebookError `query` when the file fails or returns rows that are no measurement. */
export async function measureRatio(
  engine: DataEngine,
  file: CatalogFile,
  columns: readonly TypedColumn[],
  plan: MeasurePlan,
): Promise<MeasuredRatio> {
  const { before, after } = ratioSql(plan, areIntegers(columns, "numerator", "denominator"));
  const { rows } = await engine.query({ ...asQueryFile(file), before, after }, { timeoutMs: plan.timeoutMs });
  refuseFaults(
    file,
    rows.filter(([kind]) => kind === "faults").flatMap(([, , , , ...counts]) => counts.map(Number)),
  );
  const readKinds = (...kinds: readonly Scalar[]) =>
    rows.filter(([kind = null]) => kinds.includes(kind)).map((row) => readMoments(row));
  const moments = readKinds("day", "window");
  const heavy = rows.filter(([kind]) => kind === "heaviest");
  const observation = windowOf(moments.filter(({ day }) => day === null));
  const days = [...new Set(moments.flatMap(({ day }) => (day === null ? [] : [day])))].sort();
  return {
    observation,
    intentionToTreat:
      plan.readsCrossed === true ? together(observation, windowOf(readKinds("crossed"))) : null,
    days: days.map((date) => ({
      date,
      ...windowOf(moments.filter(({ day }) => day === date)),
      heaviest: heaviestOf(heavy.filter(([, day]) => day === date)),
    })),
  };
}

interface NamedMoments {
  /** Null: the observation window. */
  readonly day: Day | null;
  readonly variant: Variant;
  readonly moments: RatioMoments;
}

function readMoments([, day, variant, , ...sums]: readonly Scalar[]): NamedMoments {
  return {
    day: day === null ? null : String(day),
    variant: variant === 1 ? "candidate" : "baseline",
    moments: momentsOf(sums.map(Number)),
  };
}

/** Six sums in the order in which every query returns them. */
export function momentsOf([
  units = 0,
  m = 0,
  y = 0,
  mm = 0,
  yy = 0,
  my = 0,
]: readonly number[]): RatioMoments {
  return {
    shape: "ratio",
    units,
    sumDenominator: m,
    sumNumerator: y,
    sumDenominatorSquared: mm,
    sumNumeratorSquared: yy,
    sumProduct: my,
  };
}

/** Of two sets of units that have none in common. */
export function addMoments(left: RatioMoments, right: RatioMoments): RatioMoments {
  return {
    shape: "ratio",
    units: left.units + right.units,
    sumDenominator: left.sumDenominator + right.sumDenominator,
    sumNumerator: left.sumNumerator + right.sumNumerator,
    sumDenominatorSquared: left.sumDenominatorSquared + right.sumDenominatorSquared,
    sumNumeratorSquared: left.sumNumeratorSquared + right.sumNumeratorSquared,
    sumProduct: left.sumProduct + right.sumProduct,
  };
}

type RatioWindow = VariantPair<RatioMoments | null>;

function together(some: RatioWindow, others: RatioWindow): RatioWindow {
  const add = (left: RatioMoments | null, right: RatioMoments | null): RatioMoments | null =>
    left === null || right === null ? (left ?? right) : addMoments(left, right);
  return {
    baseline: add(some.baseline, others.baseline),
    candidate: add(some.candidate, others.candidate),
  };
}

function windowOf(found: readonly NamedMoments[]): RatioWindow {
  return {
    baseline: found.find(({ variant }) => variant === "baseline")?.moments ?? null,
    candidate: found.find(({ variant }) => variant === "candidate")?.moments ?? null,
  };
}

function heaviestOf(rows: readonly (readonly Scalar[])[]): HeaviestUnits {
  const of = (wanted: number): HeaviestUnit | null => {
    const [, , , unit, denominator, numerator] = rows.find(([, , variant]) => variant === wanted) ?? [];
    if (unit === undefined) return null;
    return { unit: String(unit), denominator: Number(denominator), numerator: Number(numerator) };
  };
  return { baseline: of(0), candidate: of(1) };
}

/** From a twentieth of the day on a unit is heavy: lighter ones change little by leaving it. */
const HEAVY_PARTS = 20;

/**
 * Rows of "day", "window", "heaviest" and "faults" around the analyst's query; y is the numerator, m the denominator. Sums of integers are
 * exact; anything else is taken as a decimal of six places first, since sums of doubles differ from run to run.
 */
function ratioSql(plan: MeasurePlan, whole: boolean): Required<Pick<QueryFile, "before" | "after">> {
  const exact = (name: string) => (whole ? name : `CAST(${name} AS DECIMAL(18, 6)) AS ${name}`);
  const sums =
    "count(*) AS units, sum(m) AS sum_m, sum(y) AS sum_y, sum(m * m) AS sum_mm, sum(y * y) AS sum_yy, sum(m * y) AS sum_my";
  return {
    before: "WITH metric AS NOT MATERIALIZED (",
    after: `),
source AS NOT MATERIALIZED (
  SELECT event_date, ${variantNumber(plan)} AS variant, CAST(unit_id AS VARCHAR) AS unit_id,
    ${exact("numerator")}, ${exact("denominator")}
  FROM metric
  WHERE ${ofVariants(plan)} AND (event_date IS NULL OR ${inRange(shownDays(plan))})
),
unit_days AS MATERIALIZED (
  SELECT event_date, variant, unit_id, sum(numerator) AS y, sum(denominator) AS m
  FROM ${withoutCrossover("source")} GROUP BY event_date, variant, unit_id
),
days AS MATERIALIZED (
  SELECT event_date, variant, ${sums}, max(m) AS heaviest FROM unit_days WHERE m > 0 GROUP BY event_date, variant
),
-- One row per unit that is a day's heaviest, where that is heavy; place 1 is the first by name of equal ones.
heavy AS (
  SELECT event_date, variant, unit_id, m, y, row_number() OVER (PARTITION BY event_date, variant ORDER BY unit_id) AS place
  FROM unit_days JOIN (SELECT event_date, variant, heaviest AS m FROM days WHERE heaviest * ${HEAVY_PARTS} >= sum_m) AS tops
    USING (event_date, variant, m)
),
units AS (
  SELECT variant, unit_id, sum(m) AS m, sum(y) AS y FROM unit_days WHERE ${inRange(plan)} GROUP BY variant, unit_id
)
SELECT 'day' AS kind, event_date, variant, NULL AS unit_id, units, sum_m, sum_y, sum_mm, sum_yy, sum_my FROM days
UNION ALL
SELECT 'window', NULL, variant, NULL, ${sums} FROM units WHERE m > 0 GROUP BY variant
${plan.readsCrossed === true ? crossedSql(sums, plan) : ""}UNION ALL
SELECT 'heaviest', event_date, variant, unit_id, m, y, 0, 0, 0, 0 FROM heavy WHERE place = 1
UNION ALL
SELECT 'faults', NULL, 0, NULL, count(*) FILTER (WHERE event_date IS NULL OR unit_id IS NULL),
  count(*) FILTER (WHERE numerator IS NULL OR denominator IS NULL), count(*) FILTER (WHERE denominator < 0), 0, 0, 0
FROM source
ORDER BY 1, 2, 3`,
  };
}

/** Sums over units that no delta counts, each under the algorithm it saw first. */
function crossedSql(sums: string, plan: MeasurePlan): string {
  return `UNION ALL
SELECT 'crossed', NULL, variant, NULL, ${sums} FROM (
  SELECT f.variant, unit_id, sum(denominator) AS m, sum(numerator) AS y
  FROM source JOIN crossover_firsts AS f USING (unit_id) WHERE ${inRange(plan)} GROUP BY f.variant, unit_id
) AS crossed WHERE m > 0 GROUP BY variant
`;
}
