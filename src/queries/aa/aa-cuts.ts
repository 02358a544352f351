/**
 * The cuts of a ratio for every split, over the whole window: the six sums of the candidate's units by value of a dimension. The
 * baseline's are the rest. To be prepared while `split_rows` still are the metric's.
 */
import type { DataEngine } from "../../engine/engine.ts";
import { sqlName } from "../../engine/sql-text.ts";
import type { MeasuredCut, MeasuredDimension, RatioMoments } from "../../model/measurement.ts";
import type { CatalogFile } from "../catalog/catalog.ts";
import { KIND, kindOf, pooledSql, VALUE_LENGTH } from "../measures/dimension-cuts.ts";
import { inRange, type MeasurePlan } from "../measures/plan.ts";
import { momentsOf, SUMS } from "../measures/ratio.ts";

/** One metric by one dimension. */
export interface PreparedCut {
  readonly dimension: CatalogFile;
  readonly table: string;
  /** Of all units together. */
  readonly whole: readonly CutSums[];
}

interface CutSums {
  readonly kind: MeasuredCut["kind"];
  readonly value: string | null;
  readonly sums: readonly number[];
}

export async function prepareCut(
  engine: DataEngine,
  { metric, dimension }: { readonly metric: CatalogFile; readonly dimension: CatalogFile },
  plan: MeasurePlan,
): Promise<PreparedCut> {
  const table = `split_cuts_${metric.name}_${dimension.name}`;
  await engine.scratch(table, unitsSql(dimension.name, plan));
  const { rows } = await engine.table(
    `SELECT kind, value, ${SUMS} FROM ${sqlName(table)} GROUP BY kind, value ORDER BY kind, value`,
  );
  const whole = rows.map(([kind = null, value = null, ...sums]) => ({
    kind: kindOf(kind),
    value: value === null ? null : String(value),
    sums: sums.map(Number),
  }));
  return { dimension, table, whole };
}

/** A unit's part of the window on each value; values are pooled as a night pools them. */
function unitsSql(dimension: string, plan: MeasurePlan): string {
  return `WITH valued AS (
  SELECT event_date, CAST(unit_id AS VARCHAR) AS tag, 1 AS known, substr(CAST(value AS VARCHAR), 1, ${VALUE_LENGTH}) AS value
  FROM ${sqlName(dimension)} WHERE ${inRange(plan)}
),
parts AS (
  SELECT u.unit_no, r.unit_id, v.value, ${KIND} AS kind, sum(r.y) AS y, sum(r.m) AS m
  FROM split_rows AS r JOIN split_units AS u ON r.tag = u.unit_id
    LEFT JOIN valued AS v ON v.event_date = r.event_date AND v.tag = r.tag
  WHERE NOT u.crossed GROUP BY u.unit_no, r.unit_id, v.value, ${KIND}
),
counted AS (SELECT unit_no, unit_id FROM parts GROUP BY unit_no, unit_id HAVING sum(m) > 0),
cuts AS (SELECT * FROM parts JOIN counted USING (unit_no, unit_id) WHERE m <> 0 OR y <> 0),
${pooledSql("unit_no, unit_id")}
SELECT unit_no, kind, value, y, m FROM pooled`;
}

/** Of every salt in `splits`, by salt: the cuts as a night measures them. */
export async function splitCuts(
  engine: DataEngine,
  { dimension, table, whole }: PreparedCut,
  salts: { readonly first: number; readonly count: number },
): Promise<ReadonlyMap<number, MeasuredDimension>> {
  const { rows } = await engine.table(`SELECT salt, kind, value, ${SUMS}
    FROM ${sqlName(table)} JOIN splits USING (unit_no) GROUP BY salt, kind, value`);
  const chosen = new Map(
    rows.map(([salt, kind, value, ...sums]) => [key(salt, kind, value), sums.map(Number)]),
  );
  const { name, header } = dimension;
  const dimensionOf = (salt: number): MeasuredDimension => ({
    ...{ name, title: header.title, error: null },
    values: whole.map(({ kind, value, sums }) => {
      const candidate = chosen.get(key(salt, kind, value)) ?? sums.map(() => 0);
      const baseline = sums.map((sum, at) => sum - (candidate[at] ?? 0));
      return { kind, value, baseline: side(baseline), candidate: side(candidate) };
    }),
  });
  const all = Array.from({ length: salts.count }, (_, index) => salts.first + index);
  return new Map(all.map((salt) => [salt, dimensionOf(salt)]));
}

function key(...parts: readonly unknown[]): string {
  return JSON.stringify(parts.map((part) => part ?? null));
}

function side(sums: readonly number[]): RatioMoments | null {
  return (sums[0] ?? 0) === 0 ? null : momentsOf(sums);
}
