/** What surrounds the metrics of a result: checks, preflight, checklist, traffic, loads, cells. */
import { z } from "zod";
import { queryError } from "./query-error.ts";
import { count, day, list, number, scalar, slot, text } from "./values.ts";
import { checkEffect, checkStatus, unit } from "./words.ts";

export const checkRowResult = z.object({
  status: checkStatus,
  observed: scalar,
  expected: scalar,
  detail: z.string(),
});

export const checkResult = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  status: checkStatus,
  effect: checkEffect,
  observed: scalar,
  expected: scalar,
  detail: z.string(),
  /** All rows of a check file, e.g. one per day; a built-in check has none. */
  rows: list(checkRowResult),
  /** Path of the SQL file, or null for a check that gatebook itself makes. */
  path: text,
  error: queryError.nullable(),
  /** What `gatebook record accept` takes when a person may settle this finding, e.g. "day:2026-02-06"; else null. */
  accept: text.default(null),
  /** From `@owner` of the SQL file. */
  owner: text.default(null).describe("whom to ask"),
  inspect: text.default(null).describe("a shell line that shows what the check found"),
});

const preflightCopy = z.object({ actual: z.string(), source: z.string(), ageHours: number });

export const preflightLine = z.object({
  key: z.string(),
  expected: z.string(),
  actual: text,
  /** "config/discovery.json", ".env:3", "environment"; null when found nowhere. */
  source: text,
  ageHours: number,
  status: checkStatus,
  detail: z.string(),
  /** Other copies of the setting with another value than the one that counts. */
  contradictedBy: list(preflightCopy).default([]),
});

export const checklistItem = z.object({
  text: z.string(),
  done: z.boolean(),
  /** The evidence, or what is missing. */
  evidence: z.string(),
});

export const trafficDayResult = z.object({
  date: slot,
  /** Its data is all here. */
  complete: z.boolean(),
  /** What keeps it from being complete, e.g. "clicks end at 08:31; 412 were due after that". */
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
  /** Candidate's share of new units, and the p value of that day's ratio; null without units. */
  candidateShare: number,
  sampleRatioP: number,
});

export const sampleRatio = z.object({
  baselineUnits: count,
  candidateUnits: count,
  expectedShare: z.number(),
  observedShare: number,
  chiSquare: number,
  p: number,
  /** Sequential p value, valid at every night. */
  sequentialP: number,
});

export const trafficResult = z.object({
  days: list(trafficDayResult),
  sampleRatio: sampleRatio.nullable(),
  crossoverUnits: count,
});

export const loadRecord = z
  .object({
    source: z.string(),
    /** Path as found, relative to the workspace. */
    file: z.string(),
    status: z.enum(["loaded", "vanished", "refused"]),
    /** Physical lines, counted independently of the reader; null for Parquet. */
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
    /** Of a table of a cluster: the id of the snapshot that was read. Null: a file, or a table without snapshots. */
    snapshot: z.string().nullable().default(null),
    firstDay: day.nullable(),
    lastDay: day.nullable(),
    /** Columns as found. */
    columns: list(z.string()),
    /** What else is worth knowing: "column meta taken as metadata", "event_date differs from occurred_at in 3 rows". */
    notes: list(z.string()),
  })
  .describe("read = loaded + duplicates + rejected");

export const cellColumn = z.object({
  name: z.string(),
  /** The engine's type, e.g. "BIGINT", "DATE". */
  type: z.string(),
  /** From `@unit column unit`, else null. */
  unit: unit.nullable(),
});

export const cellChart = z.object({
  spec: z.record(z.string(), z.unknown()).describe('Vega-Lite, its data named "rows"'),
  description: z.string(),
});

export const cellResult = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  owner: text.default(null),
  path: z.string(),
  sql: z.string(),
  sqlSha256: z.string(),
  columns: list(cellColumn),
  /** At most `rowLimit` rows, in the query's order. */
  rows: list(list(scalar)),
  rowCount: count,
  truncated: z.boolean(),
  chart: cellChart.nullable(),
  durationMs: z.number(),
  error: queryError.nullable(),
});
