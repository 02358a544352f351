/**
 * How often this config would raise a false alarm on this data: the baseline's units are split against each other at the gate's share,
 * many times, and each split plays the nights one after the other, through the analysts' own SQL and the night's own code.
 */
import type { DataEngine, Engines } from "../../engine/engine.ts";
import { mismatches, ratioOf } from "../../judge/checks/sample-ratio.ts";
import { daysFrom, endOfDay } from "../../model/calendar.ts";
import type { Ends, PlantedEnds, Rate } from "../../model/calibration.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day, JudgeMode } from "../../model/words.ts";
import {
  countNewUnits,
  drawSplits,
  type NewUnits,
  type SplitUnits,
  tagUnits,
} from "../../queries/aa/aa-units.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { type Readiness, readReadiness } from "../../queries/catalog/readiness.ts";
import type { DayRange, MeasurePlan } from "../../queries/measures/plan.ts";
import { readFailedRelations } from "../../queries/relations/relation-builds.ts";
import {
  markedRequirement,
  mismatchRequirement,
  type Requirement,
} from "../../statistics/calibration/aa-requirements.ts";
import { overlayRollout } from "../../warehouse/rollout-table.ts";
import { type MeasureRequest, planOf } from "../measure/measure-window.ts";
import {
  type AnyGuardrail,
  anyGuardrail,
  type MetricCalibration,
  metricCalibration,
  rateOf,
} from "./calibration-report.ts";
import { type Plant, refuseUnmeasured, refuseUnplantable } from "./planted.ts";
import { endsOf } from "./rollout-ends.ts";
import { prepareMetrics, splitMarks, splitMetrics } from "./split-metrics.ts";

export interface CalibrateRequest
  extends DayRange,
    Pick<MeasureRequest, "config" | "catalog" | "presentColumns" | "timeoutMs"> {
  /** Of the baseline's units that play the candidate, above 0 and below 1. */
  readonly share: number;
  readonly splits: number;
  /** Concentrations are measured again for every split and night, so they have fewer; 0: none. */
  readonly concentrationSplits: number;
  readonly seed: string;
  /** Changes that a candidate is given, besides none. */
  readonly plants: readonly Plant[];
}

export interface CalibrationReport
  extends Pick<CalibrateRequest, "from" | "to" | "share" | "splits" | "concentrationSplits" | "seed"> {
  readonly rollout: string;
  readonly baseline: string;
  readonly nights: number;
  /** Split, and left out since the window shows them under both algorithms. */
  readonly units: number;
  readonly crossedUnits: number;
  readonly metrics: readonly MetricCalibration[];
  readonly anyGuardrail: readonly AnyGuardrail[];
  readonly gate: string;
  readonly judge: JudgeMode;
  /** How rollouts of this gate end under the configured judge. */
  readonly harmless: Ends;
  readonly planted: readonly PlantedEnds[];
  /** Null: no dimension is configured. */
  readonly cuts: {
    /** Tested on a night, on average. */
    readonly lookedAt: number;
    /** Splits in which any cut stands out. */
    readonly marked: Rate;
    readonly requirement: Requirement;
  } | null;
  readonly sampleRatio: {
    /** Splits whose new units look unevenly divided on the last night (p below 0.001), which they are not. */
    readonly mismatches: Rate;
    /** Splits that the check itself, with its tolerance, would have held on some night. */
    readonly alarms: Rate;
    readonly requirement: Requirement;
  };
}

/** Units on the candidate's side that are drawn at a time. */
const DRAWN_AT_ONCE = 2_000_000;

/** Throws GatebookError `input` when there is nothing to split. */
export async function calibrate(
  { books, data: engine }: Engines,
  request: CalibrateRequest,
  progress: Context["progress"],
): Promise<CalibrationReport> {
  const { config, catalog, from, to, share, splits, seed, plants } = request;
  refuseUnplantable(plants, config, catalog);
  const { name: rollout, baseline, timeZone } = config.rollout;
  const plan = planOf({ ...request, window: { from, to, shownFrom: from } });
  const readiness = await readReadiness(engine, await readFailedRelations(books));
  await overlayRollout(engine, config, { from, to, reportDate: to, asOf: endOfDay(to, timeZone) });
  refuseWithoutUnits(readiness);
  const units = await tagSomeUnits(engine, catalog, plan);
  const nights = daysFrom(from, to);
  progress({ stage: "measure", text: "running the metrics by unit" });
  const prepared = await prepareMetrics(engine, { config, catalog, plan, readiness, nights, plants });
  refuseUnmeasured(plants, prepared);
  const ratios: SampleRatios = { mismatches: 0, alarms: 0 };
  const marks: CutMarks[] = [];
  const atOnce = Math.max(1, Math.min(200, Math.floor(DRAWN_AT_ONCE / (units.units * share))));
  for (let first = 0; first < splits; first += atOnce) {
    const count = Math.min(atOnce, splits - first);
    await drawSplits(engine, { seed, first, count, share });
    await splitMetrics(engine, prepared, {
      ...{ config, plan, nights, first, count, seed },
      concentrations: Math.max(0, Math.min(count, request.concentrationSplits - first)),
      onSplit: (done) =>
        progress({ stage: "judge", text: "judging splits", done: first + done, total: splits }),
    });
    marks.push(...(await splitMarks(engine, prepared, { first, count })));
    const counted = await countNewUnits(engine);
    for (let salt = first; salt < first + count; salt++)
      countMismatch(counted, { nights, salt, share }, ratios);
  }
  const mismatched = rateOf(ratios.mismatches, splits);
  return {
    ...{ rollout, baseline, from, to, nights: nights.length, share, splits, seed },
    concentrationSplits: Math.min(splits, request.concentrationSplits),
    units: units.units,
    crossedUnits: units.crossed,
    metrics: prepared.map((metric) => metricCalibration(metric, config)),
    anyGuardrail: anyGuardrail(prepared, config),
    gate: config.activeGate.name,
    judge: config.judge,
    harmless: endsOf(prepared, config, null),
    cuts: cutsOf(marks),
    planted: plants.map((plant) => ({ ...plant, ...endsOf(prepared, config, plant) })),
    sampleRatio: {
      mismatches: mismatched,
      alarms: rateOf(ratios.alarms, splits),
      requirement: mismatchRequirement(mismatched.share, splits),
    },
  };
}

function refuseWithoutUnits({ userDays }: Readiness): void {
  if (userDays === null) return;
  throw new GatebookError("input", `units are read from user_days: ${userDays.message}`, {
    where: { file: userDays.file },
    hint: userDays.hint ?? undefined,
  });
}

async function tagSomeUnits(engine: DataEngine, catalog: Catalog, plan: MeasurePlan): Promise<SplitUnits> {
  const units = await tagUnits(engine, catalog, plan);
  if (units.units > 1) return units;
  throw new GatebookError("input", `${plan.baseline} has no units to split from ${plan.from} to ${plan.to}`, {
    hint: "pass --from and --to of days on which it was served",
  });
}

type CutMarks = Awaited<ReturnType<typeof splitMarks>>[number];

function cutsOf(marks: readonly CutMarks[]): CalibrationReport["cuts"] {
  if (marks.length === 0) return null;
  const lookedAt = marks.reduce((sum, mark) => sum + mark.lookedAt, 0) / marks.length;
  const marked = rateOf(marks.filter(({ isMarked }) => isMarked).length, marks.length);
  return { lookedAt, marked, requirement: markedRequirement(marked.share, marks.length) };
}

interface SampleRatios {
  mismatches: number;
  alarms: number;
}

/** Every split is random, so a mismatch is chance. `counted`: by salt, and under null all units. */
function countMismatch(
  counted: ReadonlyMap<number | null, readonly NewUnits[]>,
  { nights, salt, share }: { readonly nights: readonly Day[]; readonly salt: number; readonly share: number },
  ratios: SampleRatios,
): void {
  const looks = nights.map((night) => {
    const upTo = (units: readonly NewUnits[] = []): number =>
      units.reduce((sum, one) => (one.date <= night ? sum + one.units : sum), 0);
    const candidateUnits = upTo(counted.get(salt));
    return ratioOf({ baselineUnits: upTo(counted.get(null)) - candidateUnits, candidateUnits }, share);
  });
  const p = looks.at(-1)?.p ?? null;
  if (p !== null && p < 0.001) ratios.mismatches += 1;
  if (looks.some((look) => mismatches(look.p, look.observedShare, share))) ratios.alarms += 1;
}
