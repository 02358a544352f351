/** Traffic as measured: events, units and their times by day (in the first 24 hours by hour), of the rollout's two algorithms only. */
import { z } from "zod";
import { trafficCoverage } from "./coverage.ts";
import { queryError } from "./query-error.ts";
import { count, list, number, slot, text } from "./values.ts";
import { cutKind, variant } from "./words.ts";

export const variantTraffic = z.object({
  impressions: count,
  clicks: count,
  units: count,
  /** Units seen for the first time in this gate on this day (in this hour). */
  newUnits: count,
});

export const minuteRange = z.object({ from: z.number(), to: z.number() });

export const eventTimes = z.object({
  type: z.enum(["impression", "click"]),
  /** Null: of all sources together. */
  source: text,
  events: count,
  /** By the hour of the clock, 24. Less than `events` where times are absent or of another day. */
  hours: list(z.number()),
  /** Null without any time of that day. */
  firstMinute: number,
  lastMinute: number,
  /** Between first and last: more than an hour without any. */
  holes: list(minuteRange),
});

export const variantTimes = eventTimes.extend({ variant });

export const sourceEvents = z.object({ source: z.string(), events: count });

export const trafficDay = z.object({
  date: slot,
  /** First and last event within its ends, in hours; null when only dates are known. */
  startGapHours: number,
  endGapHours: number,
  events: count,
  baseline: variantTraffic,
  candidate: variantTraffic,
  /** When its impressions and clicks came; empty when that is not known, and for hours. */
  eventTimes: list(eventTimes).default([]),
  /** The same by variant, of all sources together; empty when that is not known, and for hours. */
  variantTimes: list(variantTimes).default([]),
  /** Events of any type and algorithm by source; empty when that is not known, and for hours. */
  sourceEvents: list(sourceEvents).default([]),
});

/** Kinds of events that are compared per unit, as `user_days` names them. */
export const unitEvent = z.enum(["impressions", "clicks_with_dwell", "saves"]);

export const unitTotals = z.object({
  units: count,
  events: count,
  /** Sum over units of the square of their events. */
  eventsSquared: count,
});

export const eventsPerUnit = z.object({ event: unitEvent, baseline: unitTotals, candidate: unitTotals });

export const valueUnits = z.object({
  kind: cutKind,
  /** Null unless `kind` is "value". */
  value: text,
  baselineUnits: count,
  candidateUnits: count,
});

/** New units by the values of a dimension. */
export const unitsByValue = z.object({
  name: z.string(),
  title: z.string(),
  values: list(valueUnits),
  error: queryError.nullable(),
});

export const trafficMeasurement = z.object({
  days: list(trafficDay),
  /** Units first seen in the gate, by variant, units of both excluded. */
  baselineUnits: count,
  candidateUnits: count,
  /** Units under both algorithms within the gate: excluded from deltas. */
  crossoverUnits: count,
  /** Empty: not known (a measurement of version 1, a relation user_days that counts no such events). */
  perUnit: list(eventsPerUnit).default([]),
  /** By each dimension; empty: none is configured, or not known. */
  unitsByValue: list(unitsByValue).default([]),
  /** Null: not known. */
  coverage: trafficCoverage.nullable().default(null),
});
