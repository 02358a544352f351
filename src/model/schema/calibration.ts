/** What a calibration found about a whole gate: how rollouts with a known change end under this configuration. */
import { z } from "zod";
import { count, day, list, number, text } from "./values.ts";

export const rate = z.object({
  share: z.number().describe("of the splits, a fraction"),
  standardError: number,
});

/** The first rollback or promote ends a rollout. */
export const endRates = z.object({
  rolledBack: rate,
  promoted: rate,
  held: rate.describe("neither on any night"),
  healthyAtEnd: rate.describe("never rolled back and healthy on the last night, had nobody promoted it"),
  /** Of the rollbacks; null: none. */
  medianNight: number,
  medianPromoteNight: number,
  guardrails: list(z.string()),
  splits: count,
});

export const ends = z.object({
  ...endRates.shape,
  /** With the concentrations, which have fewer splits; null: there are none. */
  withConcentrations: endRates.nullable(),
});

export const plantedEnds = z.object({
  metric: z.string(),
  change: z.number().describe("relative and true, a fraction: −0.05"),
  ...ends.shape,
});

export const calibration = z.object({
  calibratedAt: z.string(),
  gate: z.string(),
  share: z.number(),
  /** The days of the baseline that were split. */
  from: day,
  to: day,
  nights: count,
  splits: count,
  harmless: ends,
  planted: list(plantedEnds),
  /** Thresholds, gate or SQL have changed since; null: they have not. */
  outdated: text.describe("what has changed since"),
});
