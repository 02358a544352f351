/** By what a metric is judged, and which threshold its bare number reaches. */
import type { Config, Gate, Guardrail, MinSample } from "../../model/config.ts";
import type { MetricDefinition } from "../../model/measurement.ts";
import type { MetricThresholds } from "../../model/result.ts";
import type { JudgeMode, Reading, Unit } from "../../model/words.ts";
import type { ComparisonKind } from "../input.ts";

/** A threshold is reached at the threshold itself ("a drop of exactly 3% is a warning"), with this much for what doubles lose. */
const TOLERANCE = 1e-9;

/** Days that a gate is expected to last where it has no max_days. */
const NIGHTS_OF_A_GATE = 14;

/** What a gate's error rates are spread over, as rollout.yaml has it on the gate's first night. */
export function plannedNightsOf({ maxDays }: Pick<Gate, "maxDays">): number {
  return maxDays ?? NIGHTS_OF_A_GATE;
}

export interface Criteria {
  readonly definition: MetricDefinition;
  readonly mode: JudgeMode;
  readonly lines: MetricThresholds | null;
  /** How many there are: alpha is shared between the guardrails. */
  readonly guardrails: number;
  /** Days compared with a severe threshold: nights of the gate × guardrails that have one. */
  readonly severeLooks: number;
  readonly minSample: MinSample;
  readonly comparison: ComparisonKind;
}

export function criteriaFor(
  definition: MetricDefinition,
  { thresholds, activeGate, minSample }: Config,
  {
    comparison,
    mode,
    plannedNights,
  }: Pick<Criteria, "comparison" | "mode"> & { readonly plannedNights?: number | null | undefined },
): Criteria {
  const guardrails = [...thresholds.values()].filter(({ role }) => role === "guardrail");
  const withSevere = guardrails.filter(({ severe }) => severe !== null);
  return {
    definition,
    mode,
    lines: linesFor(thresholds.get(definition.name), comparison),
    guardrails: Math.max(1, guardrails.length),
    severeLooks: (plannedNights ?? plannedNightsOf(activeGate)) * Math.max(1, withSevere.length),
    minSample,
    comparison,
  };
}

export function thresholdsOf(guardrail: Guardrail | undefined): MetricThresholds | null {
  if (guardrail === undefined || guardrail.harm === null) return null;
  const { harm, warning, rollback, severe } = guardrail;
  return { harm, warning, rollback, severe };
}

/**
 * The thresholds that count tonight. Before/after is not randomised: weekday against weekday moves by 3% on its own, at 10 million
 * impressions a day, so there only the severe one can call for a rollback.
 */
export function linesFor(
  guardrail: Guardrail | undefined,
  comparison: ComparisonKind,
): MetricThresholds | null {
  const lines = thresholdsOf(guardrail);
  return lines === null || comparison !== "before-after" ? lines : { ...lines, rollback: lines.severe };
}

/** The threshold that must be excluded before a metric is healthy: a fraction. */
export function lineToExclude(lines: MetricThresholds | null): number | null {
  return lines?.rollback ?? lines?.severe ?? lines?.warning ?? null;
}

/**
 * The largest relative rise a value has room for: a share of 95% can rise by 1/0.95 − 1 = 5.3% and no more.
 * Infinity where nothing bounds it.
 */
export function roomToRise(baseline: number | null, unit: Unit): number {
  const bounded = unit === "percent" && baseline !== null && baseline > 0 && baseline <= 1;
  return bounded ? 1 / baseline - 1 : Number.POSITIVE_INFINITY;
}

/** A threshold of a rise that there is no room for, rollback first; null when every one can be reached. */
export function unreachableLine(lines: MetricThresholds | null, room: number): number | null {
  if (lines?.harm !== "rise") return null;
  const inOrder = [lines.rollback, lines.severe, lines.warning];
  return inOrder.find((line) => line !== null && room < line - TOLERANCE) ?? null;
}

/** The size of the change in the harmful direction; negative when it went the good way, Infinity from zero. */
export function harmfulChange(change: { delta: number | null; unbounded: boolean }, harm: "drop" | "rise") {
  if (change.unbounded) return harm === "rise" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (change.delta === null) return null;
  return harm === "drop" ? -change.delta : change.delta;
}

export function reaches(change: number | null, line: number | null): boolean {
  return change !== null && line !== null && change >= line - TOLERANCE;
}

/**
 * Rollback at the `level` line: of the gate so far its rollback line, of a single day, which is noisier, the severe one; where that is
 * not set a day cannot read rollback.
 */
export function readingOf(
  change: number | null,
  lines: MetricThresholds,
  level: "rollback" | "severe",
): Reading {
  if (change === null) return "no_data";
  if (reaches(change, lines[level])) return "rollback";
  return reaches(change, lines.warning) ? "warning" : "healthy";
}
