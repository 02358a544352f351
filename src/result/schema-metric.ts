/** A metric of a result: what each variant shows, how they differ, and what that is called. Mirrors model/result.ts. */
import { z } from "zod";
import {
  better,
  classification,
  count,
  coverage,
  denominator,
  list,
  mover,
  never,
  number,
  queryError,
  reading,
  role,
  shape,
  slot,
  text,
  unit,
} from "./schema-words.ts";

const variantValue = z.object({
  value: number,
  numerator: number,
  denominator: number,
  units: count,
  rawValue: number,
  groups: number,
});

const range = z.tuple([z.number(), z.number()]).readonly().nullable();

const windowResult = z.object({
  baseline: variantValue,
  candidate: variantValue,
  delta: number.describe("candidate/baseline − 1, a fraction"),
  unbounded: z.boolean().describe("zero in the baseline alone"),
  interval: range.describe("two-sided 95% interval of delta"),
  standardError: number,
  sequentialBound: number,
  oneSided: range,
  probabilityPastRollback: number,
  smallestDetectableChange: number,
  flip: z.object({ events: z.number(), to: classification, text: z.string() }).nullable(),
  reading,
  classification,
  fires: z.enum(["warning", "rollback", "severe"]).nullable(),
  volumeNeeded: number,
  daysNeeded: number,
  because: z.string(),
});

const severeDoubt = z.object({
  kind: z.enum(["chance", "person", "accepted"]),
  units: list(z.object({ variant: z.enum(["baseline", "candidate"]), unit: z.string(), share: z.number() })),
  deltaWithout: number,
});

const dayResult = z.object({
  ...windowResult.shape,
  date: slot,
  complete: z.boolean(),
  observed: z.boolean(),
  doubt: severeDoubt.nullable().default(null).describe("why a day past its severe line is no severe day"),
});

const thresholds = z.object({
  harm: z.enum(["drop", "rise"]),
  warning: number,
  rollback: number,
  severe: number,
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
  thresholds: thresholds.nullable(),
  observation: z.object({
    ...windowResult.shape,
    daysNeededAtLeast: z.boolean().default(false),
    never: never.nullable().default(null).describe("why no number of days settles it"),
    coverage: coverage.nullable().default(null),
  }),
  days: list(dayResult),
  movers: list(mover),
  unavailable: text,
  error: queryError,
});
