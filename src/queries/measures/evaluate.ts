/**
 * Every metric per algorithm over a window, as it is: no comparison, no judgement. A concentration is the raw share of
 * its K heaviest keys, so it reads higher for an algorithm with less traffic.
 */

import type { DataEngine, QueryFile } from "../../engine/engine.ts";
import { sideBySide } from "../../engine/side-by-side.ts";
import { sqlDate } from "../../engine/sql-text.ts";
import type { MetricDefinition, QueryError } from "../../model/measurement.ts";
import type { Day, Unit } from "../../model/words.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { toQueryError } from "../catalog/query-problem.ts";

export interface Evaluation {
  readonly metric: string;
  readonly title: string;
  readonly unit: Unit;
  readonly shape: MetricDefinition["shape"];
  readonly algorithms: readonly AlgorithmValue[];
  readonly error: QueryError | null;
}

export interface AlgorithmValue {
  readonly algoVersion: string;
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
  readonly units: number;
}

export interface EvaluateWindow {
  readonly from: Day;
  readonly to: Day;
  readonly timeoutMs: number;
}

export async function evaluateMetrics(
  engine: DataEngine,
  catalog: Catalog,
  window: EvaluateWindow,
): Promise<readonly Evaluation[]> {
  return await sideBySide(catalog.metrics, engine.concurrency, (file) =>
    evaluateMetric(engine, file, window),
  );
}

async function evaluateMetric(
  engine: DataEngine,
  file: CatalogFile,
  window: EvaluateWindow,
): Promise<Evaluation> {
  const { title, unit, top } = file.header;
  const shape = top === null ? "ratio" : "concentration";
  const subject = { metric: file.name, title, unit, shape } as const;
  try {
    const wrap = top === null ? ratioWrap(window) : concentrationWrap(window, top);
    const { rows } = await engine.query(
      { file: file.path, sql: file.sql, ...wrap },
      { timeoutMs: window.timeoutMs },
    );
    return { ...subject, algorithms: rows.map(algorithmValue), error: null };
  } catch (error) {
    return { ...subject, algorithms: [], error: toQueryError(error, file) };
  }
}

type Wrap = Required<Pick<QueryFile, "before" | "after">>;

function ratioWrap({ from, to }: EvaluateWindow): Wrap {
  return {
    before: "WITH metric_rows AS (",
    after: `) SELECT CAST(algo_version AS VARCHAR), sum(numerator), sum(denominator), count(DISTINCT unit_id) FROM metric_rows
      WHERE event_date BETWEEN ${sqlDate(from)} AND ${sqlDate(to)} AND algo_version IS NOT NULL GROUP BY 1 ORDER BY 1`,
  };
}

function concentrationWrap({ from, to }: EvaluateWindow, top: number): Wrap {
  return {
    before: "WITH metric_rows AS (",
    after: `), kept AS (SELECT * FROM metric_rows WHERE event_date BETWEEN ${sqlDate(from)} AND ${sqlDate(to)} AND algo_version IS NOT NULL),
      heaviest AS (SELECT algo_version, sum(weight) AS weight,
        row_number() OVER (PARTITION BY algo_version ORDER BY sum(weight) DESC, key) AS place FROM kept GROUP BY algo_version, key),
      shares AS (SELECT algo_version, sum(weight) FILTER (WHERE place <= ${top}) AS top_weight, sum(weight) AS weight FROM heaviest GROUP BY algo_version),
      units AS (SELECT algo_version, count(DISTINCT unit_id) AS units FROM kept GROUP BY algo_version)
      SELECT CAST(algo_version AS VARCHAR), top_weight, weight, units FROM shares JOIN units USING (algo_version) ORDER BY 1`,
  };
}

function algorithmValue([algoVersion, numerator, denominator, units]: readonly unknown[]): AlgorithmValue {
  const [above, below] = [Number(numerator ?? 0), Number(denominator ?? 0)];
  return {
    algoVersion: String(algoVersion),
    value: below > 0 ? above / below : null,
    numerator: above,
    denominator: below,
    units: Number(units),
  };
}
