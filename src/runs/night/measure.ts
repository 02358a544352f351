/**
 * From loaded events to everything that one verdict needs. What comes in: the open store, the catalog, a window. What goes
 * out: a Measurement and the rows of the cells. It judges nothing.
 */
import type { Engine } from "../../engine/engine.ts";
import { comparisonFor, earlierWeeks } from "../../judge/window/comparison.ts";
import { retentionStart } from "../../load/days/pruned-days.ts";
import type { Config } from "../../model/config.ts";
import type {
  CheckMeasurement,
  Measurement,
  MetricMeasurement,
  TrafficMeasurement,
} from "../../model/measurement.ts";
import type { CellResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { runCells } from "../../queries/measures/cells.ts";
import { runChecks } from "../../queries/measures/checks.ts";
import { measureMetrics } from "../../queries/measures/metrics.ts";
import type { MeasurePlan } from "../../queries/measures/plan.ts";
import { measureTraffic } from "../../queries/measures/traffic.ts";
import { withShiftedBaseline } from "../../queries/relations/shifted-baseline.ts";

export interface MeasureRequest {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly from: Day;
  readonly to: Day;
  readonly shownFrom: Day;
  readonly presentColumns: ReadonlySet<string>;
  readonly timeoutMs: number;
  /** Called while the store is still as the cells saw it, e.g. to bring over the rest of their rows. */
  readonly onCells?: ((cells: readonly CellResult[]) => Promise<void>) | undefined;
}

/** All that a run reads from the warehouse. */
export interface MeasuredNight {
  readonly measurement: Measurement;
  readonly cells: readonly CellResult[];
}

/** Rows of a cell that go into the result; the rest is counted and can be exported. */
const CELL_ROWS = 500;

export async function measure(engine: Engine, request: MeasureRequest): Promise<Measurement> {
  const traffic = await measureTraffic(engine, planOf(request));
  const metrics = await measureCompared(engine, request, traffic);
  return {
    metrics: inOrderOf(request.config, metrics),
    traffic,
    checks: await readChecks(engine, request),
  };
}

export function planOf({ config, catalog: _, onCells: __, ...plan }: MeasureRequest): MeasurePlan {
  const { baseline, candidate, timeZone } = config.rollout;
  return { ...plan, baseline, candidate, timeZone };
}

/** The catalog's metrics, in its order, against what the traffic lets the candidate be compared with. */
export async function measureCompared(
  engine: Engine,
  request: MeasureRequest,
  traffic: TrafficMeasurement,
): Promise<readonly MetricMeasurement[]> {
  const { config, catalog } = request;
  const plan = planOf(request);
  if (comparisonFor(config, request, traffic) !== "before-after")
    return await measureMetrics(engine, catalog, plan);
  const opened = config.activeGate.started?.day ?? plan.from;
  return await measureBeforeAfter(engine, catalog, { ...plan, opened });
}

/** The baseline's days are its own, by whole weeks earlier: same weekdays, nothing randomised. */
async function measureBeforeAfter(
  engine: Engine,
  catalog: Catalog,
  plan: MeasurePlan & { readonly opened: Day },
): Promise<readonly MetricMeasurement[]> {
  const { baseline, from, opened } = plan;
  const shift = { baseline, opened, days: earlierWeeks(plan, opened).shiftDays };
  return await withShiftedBaseline(engine, catalog, shift, () =>
    measureMetrics(engine, catalog, { ...plan, shownFrom: from, keepsCrossover: true }),
  );
}

/** Guardrails as rollout.yaml lists them, then the metrics it does not name. */
export function inOrderOf(
  { thresholds }: Config,
  metrics: readonly MetricMeasurement[],
): readonly MetricMeasurement[] {
  const names = [...thresholds.keys()];
  const place = ({ definition }: MetricMeasurement): number => {
    const index = names.indexOf(definition.name);
    return index === -1 ? names.length : index;
  };
  return metrics.toSorted((left, right) => place(left) - place(right));
}

/** The first day whose single events are kept, where that is a day of the window; null: the window has all of them. */
async function keptWithin(engine: Engine, { from }: MeasureRequest): Promise<Day | null> {
  const first = await retentionStart(engine);
  return first !== null && first > from ? first : null;
}

export async function readChecks(
  engine: Engine,
  request: MeasureRequest,
): Promise<readonly CheckMeasurement[]> {
  const { catalog, timeoutMs, presentColumns } = request;
  return await runChecks(engine, catalog, {
    timeoutMs,
    presentColumns,
    keptFrom: await keptWithin(engine, request),
  });
}

export async function readCells(engine: Engine, request: MeasureRequest): Promise<readonly CellResult[]> {
  const cells = await runCells(engine, request.catalog, {
    rowLimit: CELL_ROWS,
    timeoutMs: request.timeoutMs,
    presentColumns: request.presentColumns,
    keptFrom: await keptWithin(engine, request),
  });
  await request.onCells?.(cells);
  return cells;
}
