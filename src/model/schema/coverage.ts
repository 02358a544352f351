/** How much of its events a number is based on, and what is known of the rest. */
import { z } from "zod";
import { count, list, number } from "./values.ts";
import { variant } from "./words.ts";

export const leftOut = z.object({
  /** Of units seen under both algorithms. */
  crossover: count,
  /** Without user, session or event id. */
  unit: count,
  /** Under a name that equals the algorithm's after trimming and case folding. */
  name: count,
  /** Of items whose attribute the metric needs and the lookup does not know. */
  attribute: count,
  /** Clicks whose unit has no impression. */
  orphan: count,
  /** Rows that could not be read. */
  rejected: count,
});

/** Counts are of the metric's denominator events: impressions or clicks. */
export const variantCoverage = z.object({ events: count, counted: count, leftOut });

export const coverage = z
  .object({ baseline: variantCoverage, candidate: variantCoverage })
  .describe("events each variant's number is based on; events = counted + all of leftOut");

const pair = z.object({ baseline: count, candidate: count });

export const leftOutExample = z.object({
  variant,
  reason: leftOut.keyof(),
  name: z.string(),
  events: count,
});

export const coverageEvidence = z.object({
  /** Units of each variant, crossed ones among them. */
  units: pair,
  crossedUnits: pair,
  /** Units of which no event counts, for another reason than crossover. */
  lostUnits: pair,
  /** Share of the events left out for other reasons than crossover, candidate − baseline, and its p value over units. */
  difference: z.number(),
  p: number,
  examples: list(leftOutExample),
});

export const coveredEvents = z.object({ coverage, evidence: coverageEvidence });

export const trafficCoverage = z.object({
  impressions: coveredEvents,
  /** Clicks without an impression of their unit that day are left out of it. */
  clicks: coveredEvents,
  /** Ids that name nobody and were read as empty: impressions and clicks with one, most first. */
  placeholders: list(z.object({ id: z.string(), ...pair.shape })),
  /** Days of the window of whose items nothing is known, since an earlier version loaded them. */
  unknownDays: count,
});
