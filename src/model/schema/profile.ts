/** Where the time of a run went. Only recorded, never decided on. */
import { z } from "zod";
import { count, list, number } from "./values.ts";

export const operatorProfile = z.object({
  /** e.g. "HASH_GROUP_BY" */
  name: z.string(),
  detail: z.string(),
  durationMs: z.number(),
  rows: count,
});

export const statementProfile = z.object({
  /** The analyst's file, or the head of our own SQL. */
  what: z.string(),
  /** How often it was run, file by file or day by day; absent: once. */
  times: z.number().optional(),
  durationMs: z.number(),
  /** Over all threads; null when the engine has no profile of it. */
  cpuMs: number,
  peakBytes: number,
  /** The slowest steps of its plan (of the slowest run), slowest first; times over all threads. */
  operators: list(operatorProfile),
  /** On a cluster: what came back, splits, and the nodes that took part in the widest step. */
  cluster: z.object({ rows: count, bytes: count, splits: count, nodes: count }).optional(),
});

export const stageTime = z.object({
  name: z.string(),
  durationMs: z.number(),
  /** Processor time of the whole process, over all threads. */
  cpuMs: z.number().optional(),
  /** Slowest first; only when the run was profiled. */
  statements: list(statementProfile).optional(),
});
