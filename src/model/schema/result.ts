/**
 * `result.json` as a schema, and the one place that defines its keys: the types of `model/` are derived from it, and it is written in
 * this order. Numbers are unrounded, fractions not percents, never NaN or Infinity: `null` plus a word. Keys it does not know
 * are left out on reading: a newer gatebook may add some.
 */
import { z } from "zod";
import { calibration } from "./calibration.ts";
import {
  cellResult,
  checklistItem,
  checkResult,
  loadRecord,
  preflightLine,
  trafficResult,
} from "./evidence.ts";
import { ledgerState } from "./ledger.ts";
import { measurement } from "./measurement.ts";
import { metricResult } from "./metric.ts";
import { stageTime } from "./profile.ts";
import { count, day, list, number, text } from "./values.ts";
import { schemaVersions } from "./version.ts";
import { action, forecastCondition, judgeMode, phase, preset, rule } from "./words.ts";

export const gateState = z.object({
  name: z.string(),
  exposure: z.number(),
  started: day.nullable(),
  minDays: count,
  maxDays: number,
  consecutiveHealthyDays: count,
  active: z.boolean(),
});

export const rolloutState = z.object({
  name: z.string(),
  baseline: z.string(),
  candidate: z.string(),
  /** Name of the active gate. */
  gate: z.string(),
  exposure: z.number(),
  judge: judgeMode,
  gates: list(gateState),
  /** "concurrent", or at g100 "holdback" or "before-after": then nothing is randomised, which the report repeats beside every change. */
  comparison: z.enum(["concurrent", "holdback", "before-after"]),
});

export const resultWindow = z.object({
  /** The observation window: the gate so far. */
  from: day,
  to: day,
  /** First day shown day by day; may be before `from` (earlier gates, ramp days). */
  shownFrom: day,
  reportDate: day,
  /** Instant as of which completeness and freshness are judged, ISO, UTC. */
  asOf: z.string(),
  /** An instant, ISO, UTC. */
  openedAt: z.string().optional().describe("first 24 hours: when the observation begins"),
  /** Nothing is observed yet; `from` and `to` are the report date. */
  opensOn: day.nullable().default(null).describe("a night before the gate's first whole day: that day"),
  /** Null beside a concurrent baseline. */
  baselineFrom: day.nullable().default(null).describe("before/after: first of the baseline's days"),
  baselineTo: day.nullable().default(null),
  plannedNights: number
    .default(null)
    .describe("nights the error rates are spread over; null: not a night of a gate"),
  preFrom: day
    .nullable()
    .default(null)
    .describe("first day before the rollout that changes are adjusted for"),
  preTo: day.nullable().default(null),
  timeZone: z.string(),
  completeDays: count.describe("days whose data is all here"),
  /** What min_days counts; null in a result that did not count them. */
  sufficientDays: number.default(null).describe("complete and at min_sample"),
  /** What consecutive_healthy_days counts; null as above. */
  quietDays: number.default(null).describe("sufficient, and nothing fires"),
  /** Shown but in no gate. */
  rampDays: list(day),
});

export const settingEdit = z.object({
  /** "exports/app.env:2" as preflight read it, "rollout.yaml"; null: not read. */
  place: text,
  /** The whole line as it must be: "DISCOVERY_ROLLOUT_ENABLED=false". */
  line: z.string(),
  /** Its present value, "true"; null: there is none, or it was not read. */
  was: text,
});

export const step = z.object({
  /** What to do, one sentence. */
  text: z.string(),
  /** Lines to change by hand. */
  edits: list(settingEdit).default([]),
  /** Lines for a shell, which run as they are. */
  commands: list(z.string()).default([]),
});

export const runbook = z.object({
  promote: list(z.string()).nullable(),
  immediate: list(z.string()),
  standard: list(z.string()).nullable(),
  steps: z
    .object({
      promote: list(step).nullable(),
      immediate: list(step),
      standard: list(step).nullable(),
    })
    .nullable()
    .default(null)
    .describe("the same, step by step"),
});

export const traceEntry = z.object({ rule, matched: z.boolean(), because: z.string() });

export const forecast = z.object({
  /** Further days; null: never, or not known. */
  days: number,
  never: z.boolean(),
  condition: forecastCondition,
  /** Name of the guardrail, when it is the evidence of one. */
  metric: text,
  /** "About 25 more days at this traffic: Click-through rate needs 24,000 candidate impressions." */
  text: z.string(),
});

/** Of one gate, over all its nights: shares of rollouts. */
export const errorRates = z.object({
  falsePromote: z.number().describe("a candidate exactly at a rollback line, promoted: at most"),
  falseRollback: z.number().describe("a harmless candidate, rolled back: at most"),
  plannedNights: count,
});

export const decision = z.object({
  action,
  /** Gate to promote to, or null. */
  to: text,
  rule,
  /** One sentence each, most important first; never empty. */
  reasons: list(z.string()),
  /** What the bare thresholds would have said. */
  literalAction: action,
  literalRule: rule,
  latched: z.boolean(),
  /** A hold past the gate's max_days. */
  overdue: z.boolean(),
  /** On rollback: the preset to apply. */
  preset: preset.nullable(),
  /** `steps` as lines for a shell, in order: all but its commands are comments. */
  next: list(z.string()),
  steps: list(step).default([]).describe("what to do now, step by step"),
  /** What to expect from the next run, one sentence. */
  expect: z.string(),
  /** Every way out, always printed: lines to type per preset. A preset equal to the present state is absent. */
  runbook,
  trace: list(traceEntry),
  /** How long, at the present traffic. Null: it waits for a person, or for nothing. */
  forecast: forecast.nullable().default(null).describe("of a hold that waits: the slowest condition"),
  /** Null: no night of a gate, bare thresholds, or before/after. */
  errorRates: errorRates.nullable().default(null).describe("what the bounds of this gate promise"),
});

export const change = z.object({
  kind: z.enum(["verdict", "metric", "numbers", "query", "threshold", "config", "restated", "check", "load"]),
  subject: z.string(),
  before: text,
  after: text,
  text: z.string(),
});

export const queryProvenance = z.object({
  kind: z.enum(["source", "relation", "dimension", "metric", "check", "cell"]),
  sql: z.string(),
  sha256: z.string(),
});

/** Where the events are when they are not embedded: what a night asked of it, and which states it read. */
export const clusterProvenance = z.object({
  name: z.string(),
  version: z.string(),
  /** Relations and counts in the scratch schema, and the snapshot that was read of each. */
  kept: list(z.object({ name: z.string(), snapshot: z.string() })),
  statements: count,
  /** What came back. */
  rows: count,
  bytes: count,
  scannedRows: count,
  splits: list(z.object({ worker: z.string(), splits: count })),
});

export const provenance = z.object({
  /** The embedded database. */
  duckdb: z.string(),
  /** Null: the events are embedded, too. */
  engine: clusterProvenance.nullable().default(null),
  node: z.string(),
  configSha256: z.string(),
  /** rollout.yaml as it was, so that a record can be judged again. */
  configText: z.string(),
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
  /** By path relative to the workspace. */
  queries: z.record(z.string(), queryProvenance),
  generatedAt: z.string(),
  durationMs: z.number(),
  stages: list(stageTime),
});

export const resultSchema = z.object({
  schemaVersion: z.literal(schemaVersions),
  tool: z.object({ name: z.literal("gatebook"), version: z.string() }),
  phase,
  rollout: rolloutState,
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
  /** What the judge was given, so that the record can be judged again (replay, backtest). */
  measurement,
  /** And what the ledger knew before this night. */
  ledger: ledgerState,
  /** Null: of an earlier version, or written nowhere. */
  reportAt: text
    .default(null)
    .describe("where report.html is: an address under reports_url, or a path from the workspace"),
  /** Null: none is kept for this rollout and exposure. */
  calibration: calibration.nullable().default(null).describe("the newest one at this gate's exposure"),
  provenance,
});

export const nightMetric = metricResult
  .pick({ name: true, title: true, role: true, thresholds: true, unavailable: true, error: true })
  .extend({
    observation: metricResult.shape.observation.pick({
      delta: true,
      unbounded: true,
      interval: true,
      classification: true,
    }),
  });

/** The part of a result that an index over many nights reads. */
export const nightSchema = resultSchema.pick({ phase: true, rollout: true, window: true }).extend({
  decision: decision.omit({ next: true, steps: true, expect: true, runbook: true, trace: true }),
  metrics: list(nightMetric),
  ledger: ledgerState.pick({ records: true }),
});
