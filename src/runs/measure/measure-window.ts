/** From loaded events to everything that one verdict needs: a Measurement and the rows of the cells. It judges nothing. */
import type { DataEngine, Engines } from "../../engine/engine.ts";
import type { JudgeWindow } from "../../judge/input.ts";
import { comparisonFor, earlierWeeks } from "../../judge/window/comparison.ts";
import { retentionStart } from "../../load/days/pruned-days.ts";
import type { Config } from "../../model/config.ts";
import type {
  Measurement,
  MetricMeasurement,
  QueryError,
  TrafficMeasurement,
} from "../../model/measurement.ts";
import type { CellResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import type { Catalog, CatalogFile } from "../../queries/catalog/catalog.ts";
import { runCells } from "../../queries/cells/cells.ts";
import { runChecks } from "../../queries/measures/checks.ts";
import { type CountedUnits, countOnce } from "../../queries/measures/counted-units.ts";
import { measureMetrics } from "../../queries/measures/metrics.ts";
import type { MeasurePlan } from "../../queries/measures/plan.ts";
import { measureTraffic } from "../../queries/measures/traffic.ts";
import { measureUnitsByValue } from "../../queries/measures/units-by-value.ts";
import { readFailedRelations } from "../../queries/relations/relation-builds.ts";
import { withShiftedBaseline } from "../../queries/relations/shifted-baseline.ts";
import { chartFaults } from "../../report/charts/cell/chart-faults.ts";

export interface MeasureRequest {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly window: Pick<JudgeWindow, "from" | "to" | "shownFrom" | "preFrom" | "preTo">;
  readonly presentColumns: ReadonlySet<string>;
  readonly timeoutMs: number;
  /** Relations that could not be built; not given: those of the last run. */
  readonly failedRelations?: ReadonlyMap<string, QueryError> | undefined;
  /** Called while the store is still as the cells saw it, e.g. to export the rest of their rows. */
  readonly onCells?: ((cells: readonly CellResult[]) => Promise<void>) | undefined;
  /** Measures file by file and leaves out what was measured before; without it all files are measured at once. */
  readonly recall?: Recall | undefined;
}

/** All that a run reads from the warehouse. */
export interface MeasuredWindow {
  readonly measurement: Measurement;
  readonly cells: readonly CellResult[];
}

/** `traffic` is what metrics are compared under; null for traffic itself. */
export type Recall = <Part>(
  piece: { readonly kind: MeasuredKind; readonly file: CatalogFile } | null,
  traffic: TrafficMeasurement | null,
  make: () => Promise<Part>,
) => Promise<Part>;

export type MeasuredKind = "metrics" | "checks" | "cells";

/** Runs a stage of the work, e.g. under a stopwatch. */
export type Timed = <T>(stage: "hours" | "measure" | "cells", work: () => Promise<T>) => Promise<T>;

export const untimed: Timed = (_, work) => work();

/** Rows of a cell that go into the result; the rest is counted and can be exported. */
const CELL_ROWS = 500;

export async function measureWindow(
  engines: Engines,
  asked: MeasureRequest,
  time: Timed = untimed,
): Promise<MeasuredWindow> {
  const failedRelations = asked.failedRelations ?? (await readFailedRelations(engines.books));
  const request = { ...asked, failedRelations };
  const measurement = await time("measure", () => measureDays(engines, request));
  return { measurement, cells: await time("cells", () => readCells(engines, request)) };
}

async function measureDays(engines: Engines, request: MeasureRequest): Promise<Measurement> {
  const { data } = engines;
  const { config, timeoutMs, presentColumns, failedRelations, recall } = request;
  const plan = planOf(request);
  const units = countOnce(data, plan);
  const measured = async (): Promise<TrafficMeasurement> => {
    const counted = await measureTraffic(data, plan, units);
    return { ...counted, unitsByValue: await measureUnitsByValue(data, request.catalog, plan) };
  };
  const traffic = recall === undefined ? await measured() : await recall(null, null, measured);
  const metrics = await byFile("metrics", request, traffic, (catalog) =>
    measureCompared(data, { ...request, catalog }, { traffic, units }),
  );
  const keptFrom = await keptWithin(engines, request);
  const checks = await byFile("checks", request, null, (catalog) =>
    runChecks(data, catalog, { timeoutMs, presentColumns, failedRelations, keptFrom }),
  );
  return { metrics: inOrderOf(config, metrics), traffic, checks };
}

async function byFile<Part>(
  kind: MeasuredKind,
  { catalog, recall }: MeasureRequest,
  traffic: TrafficMeasurement | null,
  run: (catalog: Catalog) => Promise<readonly Part[]>,
): Promise<readonly Part[]> {
  if (recall === undefined) return await run(catalog);
  const parts: Part[] = [];
  for (const file of catalog[kind]) {
    const alone = { ...catalog, metrics: [], checks: [], cells: [], [kind]: [file] };
    parts.push(...(await recall({ kind, file }, traffic, () => run(alone))));
  }
  return parts;
}

export function planOf({ config, window, ...request }: MeasureRequest): MeasurePlan {
  const { baseline, candidate, timeZone } = config.rollout;
  const { from, to, shownFrom, preFrom = null, preTo = null } = window;
  const { presentColumns, failedRelations, timeoutMs } = request;
  const pre = preFrom === null || preTo === null ? null : { from: preFrom, to: preTo };
  const days = { from, to, shownFrom, pre };
  return { baseline, candidate, timeZone, ...days, presentColumns, failedRelations, timeoutMs };
}

/** The catalog's metrics, in its order, against what the traffic lets the candidate be compared with. */
async function measureCompared(
  data: DataEngine,
  request: MeasureRequest,
  { traffic, units }: { readonly traffic: TrafficMeasurement; readonly units: () => Promise<CountedUnits> },
): Promise<readonly MetricMeasurement[]> {
  const { config, catalog, window } = request;
  const plan = { ...planOf(request), cutMetrics: guardrailNames(config) };
  if (comparisonFor(config, window, traffic) !== "before-after")
    return await measureMetrics(data, catalog, plan, units);
  // the baseline's days are its own, by whole weeks earlier: same weekdays, nothing randomised
  const { baseline, from } = plan;
  const opened = config.activeGate.started?.day ?? from;
  const shift = { baseline, opened, days: earlierWeeks(plan, opened).shiftDays };
  return await withShiftedBaseline(data, catalog, shift, () =>
    measureMetrics(data, catalog, { ...plan, shownFrom: from, pre: null, keepsCrossover: true }),
  );
}

/** What is cut by dimensions, where it is a ratio. */
export function guardrailNames({ thresholds }: Config): ReadonlySet<string> {
  const guardrails = [...thresholds.values()].filter(({ role }) => role === "guardrail");
  return new Set(guardrails.map(({ metric }) => metric));
}

/** Guardrails as rollout.yaml lists them, then the metrics it does not name. */
export function inOrderOf<Metric extends Pick<MetricMeasurement, "definition">>(
  { thresholds }: Config,
  metrics: readonly Metric[],
): readonly Metric[] {
  const names = [...thresholds.keys()];
  const place = ({ definition: { name } }: Metric): number =>
    names.includes(name) ? names.indexOf(name) : names.length;
  return metrics.toSorted((left, right) => place(left) - place(right));
}

/** The first day whose single events are kept, where that is a day of the window; null: the window has all of them. */
async function keptWithin({ books }: Engines, { window }: MeasureRequest): Promise<Day | null> {
  const first = await retentionStart(books);
  return first !== null && first > window.from ? first : null;
}

export async function readCells(engines: Engines, request: MeasureRequest): Promise<readonly CellResult[]> {
  const { timeoutMs, presentColumns, failedRelations } = request;
  const limits = { rowLimit: CELL_ROWS, timeoutMs, presentColumns, failedRelations, checkChart: chartFaults };
  const keptFrom = await keptWithin(engines, request);
  const cells = await byFile("cells", request, null, (catalog) =>
    runCells(engines.data, catalog, { ...limits, keptFrom }),
  );
  await request.onCells?.(cells);
  return cells;
}
