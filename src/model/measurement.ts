/**
 * What the queries measured, before anybody judged it. Written by `queries/`, read by `judge/`. Sums are exact in the engine
 * (integers or decimals) and become doubles here. The keys are in `schema/measurement.ts`, `coverage.ts` and `traffic.ts`.
 */
import type * as covered from "./schema/coverage.ts";
import type * as measured from "./schema/measurement.ts";
import type { queryError } from "./schema/query-error.ts";
import type * as traffic from "./schema/traffic.ts";
import type { ReadonlyOutput } from "./schema/values.ts";

/** The header of a metric file, validated. */
export interface MetricDefinition extends ReadonlyOutput<typeof measured.metricDefinition> {}

/** Six sums over units for one variant and window. m = denominator, y = numerator of one unit. */
export interface RatioMoments extends ReadonlyOutput<typeof measured.ratioMoments> {}
/** Nine sums that hold a variant's units before the rollout beside the same units in the window. */
export interface PreMoments extends ReadonlyOutput<typeof measured.preMoments> {}
/** Share of weight on the K heaviest keys. */
export interface ConcentrationEstimate extends ReadonlyOutput<typeof measured.concentrationEstimate> {}
export type Estimate = RatioMoments | ConcentrationEstimate;

export interface WindowMeasurement extends ReadonlyOutput<typeof measured.windowMeasurement> {}
export interface DayMeasurement extends ReadonlyOutput<typeof measured.dayMeasurement> {}
/** By variant, its heaviest unit where that has at least 5% of the variant's denominator; null: none does. */
export interface HeaviestUnits extends ReadonlyOutput<typeof measured.heaviestUnits> {}
/** The unit with the largest denominator, of equal ones the first by name. */
export interface HeaviestUnit extends ReadonlyOutput<typeof measured.heaviestUnit> {}

/** Events of a variant that are outside a metric, by the first reason that applies. */
export interface LeftOut extends ReadonlyOutput<typeof covered.leftOut> {}
/** Why an event is in no number. */
export type LeftOutReason = keyof LeftOut;
/** The heaviest example of a reason in one variant: a unit, an item, a name. */
export interface LeftOutExample extends ReadonlyOutput<typeof covered.leftOutExample> {}
/** `events = counted + all of leftOut`. */
export interface VariantCoverage extends ReadonlyOutput<typeof covered.variantCoverage> {}
/** The share of its events that a number is based on, by variant. */
export interface Coverage extends ReadonlyOutput<typeof covered.coverage> {}
/** What the counts of a coverage alone do not show. Shares are fractions. */
export interface CoverageEvidence extends ReadonlyOutput<typeof covered.coverageEvidence> {}
export interface CoveredEvents extends ReadonlyOutput<typeof covered.coveredEvents> {}
/** Of all impressions and all clicks, whatever a metric needs besides. */
export interface TrafficCoverage extends ReadonlyOutput<typeof covered.trafficCoverage> {}

export interface VariantPair<Value> {
  readonly baseline: Value;
  readonly candidate: Value;
}

/** A key whose share differs most between the variants. Shares are fractions of the variant's weight. */
export interface Mover extends ReadonlyOutput<typeof measured.mover> {}
export interface MeasuredCut extends ReadonlyOutput<typeof measured.measuredCut> {}
export interface MeasuredDimension extends ReadonlyOutput<typeof measured.measuredDimension> {}
export interface QueryError extends ReadonlyOutput<typeof queryError> {}
export interface MetricMeasurement extends ReadonlyOutput<typeof measured.metricMeasurement> {}

/** One day of traffic, or one hour of the first 24. Counts are of the rollout's two algorithms only. */
export interface TrafficDay extends ReadonlyOutput<typeof traffic.trafficDay> {}
/** When the events of one type came, of both algorithms together. Minutes are of the clock, from midnight on: 511.5 is 08:31:30. */
export interface EventTimes extends ReadonlyOutput<typeof traffic.eventTimes> {}
export interface VariantTimes extends ReadonlyOutput<typeof traffic.variantTimes> {}
export interface MinuteRange extends ReadonlyOutput<typeof traffic.minuteRange> {}
export interface SourceEvents extends ReadonlyOutput<typeof traffic.sourceEvents> {}
export interface VariantTraffic extends ReadonlyOutput<typeof traffic.variantTraffic> {}
export type UnitEvent = ReadonlyOutput<typeof traffic.unitEvent>;
/** Over the units of one variant that were shown something. */
export interface UnitTotals extends ReadonlyOutput<typeof traffic.unitTotals> {}
/** Events of one kind by unit over the observation window, units of both algorithms excluded. */
export interface EventsPerUnit extends ReadonlyOutput<typeof traffic.eventsPerUnit> {}
/** Facts about the observation window that no metric shows. */
/** New units by the values of a dimension. */
export interface UnitsByValue extends ReadonlyOutput<typeof traffic.unitsByValue> {}
export interface TrafficMeasurement extends ReadonlyOutput<typeof traffic.trafficMeasurement> {}

/** One row of a check file. */
export interface CheckRow extends ReadonlyOutput<typeof measured.checkRow> {}
export interface CheckMeasurement extends ReadonlyOutput<typeof measured.checkMeasurement> {}

/** Everything that was measured for one verdict: with a Config and the ledger's state, all that the judge needs. */
export interface Measurement extends ReadonlyOutput<typeof measured.measurement> {}
