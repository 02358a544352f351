/**
 * Ratio metrics: six sums per variant and window (STATISTICS a). The analyst's rows are grouped again per unit over the whole
 * window, since sums of daily squares would take user-days for units and come out 30% too small. All sums are integers or
 * decimals, so the same rows give the same digits.
 */
import type { Column, Engine } from "../engine/engine.ts";
import type { DayMeasurement, RatioMoments, WindowMeasurement } from "../model/measurement.ts";
import type { Day, Scalar } from "../model/words.ts";
import type { CatalogFile } from "./catalog.ts";
import { isInteger } from "./contract.ts";
import { asQueryFile } from "./inspect.ts";
import { inRange, type MeasurePlan, ofVariants, variantOf, WITHOUT_CROSSOVER } from "./plan.ts";
import { refuseFaults } from "./row-faults.ts";

export interface Measured {
  readonly observation: WindowMeasurement;
  readonly days: readonly DayMeasurement[];
}

/** Throws GatebookError `query` when the file fails or returns rows that are no measurement. */
export async function measureRatio(
  engine: Engine,
  file: CatalogFile,
  columns: readonly Column[],
  plan: MeasurePlan,
): Promise<Measured> {
  const { before, after } = ratioSql(
    plan,
    ["numerator", "denominator"].every((name) => isWhole(columns, name)),
  );
  const { rows } = await engine.query({ ...asQueryFile(file), before, after }, { timeoutMs: plan.timeoutMs });
  refuseFaults(
    file,
    rows.filter(([kind]) => kind === "faults").flatMap(([, , , ...counts]) => counts.map(Number)),
  );
  const moments = rows.filter(([kind]) => kind !== "faults").map((row) => readMoments(row, plan));
  const days = [...new Set(moments.flatMap(({ day }) => (day === null ? [] : [day])))].sort();
  return {
    observation: windowOf(moments.filter(({ day }) => day === null)),
    days: days.map((date) => ({ date, ...windowOf(moments.filter(({ day }) => day === date)) })),
  };
}

interface NamedMoments {
  /** Null: the observation window. */
  readonly day: Day | null;
  readonly variant: ReturnType<typeof variantOf>;
  readonly moments: RatioMoments;
}

function readMoments([, day, algoVersion, ...sums]: readonly Scalar[], plan: MeasurePlan): NamedMoments {
  const [units = 0, m = 0, y = 0, mm = 0, yy = 0, my = 0] = sums.map(Number);
  return {
    day: day === null ? null : String(day),
    variant: variantOf(algoVersion, plan),
    moments: {
      shape: "ratio",
      units,
      sumDenominator: m,
      sumNumerator: y,
      sumDenominatorSquared: mm,
      sumNumeratorSquared: yy,
      sumProduct: my,
    },
  };
}

function windowOf(found: readonly NamedMoments[]): WindowMeasurement {
  return {
    baseline: found.find(({ variant }) => variant === "baseline")?.moments ?? null,
    candidate: found.find(({ variant }) => variant === "candidate")?.moments ?? null,
  };
}

function isWhole(columns: readonly Column[], name: string): boolean {
  return columns.some((column) => column.name.toLowerCase() === name && isInteger(column.type));
}

/** Rows of "day", "window" and "faults" in one pass over the analyst's query; y is the numerator, m the denominator. */
function ratioSql(plan: MeasurePlan, whole: boolean): { readonly before: string; readonly after: string } {
  const exact = (name: string) => (whole ? `CAST(${name} AS HUGEINT)` : `CAST(${name} AS DECIMAL(18, 6))`);
  const sums = "count(*), sum(m), sum(y), sum(m * m), sum(y * y), sum(m * y)";
  return {
    before: "WITH metric AS (",
    after: `),
unit_days AS (
  SELECT event_date, CAST(algo_version AS VARCHAR) AS algo_version, CAST(unit_id AS VARCHAR) AS unit_id,
    sum(${exact("numerator")}) AS y, sum(${exact("denominator")}) AS m,
    count(*) FILTER (WHERE numerator IS NULL OR denominator IS NULL) AS nulls,
    count(*) FILTER (WHERE denominator < 0) AS negatives, count(*) AS rows_read
  FROM metric
  WHERE ${ofVariants(plan)} AND (event_date IS NULL OR ${inRange({ from: plan.shownFrom, to: plan.to })})
  GROUP BY 1, 2, 3
),
kept AS (
  SELECT * FROM unit_days ${WITHOUT_CROSSOVER}
),
units AS (
  SELECT algo_version, unit_id, sum(m) AS m, sum(y) AS y FROM kept WHERE ${inRange(plan)} GROUP BY 1, 2
)
SELECT 'day' AS kind, event_date, algo_version, ${sums} FROM kept WHERE m > 0 GROUP BY event_date, algo_version
UNION ALL
SELECT 'window', NULL, algo_version, ${sums} FROM units WHERE m > 0 GROUP BY algo_version
UNION ALL
SELECT 'faults', NULL, NULL, coalesce(sum(rows_read) FILTER (WHERE event_date IS NULL OR unit_id IS NULL), 0),
  coalesce(sum(nulls), 0), coalesce(sum(negatives), 0), 0, 0, 0 FROM unit_days
ORDER BY 1, 2, 3`,
  };
}
