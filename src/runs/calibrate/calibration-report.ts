/**
 * The alarms of many harmless splits, counted: rates with their errors, per guardrail and over all of them, and whether the intervals
 * cover as often as they claim.
 */
import {
  type Alarms,
  alarmsOf,
  lookAtNights,
  type NightEvidence,
  type NightLook,
} from "../../judge/decision/alarms.ts";
import { criteriaFor, plannedNightsOf } from "../../judge/metric/criteria.ts";
import type { Rate } from "../../model/calibration.ts";
import type { Config } from "../../model/config.ts";
import type { MetricDefinition, QueryError } from "../../model/measurement.ts";
import type { JudgeMode, Role, Shape } from "../../model/words.ts";
import {
  type Calibration,
  calibration,
  type Split,
  shareStandardError,
  splitOf,
} from "../../statistics/calibration/aa.ts";
import { type Requirement, requirementsOf } from "../../statistics/calibration/aa-requirements.ts";

/** Shares of splits that fired on any night; healthy on the last one. */
export interface AlarmRates {
  readonly warning: Rate;
  readonly rollback: Rate;
  readonly severe: Rate;
  /** Either of the two: what would have rolled the harmless candidate back. */
  readonly anyRollback: Rate;
  readonly healthy: Rate;
}

export type ModeRates = Readonly<Record<JudgeMode, AlarmRates>>;

export interface SplitOutcome {
  readonly alarms: Readonly<Record<JudgeMode, Alarms>>;
  /** Under the configured judge. */
  readonly looks: readonly NightLook[];
  /** Null: too few events for any interval. */
  readonly split: Split | null;
}

export interface MetricCalibration {
  readonly name: string;
  readonly title: string;
  readonly shape: Shape;
  readonly role: Role;
  readonly splits: number;
  readonly rates: ModeRates | null;
  /** Of the last window, over the splits that have an interval. */
  readonly intervals: Calibration | null;
  readonly requirements: readonly Requirement[];
  readonly unavailable: string | null;
  readonly error: QueryError | null;
}

/** A harmless candidate under all these guardrails at once. */
export interface AnyGuardrail {
  readonly guardrails: readonly string[];
  readonly splits: number;
  readonly rates: ModeRates;
}

export function outcomeOf(
  nights: readonly NightEvidence[],
  definition: MetricDefinition,
  config: Config,
): SplitOutcome {
  const under = {
    literal: looksUnder("literal", nights, { definition, config }),
    evidence: looksUnder("evidence", nights, { definition, config }),
  };
  const last = nights.at(-1)?.window;
  const comparison = last?.comparison ?? null;
  return {
    alarms: { literal: alarmsOf(under.literal), evidence: alarmsOf(under.evidence) },
    looks: under[config.judge],
    split: comparison === null ? null : splitOf(comparison, last?.degreesOfFreedom ?? null),
  };
}

export function looksUnder(
  mode: JudgeMode,
  nights: readonly NightEvidence[],
  { definition, config }: { readonly definition: MetricDefinition; readonly config: Config },
): readonly NightLook[] {
  const { activeGate, persistentWarningDays: trend } = config;
  const criteria = criteriaFor(definition, config, { comparison: "concurrent", mode });
  const gate = { plannedNights: plannedNightsOf(activeGate), minDays: activeGate.minDays, trend };
  return lookAtNights(nights, criteria, gate);
}

/** One metric's splits; `outcomes` in the order of the salts. */
export interface CollectedMetric {
  readonly definition: MetricDefinition;
  readonly outcomes: readonly SplitOutcome[];
  readonly planted: readonly PlantedLooks[];
  readonly unavailable: string | null;
  readonly error: QueryError | null;
}

/** What a planted change makes of the same splits, under the configured judge. */
export interface PlantedLooks {
  readonly change: number;
  /** In the order of the salts. */
  readonly looks: readonly (readonly NightLook[])[];
}

export function metricCalibration(collected: CollectedMetric, config: Config): MetricCalibration {
  const { definition, outcomes, unavailable, error } = collected;
  const intervals = calibration(outcomes.flatMap(({ split }) => (split === null ? [] : [split])));
  return {
    name: definition.name,
    title: definition.title,
    shape: definition.shape,
    role: roleOf(definition, config),
    splits: outcomes.length,
    rates: outcomes.length === 0 ? null : modeRates(outcomes.map(({ alarms }) => alarms)),
    intervals,
    requirements: intervals === null ? [] : requirementsOf(intervals),
    unavailable,
    error,
  };
}

function roleOf({ name }: MetricDefinition, { thresholds }: Config): Role {
  return thresholds.get(name)?.role ?? "informational";
}

/** A harmless candidate under the guardrails of each group. None without a guardrail. */
export function anyGuardrail(metrics: readonly CollectedMetric[], config: Config): readonly AnyGuardrail[] {
  return guardrailsBySplits(metrics, config).map(({ guardrails, splits }) => {
    const bySplit = Array.from({ length: splits }, (_, at) => ({
      literal: together(guardrails, at, "literal"),
      evidence: together(guardrails, at, "evidence"),
    }));
    const names = guardrails.map(({ definition }) => definition.name);
    return { guardrails: names, splits, rates: modeRates(bySplit) };
  });
}

/**
 * The rules look at all guardrails. Those with as many splits as any are one answer; with the concentrations, which have fewer, there is
 * another over the splits that all of them share.
 */
export function guardrailsBySplits(metrics: readonly CollectedMetric[], config: Config) {
  const guardrails = metrics.filter(
    ({ definition, outcomes }) => roleOf(definition, config) === "guardrail" && outcomes.length > 0,
  );
  const counts = [...new Set(guardrails.map(({ outcomes }) => outcomes.length))].sort((a, b) => b - a);
  return counts.map((splits) => ({
    splits,
    guardrails: guardrails.filter(({ outcomes }) => outcomes.length >= splits),
  }));
}

/** Any of them fires; healthy only when all are. */
function together(metrics: readonly CollectedMetric[], at: number, mode: JudgeMode): Alarms {
  const all = metrics.flatMap(({ outcomes }) => outcomes[at]?.alarms[mode] ?? []);
  return {
    warning: all.some(({ warning }) => warning),
    rollback: all.some(({ rollback }) => rollback),
    severe: all.some(({ severe }) => severe),
    healthy: all.every(({ healthy }) => healthy),
  };
}

function modeRates(splits: readonly SplitOutcome["alarms"][]): ModeRates {
  const under = (mode: JudgeMode): AlarmRates => {
    const share = (fires: (alarms: Alarms) => boolean): Rate =>
      rateOf(splits.filter((split) => fires(split[mode])).length, splits.length);
    return {
      warning: share(({ warning }) => warning),
      rollback: share(({ rollback }) => rollback),
      severe: share(({ severe }) => severe),
      anyRollback: share(({ rollback, severe }) => rollback || severe),
      healthy: share(({ healthy }) => healthy),
    };
  };
  return { literal: under("literal"), evidence: under("evidence") };
}

export function rateOf(hits: number, splits: number): Rate {
  const share = splits === 0 ? 0 : hits / splits;
  return { share, standardError: shareStandardError(share, splits) };
}
