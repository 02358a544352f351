/**
 * What the queries measured, before anybody judged it. Written by `queries/`, read by `judge/`.
 * Sums are exact in the engine (integers or decimals) and become doubles here.
 */
import type { Better, Denominator, Scalar, Shape, Slot, Unit, Variant } from "./words.ts";

/** The header of a metric file, validated. */
export interface MetricDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly better: Better;
  readonly shape: Shape;
  /** Concentration: how many of the heaviest keys; null for a ratio. */
  readonly top: number | null;
  /** What the denominator counts, for min_sample and for wording. */
  readonly denominator: Denominator;
  /** What the numerator counts, plural, for wording: "clicks"; absent: "events". */
  readonly numerator?: string | undefined;
  /** Path relative to the workspace, e.g. queries/metrics/ctr.sql. */
  readonly path: string;
}

/** Six sums over units for one variant and window (STATISTICS a). m = denominator, y = numerator of one unit. */
export interface RatioMoments {
  readonly shape: "ratio";
  readonly units: number;
  readonly sumDenominator: number;
  readonly sumNumerator: number;
  readonly sumDenominatorSquared: number;
  readonly sumNumeratorSquared: number;
  readonly sumProduct: number;
}

/** Share of weight on the K heaviest keys (STATISTICS b). */
export interface ConcentrationEstimate {
  readonly shape: "concentration";
  readonly units: number;
  /** Mean over `groups` equal-sized disjoint groups of units: comparable between variants of different size. */
  readonly value: number;
  /** Over all units at once: reads higher on the smaller variant. */
  readonly rawValue: number;
  readonly rawNumerator: number;
  readonly rawDenominator: number;
  readonly groups: number;
  /** Units per group. */
  readonly groupUnits: number;
  /** Delete-a-group jackknife standard error of `value`; null below 50 units. */
  readonly standardError: number | null;
  /** Jackknife groups − 1. */
  readonly degreesOfFreedom: number | null;
}

export type Estimate = RatioMoments | ConcentrationEstimate;

export interface WindowMeasurement {
  /** Null: no row of that variant in the window. */
  readonly baseline: Estimate | null;
  readonly candidate: Estimate | null;
}

export interface DayMeasurement extends WindowMeasurement {
  readonly date: Slot;
  /** Null: no ratio, or a result of version 1. */
  readonly heaviest: HeaviestUnits | null;
}

/** By variant, its heaviest unit where that holds at least 5% of the variant's denominator; null: none does. */
export interface HeaviestUnits {
  readonly baseline: HeaviestUnit | null;
  readonly candidate: HeaviestUnit | null;
}

/** The unit with the largest denominator, of equal ones the first by name. */
export interface HeaviestUnit {
  readonly unit: string;
  readonly denominator: number;
  readonly numerator: number;
}

/** Events of a variant that are outside a metric, by the first reason that applies. */
export interface LeftOut {
  /** Of units seen under both algorithms. */
  readonly crossover: number;
  /** Without user, session or event id. */
  readonly unit: number;
  /** Under a name that equals the algorithm's after trimming and case folding. */
  readonly name: number;
  /** Of items whose attribute the metric needs and the lookup does not know. */
  readonly attribute: number;
  /** Clicks whose unit has no impression. */
  readonly orphan: number;
  /** Rows that could not be read. */
  readonly rejected: number;
}

/** Counts are of the metric's denominator events: impressions or clicks. `events = counted + all of leftOut`. */
export interface VariantCoverage {
  readonly events: number;
  readonly counted: number;
  readonly leftOut: LeftOut;
}

/** The share of its events that a number stands on, by variant (DESIGN §12.1). */
export interface Coverage {
  readonly baseline: VariantCoverage;
  readonly candidate: VariantCoverage;
}

/** Why an event is in no number. */
export type LeftOutReason = keyof LeftOut;

/** The heaviest example of a reason in one variant: a unit, an item, a name. */
export interface LeftOutExample {
  readonly variant: Variant;
  readonly reason: LeftOutReason;
  readonly name: string;
  readonly events: number;
}

/** What the counts of a coverage alone do not say. Shares are fractions. */
export interface CoverageEvidence {
  /** Units of each variant, crossed ones among them. */
  readonly units: VariantPair<number>;
  readonly crossedUnits: VariantPair<number>;
  /** Units of which no event counts, for another reason than crossover. */
  readonly lostUnits: VariantPair<number>;
  /** Share of the events left out for other reasons than crossover, candidate − baseline, and its p value over units. */
  readonly difference: number;
  readonly p: number | null;
  readonly examples: readonly LeftOutExample[];
}

export interface VariantPair<Value> {
  readonly baseline: Value;
  readonly candidate: Value;
}

export interface CoveredEvents {
  readonly coverage: Coverage;
  readonly evidence: CoverageEvidence;
}

/** Of all impressions and all clicks, whatever a metric needs besides. */
export interface TrafficCoverage {
  readonly impressions: CoveredEvents;
  /** Clicks without an impression of their unit that day are left out of it. */
  readonly clicks: CoveredEvents;
  /** Ids that name nobody and were read as empty: impressions and clicks that had one, most first. */
  readonly placeholders: readonly ({ readonly id: string } & VariantPair<number>)[];
  /** Days of the window of whose items nothing is known, since an earlier version loaded them. */
  readonly unknownDays: number;
}

/** A key whose share differs most between the variants. Shares are fractions of the variant's weight. */
export interface Mover {
  readonly key: string;
  readonly baselineShare: number;
  readonly candidateShare: number;
}

export interface QueryError {
  readonly message: string;
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** The source line with a caret under the character, two lines. */
  readonly excerpt: string | null;
  readonly hint: string | null;
}

export interface MetricMeasurement {
  readonly definition: MetricDefinition;
  readonly observation: WindowMeasurement;
  readonly days: readonly DayMeasurement[];
  /** Of the observation window; null: not known. */
  readonly coverage: Coverage | null;
  readonly coverageEvidence: CoverageEvidence | null;
  /** The observation window with crossed units under the algorithm they saw first; null: none crossed, or too few to tell. */
  readonly intentionToTreat: WindowMeasurement | null;
  readonly movers: readonly Mover[];
  /** "not available: column author_id is absent", when what the metric needs is not in the data. */
  readonly unavailable: string | null;
  readonly error: QueryError | null;
}

/** One day of traffic, or one hour of the first 24. Counts are of the rollout's two algorithms only. */
export interface TrafficDay {
  readonly date: Slot;
  /** First and last event within its ends, in hours; null when only dates are known. */
  readonly startGapHours: number | null;
  readonly endGapHours: number | null;
  readonly events: number;
  readonly baseline: VariantTraffic;
  readonly candidate: VariantTraffic;
  /** When its impressions and clicks came; empty when that is not known, and for hours. */
  readonly eventTimes: readonly EventTimes[];
  /** The same by variant, of all sources together; empty when that is not known, and for hours. */
  readonly variantTimes: readonly VariantTimes[];
  /** Events of any type and algorithm by source; empty when that is not known, and for hours. */
  readonly sourceEvents: readonly SourceEvents[];
}

/** When the events of one type came, of both algorithms together. Minutes are of the clock, from midnight on: 511.5 is 08:31:30. */
export interface EventTimes {
  readonly type: "impression" | "click";
  /** Null: of all sources together. */
  readonly source: string | null;
  readonly events: number;
  /** By the hour of the clock, 24. Less than `events` where times are absent or of another day. */
  readonly hours: readonly number[];
  /** Null without any time of that day. */
  readonly firstMinute: number | null;
  readonly lastMinute: number | null;
  /** Between first and last: more than an hour without any. */
  readonly holes: readonly MinuteRange[];
}

export interface VariantTimes extends EventTimes {
  readonly variant: Variant;
}

export interface MinuteRange {
  readonly from: number;
  readonly to: number;
}

export interface SourceEvents {
  readonly source: string;
  readonly events: number;
}

export interface VariantTraffic {
  readonly impressions: number;
  readonly clicks: number;
  readonly units: number;
  /** Units seen for the first time in this gate on this day (in this hour). */
  readonly newUnits: number;
}

/** Kinds of events that are compared per unit, as `user_days` names them. */
export const unitEvents = ["impressions", "clicks_with_dwell", "saves"] as const;
export type UnitEvent = (typeof unitEvents)[number];

/** Over the units of one variant that were shown something. */
export interface UnitTotals {
  readonly units: number;
  readonly events: number;
  /** Sum over units of the square of their events. */
  readonly eventsSquared: number;
}

/** Events of one kind by unit over the observation window, units of both algorithms excluded. */
export interface EventsPerUnit {
  readonly event: UnitEvent;
  readonly baseline: UnitTotals;
  readonly candidate: UnitTotals;
}

/** Facts about the observation window that no metric shows. */
export interface TrafficMeasurement {
  readonly days: readonly TrafficDay[];
  /** Units first seen in the gate, by variant, units of both excluded. */
  readonly baselineUnits: number;
  readonly candidateUnits: number;
  /** Units under both algorithms within the gate: excluded from deltas. */
  readonly crossoverUnits: number;
  /** Empty: not known (a measurement of version 1, a relation user_days that counts no such events). */
  readonly perUnit: readonly EventsPerUnit[];
  /** Null: not known. */
  readonly coverage: TrafficCoverage | null;
}

/** One row of a check file. */
export interface CheckRow {
  /** "not_checked": what the check requires is not in the data. */
  readonly status: "pass" | "warn" | "fail" | "not_checked";
  readonly observed: Scalar;
  readonly expected: Scalar;
  readonly detail: string;
}

export interface CheckMeasurement {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: "block" | "warn";
  readonly path: string;
  readonly rows: readonly CheckRow[];
  readonly error: QueryError | null;
}

/** Everything that was measured for one verdict: with a Config and the ledger's state, all that the judge needs. */
export interface Measurement {
  readonly metrics: readonly MetricMeasurement[];
  readonly traffic: TrafficMeasurement;
  readonly checks: readonly CheckMeasurement[];
}
