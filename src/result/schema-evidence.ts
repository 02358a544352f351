/** What surrounds the metrics of a result: checks, preflight, traffic, loads, cells, provenance. Mirrors model/result.ts. */
import { z } from "zod";
import {
  checkEffect,
  checkStatus,
  count,
  day,
  list,
  number,
  queryError,
  scalar,
  slot,
  text,
  unit,
} from "./schema-words.ts";

const checkRow = z.object({ status: checkStatus, observed: scalar, expected: scalar, detail: z.string() });

export const checkResult = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  status: checkStatus,
  effect: checkEffect,
  observed: scalar,
  expected: scalar,
  detail: z.string(),
  rows: list(checkRow),
  path: text,
  error: queryError,
  accept: text.default(null),
});

export const preflightLine = z.object({
  key: z.string(),
  expected: z.string(),
  actual: text,
  source: text,
  ageHours: number,
  status: checkStatus,
  detail: z.string(),
  contradictedBy: list(z.object({ actual: z.string(), source: z.string(), ageHours: number })).default([]),
});

export const checklistItem = z.object({ text: z.string(), done: z.boolean(), evidence: z.string() });

const trafficDay = z.object({
  date: slot,
  complete: z.boolean(),
  missing: text.default(null),
  observed: z.boolean(),
  events: count,
  baselineImpressions: count,
  candidateImpressions: count,
  baselineClicks: count,
  candidateClicks: count,
  baselineUnits: count,
  candidateUnits: count,
  baselineNewUnits: count,
  candidateNewUnits: count,
  candidateShare: number,
  sampleRatioP: number,
});

const sampleRatio = z.object({
  baselineUnits: count,
  candidateUnits: count,
  expectedShare: z.number(),
  observedShare: number,
  chiSquare: number,
  p: number,
  sequentialP: number,
});

export const trafficResult = z.object({
  days: list(trafficDay),
  sampleRatio: sampleRatio.nullable(),
  crossoverUnits: count,
});

export const loadRecord = z
  .object({
    source: z.string(),
    file: z.string(),
    status: z.enum(["loaded", "vanished", "refused"]),
    lines: number,
    read: count,
    loaded: count,
    duplicates: count,
    conflicts: count,
    rejected: count,
    rejectedByReason: z.record(z.string(), count),
    bytes: count,
    modifiedAt: z.string(),
    sha256: z.string(),
    firstDay: day.nullable(),
    lastDay: day.nullable(),
    columns: list(z.string()),
    notes: list(z.string()),
  })
  .describe("read = loaded + duplicates + rejected");

export const cellResult = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  owner: text,
  path: z.string(),
  sql: z.string(),
  sqlSha256: z.string(),
  columns: list(z.object({ name: z.string(), type: z.string(), unit: unit.nullable() })),
  rows: list(list(scalar)),
  rowCount: count,
  truncated: z.boolean(),
  chart: z
    .object({
      spec: z.record(z.string(), z.unknown()).describe('Vega-Lite, its data named "rows"'),
      description: z.string(),
    })
    .nullable(),
  durationMs: z.number(),
  error: queryError,
});

export const change = z.object({
  kind: z.enum(["verdict", "metric", "numbers", "query", "threshold", "config", "restated", "check", "load"]),
  subject: z.string(),
  before: text,
  after: text,
  text: z.string(),
});

const operator = z.object({ name: z.string(), detail: z.string(), durationMs: z.number(), rows: count });

const statement = z.object({
  what: z.string(),
  times: z.number().optional(),
  durationMs: z.number(),
  cpuMs: number,
  peakBytes: number,
  operators: list(operator),
});

const stage = z.object({
  name: z.string(),
  durationMs: z.number(),
  cpuMs: z.number().optional(),
  statements: list(statement).optional(),
});

export const provenance = z.object({
  duckdb: z.string(),
  node: z.string(),
  configSha256: z.string(),
  configText: z.string(),
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
  queries: z.record(
    z.string(),
    z.object({
      kind: z.enum(["source", "relation", "metric", "check", "cell"]),
      sql: z.string(),
      sha256: z.string(),
    }),
  ),
  generatedAt: z.string(),
  durationMs: z.number(),
  stages: list(stage),
});
