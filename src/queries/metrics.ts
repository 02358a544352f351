/**
 * Measures every metric of the catalog for two algorithms. What comes in: the analysts' SELECTs at unit grain. What goes out:
 * sums and shares per variant for the observation window and each day shown. It compares nothing and judges nothing; a file
 * that fails becomes a finding, the others go on.
 */
import type { Engine } from "../engine/engine.ts";
import type { MetricDefinition, MetricMeasurement, QueryError } from "../model/measurement.ts";
import type { Catalog, CatalogFile } from "./catalog.ts";
import { measureConcentration } from "./concentration.ts";
import { contractProblems } from "./contract.ts";
import { asQueryFile } from "./inspect.ts";
import { buildCrossoverUnits, type MeasurePlan } from "./plan.ts";
import { toQueryError } from "./query-problem.ts";
import { measureRatio } from "./ratio.ts";
import { absentColumns, type Readiness, readReadiness, refuseUnready } from "./readiness.ts";

/** In the catalog's order. Throws only when the store itself fails. */
export async function measureMetrics(
  engine: Engine,
  catalog: Catalog,
  plan: MeasurePlan,
): Promise<MetricMeasurement[]> {
  const readiness = await readReadiness(engine);
  if (readiness.userDays === null) await buildCrossoverUnits(engine, plan);
  const measured: MetricMeasurement[] = [];
  for (const file of catalog.metrics) measured.push(await measureMetric(engine, file, plan, readiness));
  return measured;
}

/** What a metric file says of itself. */
export function metricDefinition({ name, path, header }: CatalogFile): MetricDefinition {
  return {
    name,
    title: header.title,
    description: header.description,
    unit: header.unit,
    better: header.better,
    shape: header.top === null ? "ratio" : "concentration",
    top: header.top,
    denominator: header.denominator,
    ...(header.numerator === null ? {} : { numerator: header.numerator }),
    path,
  };
}

async function measureMetric(
  engine: Engine,
  file: CatalogFile,
  plan: MeasurePlan,
  readiness: Readiness,
): Promise<MetricMeasurement> {
  const absent = absentColumns(file, plan.presentColumns);
  if (absent !== null) return { ...nothing(file), unavailable: absent };
  if (readiness.userDays !== null) return { ...nothing(file), error: readiness.userDays };
  try {
    await refuseUnready(engine, file, readiness);
    const columns = await engine.describe(asQueryFile(file));
    const [problem] = contractProblems(file, columns);
    if (problem !== undefined) throw problem;
    const measured =
      file.header.top === null
        ? { ...(await measureRatio(engine, file, columns, plan)), movers: [] }
        : await measureConcentration(engine, { file, columns, top: file.header.top }, plan);
    return { ...nothing(file), ...measured };
  } catch (error) {
    return { ...nothing(file), error: toQueryError(error, file) };
  }
}

function nothing(file: CatalogFile): MetricMeasurement & { readonly error: QueryError | null } {
  return {
    definition: metricDefinition(file),
    observation: { baseline: null, candidate: null },
    days: [],
    coverage: null,
    movers: [],
    unavailable: null,
    error: null,
  };
}
