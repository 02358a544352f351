/**
 * `result.json` as a schema. It mirrors `model/result.ts` key by key and in its order (a type test holds the two
 * together; writing follows this order). Keys it does not know are left out on reading: a newer gatebook may add some.
 */
import { z } from "zod";
import {
  cellResult,
  change,
  checklistItem,
  checkResult,
  loadRecord,
  preflightLine,
  provenance,
  trafficResult,
} from "./schema-evidence.ts";
import { ledger } from "./schema-ledger.ts";
import { measurement } from "./schema-measurement.ts";
import { metricResult } from "./schema-metric.ts";
import {
  action,
  count,
  day,
  forecastCondition,
  judgeMode,
  list,
  number,
  phase,
  preset,
  rule,
  text,
} from "./schema-words.ts";

export const SCHEMA_VERSION = 2;

/** Keys that came after version 1 have a default, so that its results are read for good. */
const schemaVersion = z.union([z.literal(1), z.literal(SCHEMA_VERSION)]);

const gateState = z.object({
  name: z.string(),
  exposure: z.number(),
  started: day.nullable(),
  minDays: count,
  maxDays: number,
  consecutiveHealthyDays: count,
  active: z.boolean(),
});

const rollout = z.object({
  name: z.string(),
  baseline: z.string(),
  candidate: z.string(),
  gate: z.string(),
  exposure: z.number(),
  judge: judgeMode,
  gates: list(gateState),
  comparison: z.enum(["concurrent", "holdback", "before-after"]),
});

const resultWindow = z.object({
  from: day,
  to: day,
  shownFrom: day,
  reportDate: day,
  asOf: z.string(),
  openedAt: z.string().optional().describe("first 24 hours: when the observation begins"),
  opensOn: day.nullable().default(null).describe("a night before the gate's first whole day: that day"),
  baselineFrom: day.nullable().default(null).describe("before/after: first of the baseline's days"),
  baselineTo: day.nullable().default(null),
  timeZone: z.string(),
  completeDays: count.describe("days whose data is all here"),
  sufficientDays: number.default(null).describe("complete and at min_sample"),
  quietDays: number.default(null).describe("sufficient, and nothing fires"),
  rampDays: list(day),
});

const decision = z.object({
  action,
  to: text,
  rule,
  reasons: list(z.string()),
  literalAction: action,
  literalRule: rule,
  latched: z.boolean(),
  overdue: z.boolean(),
  preset: preset.nullable(),
  next: list(z.string()),
  expect: z.string(),
  runbook: z.object({
    promote: list(z.string()).nullable(),
    immediate: list(z.string()),
    standard: list(z.string()).nullable(),
  }),
  trace: list(z.object({ rule, matched: z.boolean(), because: z.string() })),
  forecast: z
    .object({
      days: number,
      never: z.boolean(),
      condition: forecastCondition,
      metric: text,
      text: z.string(),
    })
    .nullable()
    .default(null)
    .describe("of a hold that waits: the slowest condition"),
});

export const resultSchema = z.object({
  schemaVersion,
  tool: z.object({ name: z.literal("gatebook"), version: z.string() }),
  phase,
  rollout,
  window: resultWindow,
  decision,
  metrics: list(metricResult),
  checks: list(checkResult),
  preflight: list(preflightLine),
  checklist: list(checklistItem),
  traffic: trafficResult,
  loads: list(loadRecord),
  cells: list(cellResult),
  changes: list(change),
  measurement,
  ledger,
  provenance,
});

/** The part of a result that an index over many nights reads. */
export const nightSchema = resultSchema.pick({ phase: true, rollout: true, window: true }).extend({
  decision: decision.omit({ next: true, expect: true, runbook: true, trace: true }),
  metrics: list(
    metricResult
      .pick({ name: true, title: true, role: true, thresholds: true, unavailable: true, error: true })
      .extend({
        observation: metricResult.shape.observation.pick({
          delta: true,
          unbounded: true,
          interval: true,
          classification: true,
        }),
      }),
  ),
});

/** JSON Schema of result.json, for those who read it with other tools. */
export function resultJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(resultSchema, { io: "input" }), title: "result.json of gatebook" };
}
