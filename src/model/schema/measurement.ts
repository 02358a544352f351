/** What the judge was given, as a result keeps it: metrics, checks and traffic as measured. */
import { z } from "zod";
import { coverage, coverageEvidence } from "./coverage.ts";
import { queryError } from "./query-error.ts";
import { trafficMeasurement } from "./traffic.ts";
import { count, list, number, scalar, slot, text } from "./values.ts";
import { better, checkEffect, cutKind, denominator, shape, unit } from "./words.ts";

export const metricDefinition = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  unit,
  better,
  shape,
  /** Concentration: how many of the heaviest keys; null for a ratio. */
  top: number,
  /** What the denominator counts, for min_sample and for wording. */
  denominator,
  /** What the numerator counts, plural, for wording: "clicks"; absent: "events". */
  numerator: z.string().optional(),
  /** Path relative to the workspace, e.g. queries/metrics/ctr.sql. */
  path: z.string(),
});

export const ratioMoments = z.object({
  shape: z.literal("ratio"),
  units: count,
  sumDenominator: z.number(),
  sumNumerator: z.number(),
  sumDenominatorSquared: z.number(),
  sumNumeratorSquared: z.number(),
  sumProduct: z.number(),
});

/** Sums over a variant's units: y, m are numerator and denominator in the window, x, w the same before the rollout. */
export const preMoments = z.object({
  /** Units with w > 0. */
  unitsWithPre: count,
  preNumerator: z.number(),
  preDenominator: z.number(),
  preNumeratorSquared: z.number(),
  preDenominatorSquared: z.number(),
  preProduct: z.number(),
  denominatorPreNumerator: z.number(),
  denominatorPreDenominator: z.number(),
  numeratorPreNumerator: z.number(),
  numeratorPreDenominator: z.number(),
});

export const prePeriod = z.object({ baseline: preMoments, candidate: preMoments });

export const concentrationEstimate = z.object({
  shape: z.literal("concentration"),
  units: count,
  /** Mean over `groups` equal-sized disjoint groups of units: comparable between variants of different size. */
  value: z.number(),
  /** Over all units at once: reads higher on the smaller variant. */
  rawValue: z.number(),
  rawNumerator: z.number(),
  rawDenominator: z.number(),
  groups: count,
  /** Units per group. */
  groupUnits: count,
  /** Delete-a-group jackknife standard error of `value`; null below 50 units. */
  standardError: number,
  /** Jackknife groups − 1. */
  degreesOfFreedom: number,
});

export const estimate = z.discriminatedUnion("shape", [ratioMoments, concentrationEstimate]);

/** Null: no row of that variant in the window. */
export const windowMeasurement = z.object({ baseline: estimate.nullable(), candidate: estimate.nullable() });

export const heaviestUnit = z.object({ unit: z.string(), denominator: z.number(), numerator: z.number() });
export const heaviestUnits = z.object({
  baseline: heaviestUnit.nullable(),
  candidate: heaviestUnit.nullable(),
});

export const dayMeasurement = z.object({
  ...windowMeasurement.shape,
  date: slot,
  /** Null: no ratio, or a result of version 1. */
  heaviest: heaviestUnits.nullable().default(null),
});

export const mover = z.object({ key: z.string(), baselineShare: z.number(), candidateShare: z.number() });

/** A metric over the observation window, of the units' days with one value. */
export const measuredCut = z.object({
  kind: cutKind,
  /** Null unless `kind` is "value". */
  value: text,
  baseline: ratioMoments.nullable(),
  candidate: ratioMoments.nullable(),
});

export const measuredDimension = z.object({
  name: z.string(),
  title: z.string(),
  values: list(measuredCut),
  error: queryError.nullable(),
});

export const metricMeasurement = z.object({
  definition: metricDefinition,
  observation: windowMeasurement,
  days: list(dayMeasurement),
  /** Of the observation window; null: not known. */
  coverage: coverage.nullable().default(null),
  coverageEvidence: coverageEvidence.nullable().default(null),
  /** The observation window with crossed units under the algorithm they saw first; null: none crossed, or too few to matter. */
  intentionToTreat: windowMeasurement.nullable().default(null),
  /** What the window's units did before the rollout; null: a concentration, or no days before it. */
  prePeriod: prePeriod.nullable().default(null),
  movers: list(mover),
  /** Ratio guardrails: the observation window by the values of each dimension. */
  dimensions: list(measuredDimension).default([]),
  /** "column author_id is absent", when what the metric needs is not in the data. */
  unavailable: text,
  error: queryError.nullable(),
});

export const checkRow = z.object({
  /** "not_checked": what the check requires is not in the data. */
  status: z.enum(["pass", "warn", "fail", "not_checked"]),
  observed: scalar,
  expected: scalar,
  detail: z.string(),
});

export const checkMeasurement = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  /** From `@owner`. */
  owner: text.default(null),
  effect: checkEffect,
  path: z.string(),
  rows: list(checkRow),
  error: queryError.nullable(),
});

export const measurement = z.object({
  metrics: list(metricMeasurement),
  traffic: trafficMeasurement,
  checks: list(checkMeasurement),
});
