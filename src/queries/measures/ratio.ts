/**
 * Ratio metrics: six exact sums per variant and window, and nine more that hold the same units before the rollout beside them. The analyst's rows are grouped again per unit over the whole window, since
 * sums of daily squares would take user-days for units and come out 30% too small. And each day's heaviest units, where they matter.
 */
import type { DataEngine, QueryFile, TypedColumn } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import type {
  DayMeasurement,
  HeaviestUnit,
  HeaviestUnits,
  MetricMeasurement,
  PreMoments,
  RatioMoments,
  VariantPair,
  WindowMeasurement,
} from "../../model/measurement.ts";
import type { Day, Scalar, Variant } from "../../model/words.ts";
import { sumMoments } from "../../statistics/ratio.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { areIntegers } from "../validation/contract.ts";
import { asQueryFile } from "../validation/inspect.ts";
import {
  type DayRange,
  inRange,
  type MeasurePlan,
  ofVariants,
  shownDays,
  variantNumber,
  withoutCrossover,
} from "./plan.ts";
import { refuseFaults } from "./row-faults.ts";

export interface MeasuredRatio {
  readonly observation: WindowMeasurement;
  readonly days: readonly DayMeasurement[];
  readonly intentionToTreat: WindowMeasurement | null;
  /** Of the observation window; null where the plan has no days before the rollout. */
  readonly prePeriod: MetricMeasurement["prePeriod"];
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
    prePeriod: (plan.pre ?? null) === null ? null : prePeriodOf(rows),
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

type RatioWindow = VariantPair<RatioMoments | null>;

function together(some: RatioWindow, others: RatioWindow): RatioWindow {
  return {
    baseline: sumMoments([some.baseline, others.baseline]),
    candidate: sumMoments([some.candidate, others.candidate]),
  };
}

function windowOf(found: readonly NamedMoments[]): RatioWindow {
  return {
    baseline: found.find(({ variant }) => variant === "baseline")?.moments ?? null,
    candidate: found.find(({ variant }) => variant === "candidate")?.moments ?? null,
  };
}

/** Two rows a variant; one whose units were all new has none. */
function prePeriodOf(rows: readonly (readonly Scalar[])[]): VariantPair<PreMoments> {
  const sumsOf = (wanted: string, of: number): readonly number[] => {
    const [, , , , ...sums] = rows.find(([kind, , variant]) => kind === wanted && variant === of) ?? [];
    return sums.map(Number);
  };
  const momentsFor = (of: number): PreMoments => {
    const [unitsWithPre = 0, x = 0, w = 0, xx = 0, ww = 0, xw = 0] = sumsOf("pre", of);
    const [mx = 0, mw = 0, yx = 0, yw = 0] = sumsOf("pre_products", of);
    return {
      unitsWithPre,
      preNumerator: x,
      preDenominator: w,
      preNumeratorSquared: xx,
      preDenominatorSquared: ww,
      preProduct: xw,
      denominatorPreNumerator: mx,
      denominatorPreDenominator: mw,
      numeratorPreNumerator: yx,
      numeratorPreDenominator: yw,
    };
  };
  return { baseline: momentsFor(0), candidate: momentsFor(1) };
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

/** The six sums over rows of m and y, one per unit, in the order in which `momentsOf` reads them. */
export const SUMS =
  "count(*) AS units, sum(m) AS sum_m, sum(y) AS sum_y, sum(m * m) AS sum_mm, sum(y * y) AS sum_yy, sum(m * y) AS sum_my";

/** What is read of a metric's rows besides their day and variant. `whole`: both numbers are integers. */
export function metricValues(whole: boolean): string {
  const exact = (name: string) => (whole ? name : `CAST(${name} AS DECIMAL(18, 6)) AS ${name}`);
  return `CAST(unit_id AS VARCHAR) AS unit_id, ${exact("numerator")}, ${exact("denominator")}`;
}

/**
 * Rows of "day", "window", "heaviest" and "faults" around the analyst's query; y is the numerator, m the denominator. Sums of integers are
 * exact; anything else is taken as a decimal of six places first, since sums of doubles differ from run to run.
 */
function ratioSql(plan: MeasurePlan, whole: boolean): Required<Pick<QueryFile, "before" | "after">> {
  const values = metricValues(whole);
  const pre = plan.pre ?? null;
  return {
    before: "WITH metric AS NOT MATERIALIZED (",
    after: `),
source AS NOT MATERIALIZED (
  SELECT event_date, ${variantNumber(plan)} AS variant, ${values}
  FROM metric
  WHERE ${ofVariants(plan)} AND (event_date IS NULL OR ${inRange(shownDays(plan))})
),
unit_days AS MATERIALIZED (
  SELECT event_date, variant, unit_id, sum(numerator) AS y, sum(denominator) AS m
  FROM ${withoutCrossover("source")} GROUP BY event_date, variant, unit_id
),
days AS MATERIALIZED (
  SELECT event_date, variant, ${SUMS}, max(m) AS heaviest FROM unit_days WHERE m > 0 GROUP BY event_date, variant
),
-- One row per unit that is a day's heaviest, where that is heavy; place 1 is the first by name of equal ones.
heavy AS (
  SELECT event_date, variant, unit_id, m, y, row_number() OVER (PARTITION BY event_date, variant ORDER BY unit_id) AS place
  FROM unit_days JOIN (SELECT event_date, variant, heaviest AS m FROM days WHERE heaviest * ${HEAVY_PARTS} >= sum_m) AS tops
    USING (event_date, variant, m)
),
units AS ${pre === null ? "" : "MATERIALIZED "}(
  SELECT variant, unit_id, sum(m) AS m, sum(y) AS y FROM unit_days WHERE ${inRange(plan)} GROUP BY variant, unit_id
)${pre === null ? "" : matchedSql(plan, pre, values)}
SELECT 'day' AS kind, event_date, variant, NULL AS unit_id, units, sum_m, sum_y, sum_mm, sum_yy, sum_my FROM days
UNION ALL
SELECT 'window', NULL, variant, NULL, ${SUMS} FROM units WHERE m > 0 GROUP BY variant
${plan.readsCrossed === true ? crossedSql(plan) : ""}${pre === null ? "" : PRE_ROWS}UNION ALL
SELECT 'heaviest', event_date, variant, unit_id, m, y, 0, 0, 0, 0 FROM heavy WHERE place = 1
UNION ALL
SELECT 'faults', NULL, 0, NULL, count(*) FILTER (WHERE event_date IS NULL OR unit_id IS NULL),
  count(*) FILTER (WHERE numerator IS NULL OR denominator IS NULL), count(*) FILTER (WHERE denominator < 0), 0, 0, 0
FROM source
ORDER BY 1, 2, 3`,
  };
}

/** Sums over units that no delta counts, each under the algorithm it saw first. */
function crossedSql(plan: MeasurePlan): string {
  return `UNION ALL
SELECT 'crossed', NULL, variant, NULL, ${SUMS} FROM (
  SELECT f.variant, unit_id, sum(denominator) AS m, sum(numerator) AS y
  FROM source JOIN crossover_firsts AS f USING (unit_id) WHERE ${inRange(plan)} GROUP BY f.variant, unit_id
) AS crossed WHERE m > 0 GROUP BY variant
`;
}

/** The window's units that were there before the rollout: x and w are their numerator and denominator of that time. */
function matchedSql({ baseline }: MeasurePlan, pre: DayRange, values: string): string {
  return `,
before AS (
  SELECT unit_id, sum(numerator) AS x, sum(denominator) AS w
  FROM (SELECT ${values} FROM metric WHERE algo_version = ${sqlText(baseline)} AND ${inRange(pre)}) AS earlier GROUP BY unit_id
),
matched AS MATERIALIZED (SELECT variant, m, y, x, w FROM units JOIN before USING (unit_id) WHERE m > 0)`;
}

const PRE_ROWS = `UNION ALL
SELECT 'pre', NULL, variant, NULL, count(*) FILTER (WHERE w > 0), sum(x), sum(w), sum(x * x), sum(w * w), sum(x * w)
FROM matched GROUP BY variant
UNION ALL
SELECT 'pre_products', NULL, variant, NULL, sum(m * x), sum(m * w), sum(y * x), sum(y * w), 0, 0 FROM matched GROUP BY variant
`;
