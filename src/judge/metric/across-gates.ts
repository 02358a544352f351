/**
 * One metric over several gates, without pooling a count (src/statistics/README.md, stratify). In: what was measured gate by gate. Out:
 * the change they have in common, if any. It judges nothing. Units that were in two gates count as different ones, which makes the
 * interval somewhat too narrow.
 */
import type { WindowMeasurement } from "../../model/measurement.ts";
import type { Day } from "../../model/words.ts";
import { type Comparison, intervalOf } from "../../statistics/ratio.ts";
import { quantileAt } from "../../statistics/special.ts";
import { combineStrata, type Stratified } from "../../statistics/stratify.ts";
import { changeText } from "../../text/numbers.ts";
import { listText } from "../../text/words.ts";
import type { ComparisonKind } from "../input.ts";
import { evidenceOf } from "./evidence.ts";

export interface GateStratum {
  /** Name of the gate; null: before any. */
  readonly gate: string | null;
  readonly from: Day;
  readonly to: Day;
  readonly comparison: ComparisonKind;
  readonly observation: WindowMeasurement;
}

export interface AcrossGates {
  /** candidate/baseline − 1, a fraction; null when no gate has a change with an error. */
  readonly delta: number | null;
  /** Two-sided 95%. */
  readonly interval: readonly [number, number] | null;
  /** Of ln(candidate/baseline). */
  readonly standardError: number | null;
  /** Cochran's Q; null for fewer than two strata. */
  readonly heterogeneity: Stratified["heterogeneity"] | null;
  readonly gates: readonly (Omit<GateStratum, "observation"> & {
    readonly delta: number | null;
    readonly standardError: number | null;
    /** Why this gate has no part in the whole, or null. */
    readonly leftOut: string | null;
  })[];
  readonly because: string;
}

/** Below this the gates' changes differ by more than their noise, and their mean hides it. */
const DIFFERENT = 0.01;

export function acrossGates(strata: readonly GateStratum[]): AcrossGates {
  const measured = strata.map(({ observation, ...stratum }) => {
    const { comparison, delta, degreesOfFreedom } = evidenceOf(observation);
    const leftOut = whyLeftOut(stratum.comparison, delta, comparison);
    const standardError = comparison?.standardError ?? null;
    const change = comparison === null ? null : { ...comparison, degreesOfFreedom };
    return { change, gate: { ...stratum, delta, standardError, leftOut } };
  });
  const gates = measured.map(({ gate }) => gate);
  const parts = measured.flatMap(({ change, gate }) =>
    change === null || gate.leftOut !== null ? [] : [change],
  );
  const combined = combineStrata(parts);
  const heterogeneity = combined === null || parts.length < 2 ? null : combined.heterogeneity;
  const whole = { delta: null, interval: null, standardError: null };
  return {
    ...(combined === null ? whole : wholeOf(combined)),
    heterogeneity,
    gates,
    because: becauseOf(gates, combined, heterogeneity),
  };
}

function wholeOf({
  comparison,
  degreesOfFreedom,
}: Stratified): Pick<AcrossGates, "delta" | "interval" | "standardError"> {
  const { delta, standardError } = comparison;
  const interval = intervalOf(comparison, 0.95, quantileAt(0.975, degreesOfFreedom));
  return { delta, interval, standardError };
}

function whyLeftOut(
  kind: ComparisonKind,
  delta: number | null,
  comparison: Comparison | null,
): string | null {
  if (kind === "before-after") return "before/after, not randomised";
  if (comparison === null) return delta === null ? "no change can be measured" : "too little for an error";
  return comparison.standardError > 0 ? null : "its change has no error to weigh it by";
}

function becauseOf(
  gates: AcrossGates["gates"],
  combined: Stratified | null,
  heterogeneity: AcrossGates["heterogeneity"],
): string {
  const name = (gate: string | null) => gate ?? "before any gate";
  const used = gates.filter(({ leftOut }) => leftOut === null);
  const each = listText(used.map(({ gate, delta }) => `${name(gate)} ${changeText(delta ?? 0)}`));
  const without = gates
    .flatMap(({ gate, leftOut }) => (leftOut === null ? [] : [` Without ${name(gate)}: ${leftOut}.`]))
    .join("");
  if (combined === null) return `No gate has a change that could be weighed.${without}`;
  const whole =
    heterogeneity === null
      ? `${each} alone.`
      : `${each}: together ${changeText(combined.comparison.delta)}. ${agreement(heterogeneity)}`;
  return `${whole}${without}`;
}

function agreement({ q, degreesOfFreedom, p }: Stratified["heterogeneity"]): string {
  const test = `Cochran's Q ${q.toFixed(2)} on ${degreesOfFreedom}, p ${p < 0.0001 ? "< 0.0001" : `= ${p.toFixed(4)}`}`;
  return p < DIFFERENT
    ? `The gates differ (${test}): look at each, their mean hides it.`
    : `The gates do not contradict one another (${test}).`;
}
