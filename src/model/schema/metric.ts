/** A metric of a result: what each variant shows, how they differ, and what that is called. */
import { z } from "zod";
import { coverage } from "./coverage.ts";
import { mover } from "./measurement.ts";
import { queryError } from "./query-error.ts";
import { count, day, list, number, slot, text } from "./values.ts";
import {
  better,
  classification,
  cutKind,
  denominator,
  never,
  reading,
  role,
  shape,
  unit,
  variant,
} from "./words.ts";

export const variantValue = z.object({
  value: number,
  numerator: number,
  denominator: number,
  units: count,
  /** Concentration: the share over all units at once, before equal-sizing. */
  rawValue: number,
  /** Concentration: number of equal-sized groups the value is a mean of. */
  groups: number,
});

const range = z.tuple([z.number(), z.number()]).readonly().nullable();

export const flip = z.object({
  /** Events more (positive) or fewer (negative) in the candidate's numerator. */
  events: z.number(),
  to: classification,
  /** "210 fewer clicks and this would be a rollback" */
  text: z.string(),
});

export const windowResult = z.object({
  baseline: variantValue,
  candidate: variantValue,
  /** Null: unavailable (no data, or zero baseline). */
  delta: number.describe("candidate/baseline − 1, a fraction"),
  /** Then past every line of a rise. */
  unbounded: z.boolean().describe("zero in the baseline alone"),
  interval: range.describe("two-sided 95% interval of delta"),
  /** Standard error of ln(candidate/baseline). */
  standardError: number,
  /**
   * The harmful-side end of the nightly-peeking-safe bound on delta at alpha/k: a drop fires below 0, a rise above 0. Of a
   * single day: its own one-sided bound at 0.001/k, the severe rule's.
   */
  sequentialBound: number,
  /** One-sided 95% bounds on delta, [lower, upper]. */
  oneSided: range,
  probabilityPastRollback: number,
  /** Smallest harmful change this much traffic finds with 80% power, a positive fraction. */
  smallestDetectableChange: number,
  flip: flip.nullable(),
  reading,
  classification,
  /** Highest level that fires. */
  fires: z.enum(["warning", "rollback", "severe"]).nullable(),
  /** Denominator of the candidate needed to settle the rollback line, null when settled or unknown. */
  volumeNeeded: number,
  daysNeeded: number,
  /** One sentence. */
  because: z.string(),
});

/** The change with what the same units did before the rollout taken into account (CUPED). */
export const adjustedChange = z.object({
  delta: z.number(),
  /** Two-sided 95%. */
  interval: range,
  standardError: z.number().describe("of ln(candidate/baseline)"),
  /** Share of the variance that is gone, a fraction. */
  varianceRemoved: z.number(),
});

/** How the interval of a change narrows from tonight on at the present traffic; its end must come to lie on the near side of a line. */
export const clock = z.object({
  /** Its other end: no change, or the present one. */
  from: z.number(),
  /** The rollback line, or no change where harm must be proven. */
  line: z.number(),
  /** Tonight first; not every night of a long time. */
  nights: list(z.object({ date: day, end: z.number() })),
  clearsOn: day.nullable().describe("null: never at this exposure"),
  isAtLeast: z.boolean().describe("the earliest such day: how many people come back is not known yet"),
});

export const observationResult = z.object({
  ...windowResult.shape,
  /** The harmful end of the bound that must exclude the rollback line before a night is healthy; null: plain 95% (`oneSided`). */
  promoteBound: number.default(null),
  /** What the bounds are made of, where days before the rollout are kept; readings stay with `delta`. */
  adjusted: adjustedChange.nullable().default(null),
  /** Why there are such days and the change is not adjusted. */
  notAdjusted: text.default(null),
  /** `daysNeeded` are the fewest: how many people come back is not known yet. */
  daysNeededAtLeast: z.boolean().default(false),
  /** Null: some number does, or it is not known. */
  never: never.nullable().default(null).describe("why no number of days settles it"),
  clock: clock.nullable().default(null).describe("of a window that waits for a smaller error"),
  /** What the number is based on; null: not known (a result of version 1, a metric without data). */
  coverage: coverage.nullable().default(null),
});

export const heavyUnit = z.object({
  variant,
  unit: z.string(),
  /** Of the variant's denominator that day, a fraction. */
  share: z.number(),
});

export const severeDoubt = z.object({
  /** chance: noise may do that; person: somebody must judge the day first, which blocks; accepted: somebody has. */
  kind: z.enum(["chance", "person", "accepted"]),
  /** For a person: the units that each have a tenth of their variant's day. */
  units: list(heavyUnit),
  /** The day's change without those units. */
  deltaWithout: number,
});

export const dayResult = z.object({
  ...windowResult.shape,
  date: slot,
  complete: z.boolean(),
  /** In the observation window (not a ramp day, not an earlier gate). */
  observed: z.boolean(),
  /** Set on a day past its severe line, with or without its heaviest units, that does not fire severe. */
  doubt: severeDoubt.nullable().default(null).describe("why a day past its severe line is no severe day"),
});

export const metricThresholds = z.object({
  harm: z.enum(["drop", "rise"]),
  warning: number,
  rollback: number,
  severe: number,
});

/** A ratio over the observation window, of the units' days with one value of a dimension. */
export const dimensionCut = z.object({
  kind: cutKind,
  /** Null unless `kind` is "value". */
  value: text,
  baseline: variantValue,
  candidate: variantValue,
  delta: number,
  interval: range.describe("two-sided 95% interval of delta"),
  /** Of the variant's denominator, fractions. */
  baselineShare: number,
  candidateShare: number,
  within: number.describe(
    "what its own change adds to the metric's, a fraction of the baseline's whole value",
  ),
  mix: number.describe("what the change of its share adds"),
  contribution: number.describe("within + mix; over all values the metric's delta"),
  p: number.describe("two-sided, of its change against that of the other values; null: too little to test"),
  standsOut: z.boolean().describe("Benjamini-Hochberg at 5% over all cuts of the night; decides nothing"),
});

export const dimensionResult = z.object({
  name: z.string(),
  title: z.string(),
  /** The largest contribution first. */
  values: list(dimensionCut),
  /** Cuts of all metrics and dimensions that were tested tonight. */
  lookedAt: count,
  error: queryError.nullable(),
});

export const metricResult = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  role,
  required: z.boolean(),
  better,
  unit,
  shape,
  top: number,
  denominator,
  path: z.string(),
  thresholds: metricThresholds.nullable(),
  observation: observationResult,
  days: list(dayResult),
  /** Concentration: the keys whose share moved most. */
  movers: list(mover),
  /** Ratio guardrails: where the change comes from. */
  dimensions: list(dimensionResult).default([]),
  /** Why there is no number, e.g. "column author_id is absent"; else null. */
  unavailable: text,
  error: queryError.nullable(),
});
