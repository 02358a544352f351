/** Every metric of the catalog over many splits: prepared once, then measured and judged split by split. */
import type { DataEngine, TypedColumn } from "../../engine/engine.ts";
import type { NightEvidence, NightLook } from "../../judge/decision/alarms.ts";
import { markedCuts } from "../../judge/metric/dimensions.ts";
import { evidenceOf } from "../../judge/metric/evidence.ts";
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { MeasuredDimension } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import { measureSplit, prepareConcentration } from "../../queries/aa/aa-concentration.ts";
import { type PreparedCut, prepareCut, splitCuts } from "../../queries/aa/aa-cuts.ts";
import {
  type NightSums,
  prepareRatio,
  type SplitNight,
  splitNights,
  splitSums,
  wholeSums,
} from "../../queries/aa/aa-ratio.ts";
import type { Catalog, CatalogFile } from "../../queries/catalog/catalog.ts";
import { toQueryError } from "../../queries/catalog/query-problem.ts";
import { absentColumns, type Readiness, refuseUnready } from "../../queries/catalog/readiness.ts";
import { metricDefinition } from "../../queries/measures/metrics.ts";
import type { MeasurePlan } from "../../queries/measures/plan.ts";
import { describeFile } from "../../queries/validation/contract.ts";
import { createRandom } from "../../statistics/random.ts";
import { inOrderOf } from "../measure/measure-window.ts";
import {
  type CollectedMetric,
  looksUnder,
  outcomeOf,
  type PlantedLooks,
  type SplitOutcome,
} from "./calibration-report.ts";
import { type Plant, plantNights, refuseBeyondReach } from "./planted.ts";

export interface PreparedMetric extends CollectedMetric {
  readonly file: CatalogFile;
  readonly columns: readonly TypedColumn[];
  /** A ratio's sums over all units; null for a concentration and for what cannot be measured. */
  readonly whole: NightSums | null;
  /** A ratio guardrail by each dimension. */
  readonly cuts: readonly PreparedCut[];
  readonly outcomes: SplitOutcome[];
  readonly planted: readonly (PlantedLooks & { readonly looks: (readonly NightLook[])[] })[];
}

interface PrepareRequest {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly plan: MeasurePlan;
  readonly readiness: Readiness;
  readonly nights: readonly Day[];
  readonly plants: readonly Plant[];
}

/** Guardrails as rollout.yaml lists them, then the others. A file that fails carries its error. */
export async function prepareMetrics(
  engine: DataEngine,
  request: PrepareRequest,
): Promise<readonly PreparedMetric[]> {
  const prepared: PreparedMetric[] = [];
  for (const file of request.catalog.metrics) prepared.push(await prepareMetric(engine, file, request));
  return inOrderOf(request.config, prepared);
}

async function prepareMetric(
  engine: DataEngine,
  file: CatalogFile,
  { config, catalog, plan, readiness, nights, plants }: PrepareRequest,
): Promise<PreparedMetric> {
  const own = plants.filter(({ metric }) => metric === file.name);
  const planted = own.map(({ change }) => ({ change, looks: [] }));
  const definition = metricDefinition(file);
  const nothing = { definition, file, columns: [], whole: null, cuts: [], outcomes: [], planted };
  const unavailable = absentColumns(file, plan.presentColumns);
  if (unavailable !== null) return { ...nothing, unavailable, error: null };
  try {
    await refuseUnready(engine, file, readiness);
    const columns = await describeFile(engine, file);
    const ready = { ...nothing, columns, unavailable: null, error: null };
    if (file.header.top !== null) {
      await prepareConcentration(engine, file, plan);
      return ready;
    }
    await prepareRatio(engine, file, columns, plan);
    const whole = await wholeSums(engine, file, nights);
    for (const plant of own) refuseBeyondReach(plant, definition.unit, whole);
    const isCut = config.thresholds.get(file.name)?.role === "guardrail";
    const cuts: PreparedCut[] = [];
    // one that the last night could not build, or that is newer, is the night's to explain
    const built = catalog.dimensions.filter(
      ({ name }) => readiness.known.has(name) && !readiness.failed.has(name),
    );
    for (const dimension of isCut ? built : [])
      cuts.push(await prepareCut(engine, { metric: file, dimension }, plan));
    return { ...ready, whole, cuts };
  } catch (error) {
    if (error instanceof GatebookError && error.code === "usage") throw error;
    return { ...nothing, unavailable: null, error: toQueryError(error, file) };
  }
}

interface SplitBatch {
  readonly config: Config;
  readonly plan: MeasurePlan;
  readonly nights: readonly Day[];
  /** Salts, drawn into the table `splits`. */
  readonly first: number;
  readonly count: number;
  /** Of them, how many the concentrations take part in. */
  readonly concentrations: number;
  readonly seed: string;
  readonly onSplit: (done: number) => void;
}

/** Adds one outcome per metric and salt. */
export async function splitMetrics(
  engine: DataEngine,
  metrics: readonly PreparedMetric[],
  batch: SplitBatch,
): Promise<void> {
  const { config, plan, nights, first, count, concentrations, seed } = batch;
  for (const metric of metrics) {
    if (metric.whole === null) continue;
    const sums = await splitSums(engine, metric.file, nights);
    for (let salt = first; salt < first + count; salt++) {
      const split = splitNights(metric.whole, sums.get(salt));
      metric.outcomes.push(outcomeOf(evidenceByNight(split), metric.definition, config));
      for (const { change, looks } of metric.planted) {
        const random = createRandom(`${seed} ${salt} ${metric.definition.name} ${change}`);
        const changed = evidenceByNight(plantNights(split, change, random));
        looks.push(looksUnder(config.judge, changed, { ...metric, config }));
      }
    }
  }
  for (let salt = first; salt < first + concentrations; salt++) {
    for (const { file, columns, definition, outcomes, error, unavailable } of metrics) {
      if (definition.top === null || error !== null || unavailable !== null) continue;
      const metric = { file, columns, top: definition.top };
      const measured = await measureSplit(engine, metric, { salt, nights, plan });
      const looks = measured.map(({ observation, days }) => ({
        window: evidenceOf(observation),
        days: days.map((day) => evidenceOf(day)),
      }));
      outcomes.push(outcomeOf(looks, definition, config));
    }
    batch.onSplit(salt - first + 1);
  }
  batch.onSplit(count);
}

/** Of each salt, over all guardrails and dimensions: how many cuts are tested on the last night, and whether one is marked. */
export async function splitMarks(
  engine: DataEngine,
  metrics: readonly PreparedMetric[],
  salts: { readonly first: number; readonly count: number },
): Promise<readonly ReturnType<typeof markedCuts>[]> {
  const bySalt = new Map<number, MeasuredDimension[]>();
  for (const { cuts } of metrics) {
    for (const cut of cuts) {
      for (const [salt, dimension] of await splitCuts(engine, cut, salts))
        bySalt.set(salt, [...(bySalt.get(salt) ?? []), dimension]);
    }
  }
  return [...bySalt.values()].map(markedCuts);
}

/** A night sees its window and every day so far; a day stays what it was. */
function evidenceByNight(nights: readonly SplitNight[]): readonly NightEvidence[] {
  const days = nights.map(({ day }) => evidenceOf(day));
  return nights.map(({ window }, at) => ({ window: evidenceOf(window), days: days.slice(0, at + 1) }));
}
