/**
 * `result.json`: the one record of a run. Everything a reader can see is a pure function of it. These are the types of its
 * parts; what each key means is said in `schema/result.ts`, `metric.ts` and `evidence.ts`.
 */
import type * as evidence from "./schema/evidence.ts";
import type * as metric from "./schema/metric.ts";
import type * as whole from "./schema/result.ts";
import type { ReadonlyOutput } from "./schema/values.ts";

export interface Result extends ReadonlyOutput<typeof whole.resultSchema> {}
/** What an index over many nights reads of each: every Result is one, and one is read at a fraction of the cost. */
export interface NightResult extends ReadonlyOutput<typeof whole.nightSchema> {}
export interface NightMetric extends ReadonlyOutput<typeof whole.nightMetric> {}

export interface RolloutState extends ReadonlyOutput<typeof whole.rolloutState> {}
export interface GateState extends ReadonlyOutput<typeof whole.gateState> {}
export interface ResultWindow extends ReadonlyOutput<typeof whole.resultWindow> {}

export interface Decision extends ReadonlyOutput<typeof whole.decision> {}
/** The slowest of all that a hold waits for. */
export interface Forecast extends ReadonlyOutput<typeof whole.forecast> {}
/** One instruction: a sentence, lines to change by hand, lines for a shell. */
export interface Step extends ReadonlyOutput<typeof whole.step> {}
export interface SettingEdit extends ReadonlyOutput<typeof whole.settingEdit> {}
export interface Runbook extends ReadonlyOutput<typeof whole.runbook> {}
export interface TraceEntry extends ReadonlyOutput<typeof whole.traceEntry> {}

export interface DimensionCut extends ReadonlyOutput<typeof metric.dimensionCut> {}
export interface DimensionResult extends ReadonlyOutput<typeof metric.dimensionResult> {}
export interface MetricResult extends ReadonlyOutput<typeof metric.metricResult> {}
export interface MetricThresholds extends ReadonlyOutput<typeof metric.metricThresholds> {}
export interface VariantValue extends ReadonlyOutput<typeof metric.variantValue> {}
/** One metric in one window: values, how they differ, how sure that is, and what it is called. */
export interface WindowResult extends ReadonlyOutput<typeof metric.windowResult> {}
/** The window that the verdict looks at. */
export interface ObservationResult extends ReadonlyOutput<typeof metric.observationResult> {}
/** The nights until a change can be judged. */
export interface Clock extends ReadonlyOutput<typeof metric.clock> {}
/** One day of a metric; in the first 24 hours one hour. */
export interface DayResult extends ReadonlyOutput<typeof metric.dayResult> {}
/** Why a day past its severe line is no severe day. */
export interface SevereDoubt extends ReadonlyOutput<typeof metric.severeDoubt> {}
export interface HeavyUnit extends ReadonlyOutput<typeof metric.heavyUnit> {}
/** How far the classification is from changing, in the metric's own units. */
export interface Flip extends ReadonlyOutput<typeof metric.flip> {}

export interface CheckResult extends ReadonlyOutput<typeof evidence.checkResult> {}
export interface CheckRowResult extends ReadonlyOutput<typeof evidence.checkRowResult> {}
export interface PreflightLine extends ReadonlyOutput<typeof evidence.preflightLine> {}
export interface ChecklistItem extends ReadonlyOutput<typeof evidence.checklistItem> {}
export interface TrafficResult extends ReadonlyOutput<typeof evidence.trafficResult> {}
export interface TrafficDayResult extends ReadonlyOutput<typeof evidence.trafficDayResult> {}
export interface SampleRatio extends ReadonlyOutput<typeof evidence.sampleRatio> {}
/** One file as it was loaded. `read = loaded + duplicates + rejected`. */
export interface LoadRecord extends ReadonlyOutput<typeof evidence.loadRecord> {}
export interface CellResult extends ReadonlyOutput<typeof evidence.cellResult> {}
export interface CellColumn extends ReadonlyOutput<typeof evidence.cellColumn> {}
/** Its spec is complete Vega-Lite whose data is `{"name": "rows"}`. */
export interface CellChart extends ReadonlyOutput<typeof evidence.cellChart> {}

/** One line of "what changed since last night". */
export interface Change extends ReadonlyOutput<typeof whole.change> {}
export interface QueryProvenance extends ReadonlyOutput<typeof whole.queryProvenance> {}
export interface Provenance extends ReadonlyOutput<typeof whole.provenance> {}
