/**
 * How often this config would cry wolf on this data. In: the warehouse and a window. The baseline's units are
 * split against each other at the gate's share, many times, so that every alarm is a false one; each split plays the nights
 * one after the other. Everything is measured over the analysts' own SQL and judged by the night's own code; nothing is
 * written.
 */
import type { Engine } from "../../engine/engine.ts";
import { mismatches, ratioOf } from "../../judge/checks/sample-ratio.ts";
import { daysFrom, endOfDay } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import {
  countNewUnits,
  drawSplits,
  type NewUnits,
  type SplitUnits,
  tagUnits,
} from "../../queries/aa/aa-units.ts";
import type { Catalog } from "../../queries/catalog/catalog.ts";
import { type Readiness, readReadiness } from "../../queries/catalog/readiness.ts";
import type { MeasurePlan } from "../../queries/measures/plan.ts";
import { readFailedRelations } from "../../queries/relations/relation-builds.ts";
import { mismatchRequirement, type Requirement } from "../../statistics/aa-requirements.ts";
import { overlayRollout } from "../../warehouse/rollout-table.ts";
import {
  type AnyGuardrail,
  anyGuardrail,
  type MetricCalibration,
  metricCalibration,
  type Rate,
  rateOf,
} from "./calibration-report.ts";
import { prepareMetrics, splitMetrics } from "./split-metrics.ts";

export interface CalibrateRequest {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly from: Day;
  readonly to: Day;
  /** Of the baseline's units that play the candidate, above 0 and below 1. */
  readonly share: number;
  readonly splits: number;
  /** Concentrations are cut anew for every split and night, so they have fewer; 0: none. */
  readonly concentrationSplits: number;
  readonly seed: string;
  readonly presentColumns: ReadonlySet<string>;
  readonly timeoutMs: number;
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
  engine: Engine,
  request: CalibrateRequest,
  progress: Context["progress"],
): Promise<CalibrationReport> {
  const { config, catalog, from, to, share, splits, seed } = request;
  const { name: rollout, baseline, candidate, timeZone } = config.rollout;
  const { presentColumns, timeoutMs } = request;
  const plan = { ...{ baseline, candidate, timeZone, from, to }, shownFrom: from, presentColumns, timeoutMs };
  const readiness = await readReadiness(engine, await readFailedRelations(engine));
  await overlayRollout(engine, config, { from, to, reportDate: to, asOf: endOfDay(to, timeZone) });
  refuseWithoutUnits(readiness);
  const units = await tagSomeUnits(engine, catalog, plan);
  const nights = daysFrom(from, to);
  progress({ stage: "measure", text: "running the metrics by unit" });
  const prepared = await prepareMetrics(engine, { config, catalog, plan, readiness, nights });
  const ratios: SampleRatios = { mismatches: 0, alarms: 0 };
  const atOnce = Math.max(1, Math.min(200, Math.floor(DRAWN_AT_ONCE / (units.units * share))));
  for (let first = 0; first < splits; first += atOnce) {
    const count = Math.min(atOnce, splits - first);
    await drawSplits(engine, { seed, first, count, share });
    await splitMetrics(engine, prepared, {
      ...{ config, plan, nights, first, count },
      concentrations: Math.max(0, Math.min(count, request.concentrationSplits - first)),
      onSplit: (done) =>
        progress({ stage: "judge", text: "judging splits", done: first + done, total: splits }),
    });
    countMismatches(await countNewUnits(engine), { nights, first, count, share }, ratios);
  }
  const mismatched = rateOf(ratios.mismatches, splits);
  return {
    ...{ rollout, baseline, from, to, nights: nights.length, share, splits, seed },
    concentrationSplits: Math.min(splits, request.concentrationSplits),
    units: units.units,
    crossedUnits: units.crossed,
    metrics: prepared.map((metric) => metricCalibration(metric, config)),
    anyGuardrail: anyGuardrail(prepared, config),
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

async function tagSomeUnits(engine: Engine, catalog: Catalog, plan: MeasurePlan): Promise<SplitUnits> {
  const units = await tagUnits(engine, catalog, plan);
  if (units.units > 1) return units;
  throw new GatebookError("input", `${plan.baseline} has no units to split from ${plan.from} to ${plan.to}`, {
    hint: "pass --from and --to of days on which it was served",
  });
}

interface SampleRatios {
  mismatches: number;
  alarms: number;
}

interface Batch {
  readonly nights: readonly Day[];
  readonly first: number;
  readonly count: number;
  readonly share: number;
}

/** Every split is sound, so what looks off is chance. */
function countMismatches(
  counted: ReadonlyMap<number | null, readonly NewUnits[]>,
  { nights, first, count, share }: Batch,
  ratios: SampleRatios,
): void {
  const all = counted.get(null) ?? [];
  for (let salt = first; salt < first + count; salt++) {
    const chosen = counted.get(salt) ?? [];
    const looks = nights.map((night) => {
      const upTo = (units: readonly NewUnits[]): number =>
        units.reduce((sum, one) => (one.date <= night ? sum + one.units : sum), 0);
      const candidateUnits = upTo(chosen);
      const baselineUnits = upTo(all) - candidateUnits;
      return ratioOf({ baselineUnits, candidateUnits }, share);
    });
    const p = looks.at(-1)?.p ?? null;
    if (p !== null && p < 0.001) ratios.mismatches += 1;
    if (looks.some((look) => mismatches(look.p, look.observedShare, share))) ratios.alarms += 1;
  }
}
