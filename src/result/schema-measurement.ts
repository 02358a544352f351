/** What the judge was given, as a result keeps it. Mirrors model/measurement.ts. */
import { z } from "zod";
import {
  better,
  checkEffect,
  count,
  coverage,
  denominator,
  list,
  mover,
  number,
  queryError,
  scalar,
  shape,
  slot,
  text,
  unit,
} from "./schema-words.ts";

const definition = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  unit,
  better,
  shape,
  top: number,
  denominator,
  numerator: z.string().optional(),
  path: z.string(),
});

const ratioMoments = z.object({
  shape: z.literal("ratio"),
  units: count,
  sumDenominator: z.number(),
  sumNumerator: z.number(),
  sumDenominatorSquared: z.number(),
  sumNumeratorSquared: z.number(),
  sumProduct: z.number(),
});

const concentration = z.object({
  shape: z.literal("concentration"),
  units: count,
  value: z.number(),
  rawValue: z.number(),
  rawNumerator: z.number(),
  rawDenominator: z.number(),
  groups: count,
  groupUnits: count,
  standardError: number,
  degreesOfFreedom: number,
});

const estimate = z.discriminatedUnion("shape", [ratioMoments, concentration]).nullable();

const windowMeasurement = z.object({ baseline: estimate, candidate: estimate });

const pair = z.object({ baseline: count, candidate: count });
const reason = z.enum(["crossover", "unit", "name", "attribute", "orphan", "rejected"]);
const coverageEvidence = z.object({
  units: pair,
  crossedUnits: pair,
  lostUnits: pair,
  difference: z.number(),
  p: number,
  examples: list(
    z.object({ variant: z.enum(["baseline", "candidate"]), reason, name: z.string(), events: count }),
  ),
});
const coveredEvents = z.object({ coverage, evidence: coverageEvidence });
const trafficCoverage = z.object({
  impressions: coveredEvents,
  clicks: coveredEvents,
  placeholders: list(z.object({ id: z.string(), ...pair.shape })),
  unknownDays: count,
});

const heaviestUnit = z
  .object({ unit: z.string(), denominator: z.number(), numerator: z.number() })
  .nullable();

const dayMeasurement = z.object({
  ...windowMeasurement.shape,
  date: slot,
  heaviest: z.object({ baseline: heaviestUnit, candidate: heaviestUnit }).nullable().default(null),
});

const metric = z.object({
  definition,
  observation: windowMeasurement,
  days: list(dayMeasurement),
  coverage: coverage.nullable().default(null),
  coverageEvidence: coverageEvidence.nullable().default(null),
  intentionToTreat: windowMeasurement.nullable().default(null),
  movers: list(mover),
  unavailable: text,
  error: queryError,
});

const variantTraffic = z.object({ impressions: count, clicks: count, units: count, newUnits: count });

const unitTotals = z.object({ units: count, events: count, eventsSquared: count });

const eventsPerUnit = z.object({
  event: z.enum(["impressions", "clicks_with_dwell", "saves"]),
  baseline: unitTotals,
  candidate: unitTotals,
});

const eventTimes = z.object({
  type: z.enum(["impression", "click"]),
  source: text,
  events: count,
  hours: list(z.number()),
  firstMinute: number,
  lastMinute: number,
  holes: list(z.object({ from: z.number(), to: z.number() })),
});

const traffic = z.object({
  days: list(
    z.object({
      date: slot,
      startGapHours: number,
      endGapHours: number,
      events: count,
      baseline: variantTraffic,
      candidate: variantTraffic,
      eventTimes: list(eventTimes).default([]),
      variantTimes: list(eventTimes.extend({ variant: z.enum(["baseline", "candidate"]) })).default([]),
      sourceEvents: list(z.object({ source: z.string(), events: count })).default([]),
    }),
  ),
  baselineUnits: count,
  candidateUnits: count,
  crossoverUnits: count,
  perUnit: list(eventsPerUnit).default([]),
  coverage: trafficCoverage.nullable().default(null),
});

const check = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  effect: checkEffect,
  path: z.string(),
  rows: list(
    z.object({
      status: z.enum(["pass", "warn", "fail", "not_checked"]),
      observed: scalar,
      expected: scalar,
      detail: z.string(),
    }),
  ),
  error: queryError,
});

export const measurement = z.object({ metrics: list(metric), traffic, checks: list(check) });
