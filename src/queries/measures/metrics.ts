/**
 * Measures every metric of the catalog for two algorithms. What comes in: the analysts' SELECTs at unit grain. What goes out:
 * sums and shares per variant for the observation window and each day shown. It compares nothing and judges nothing; a file
 * that fails becomes a finding, the others go on.
 */

import type { DataEngine } from "../../engine/engine.ts";
import { sideBySide } from "../../engine/side-by-side.ts";
import type {
  MeasuredDimension,
  MetricDefinition,
  MetricMeasurement,
  QueryError,
} from "../../model/measurement.ts";
import type { Catalog, CatalogFile } from "../catalog/catalog.ts";
import { toQueryError } from "../catalog/query-problem.ts";
import { absentColumns, type Readiness, readReadiness, refuseUnready } from "../catalog/readiness.ts";
import { describeFile } from "../validation/contract.ts";
import { measureConcentration } from "./concentration.ts";
import { type CountedUnits, countOnce } from "./counted-units.ts";
import { type MetricCoverage, measureMetricCoverage } from "./coverage.ts";
import { type CutRequest, measureCut, type ReadyDimension, readyDimensions } from "./dimension-cuts.ts";
import type { MeasurePlan } from "./plan.ts";
import { measureRatio } from "./ratio.ts";

/** In the catalog's order. `units`: of the same plan. Throws only when the store itself fails. */
export async function measureMetrics(
  engine: DataEngine,
  catalog: Catalog,
  plan: MeasurePlan,
  units = countOnce(engine, plan),
): Promise<MetricMeasurement[]> {
  const readiness = await readReadiness(engine, plan.failedRelations);
  const covered = readiness.userDays === null ? await units() : null;
  const isCut = catalog.metrics.some(({ name }) => plan.cutMetrics?.has(name));
  const cuts = isCut ? await readyDimensions(engine, catalog.dimensions, { plan, readiness }) : [];
  return await sideBySide(catalog.metrics, engine.concurrency, (file) =>
    measureMetric(engine, file, { plan, readiness, covered, cuts }),
  );
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

interface MetricSetting {
  readonly plan: MeasurePlan;
  readonly readiness: Readiness;
  /** Null: user_days cannot be read. */
  readonly covered: CountedUnits | null;
  readonly cuts: readonly ReadyDimension[];
}

async function measureMetric(
  engine: DataEngine,
  file: CatalogFile,
  { plan, readiness, covered, cuts }: MetricSetting,
): Promise<MetricMeasurement> {
  const absent = absentColumns(file, plan.presentColumns);
  if (absent !== null) return { ...nothing(file), unavailable: absent };
  if (covered === null) return { ...nothing(file), error: readiness.userDays };
  try {
    await refuseUnready(engine, file, readiness);
    const columns = await describeFile(engine, file);
    const { requires, top } = file.header;
    const definition = metricDefinition(file);
    const coverage = await measureMetricCoverage(engine, definition, requires, covered.tables);
    const reading = { ...plan, readsCrossed: covered.crossed > 0 && mayMatter(top, coverage) };
    const measured =
      top === null
        ? { ...(await measureRatio(engine, file, columns, reading)), movers: [] }
        : await measureConcentration(engine, { file, columns, top }, reading);
    const dimensions = top === null ? await measureCuts(engine, file, { columns, plan, cuts }) : [];
    return { ...nothing(file), ...measured, ...coverage, dimensions };
  } catch (error) {
    return { ...nothing(file), error: toQueryError(error, file) };
  }
}

interface CutsRequest extends Omit<CutRequest, "metric"> {
  readonly cuts: readonly ReadyDimension[];
}

async function measureCuts(
  engine: DataEngine,
  metric: CatalogFile,
  { cuts, ...request }: CutsRequest,
): Promise<readonly MeasuredDimension[]> {
  const found: MeasuredDimension[] = [];
  if (request.plan.cutMetrics?.has(metric.name) !== true) return found;
  for (const dimension of cuts) found.push(await measureCut(engine, dimension, { metric, ...request }));
  return found;
}

/** A concentration is measured a second time for it, and a share moves by no more than what crossed. */
const FEW_CROSSED = 0.005;

function mayMatter(top: number | null, { coverage, coverageEvidence: evidence }: MetricCoverage): boolean {
  if (top === null || coverage === null || evidence === null) return true;
  return (["baseline", "candidate"] as const).some((variant) => {
    const { events, leftOut } = coverage[variant];
    return (
      leftOut.crossover >= FEW_CROSSED * events ||
      evidence.crossedUnits[variant] >= FEW_CROSSED * evidence.units[variant]
    );
  });
}

function nothing(file: CatalogFile): MetricMeasurement & { readonly error: QueryError | null } {
  return {
    definition: metricDefinition(file),
    observation: { baseline: null, candidate: null },
    days: [],
    coverage: null,
    coverageEvidence: null,
    intentionToTreat: null,
    prePeriod: null,
    movers: [],
    dimensions: [],
    unavailable: null,
    error: null,
  };
}
