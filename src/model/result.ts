/**
 * `result.json`: the one record of a run. Everything a reader can see is a pure function of it.
 * The zod schema in `result/schema.ts` mirrors these types (a type test holds the two together).
 * Numbers are unrounded, fractions not percents, never NaN or Infinity: `null` plus a word.
 */

import type { LedgerState } from "./ledger.ts";
import type { Coverage, Measurement, QueryError } from "./measurement.ts";
import type { StageTime } from "./profile.ts";
import type {
  Action,
  Better,
  CheckEffect,
  CheckStatus,
  Classification,
  Day,
  Denominator,
  ForecastCondition,
  JudgeMode,
  Never,
  Phase,
  Preset,
  Reading,
  Role,
  Rule,
  Scalar,
  Shape,
  Slot,
  Unit,
  Variant,
} from "./words.ts";

export interface Result {
  /** 1: written by gatebook 0.1, before coverage was measured; read and rendered for good. */
  readonly schemaVersion: 1 | 2;
  readonly tool: { readonly name: "gatebook"; readonly version: string };
  readonly phase: Phase;
  readonly rollout: RolloutState;
  readonly window: ResultWindow;
  readonly decision: Decision;
  readonly metrics: readonly MetricResult[];
  readonly checks: readonly CheckResult[];
  readonly preflight: readonly PreflightLine[];
  readonly checklist: readonly ChecklistItem[];
  readonly traffic: TrafficResult;
  readonly loads: readonly LoadRecord[];
  readonly cells: readonly CellResult[];
  readonly changes: readonly Change[];
  /** What the judge was given, so that the record can be judged again (replay, backtest). */
  readonly measurement: Measurement;
  /** And what the ledger knew before this night. */
  readonly ledger: LedgerState;
  readonly provenance: Provenance;
}

/** What an index over many nights reads of each: every Result is one, and one is read at a fraction of the cost. */
export interface NightResult extends Pick<Result, "phase" | "rollout" | "window"> {
  readonly decision: Omit<Decision, "next" | "expect" | "runbook" | "trace">;
  readonly metrics: readonly NightMetric[];
}

export interface NightMetric
  extends Pick<MetricResult, "name" | "title" | "role" | "thresholds" | "unavailable" | "error"> {
  readonly observation: Pick<WindowResult, "delta" | "unbounded" | "interval" | "classification">;
}

export interface RolloutState {
  readonly name: string;
  readonly baseline: string;
  readonly candidate: string;
  /** Name of the active gate. */
  readonly gate: string;
  readonly exposure: number;
  readonly judge: JudgeMode;
  readonly gates: readonly GateState[];
  /** "concurrent", or at g100 "holdback" or "before-after": then nothing is randomised and the report says so everywhere. */
  readonly comparison: "concurrent" | "holdback" | "before-after";
}

export interface GateState {
  readonly name: string;
  readonly exposure: number;
  readonly started: Day | null;
  readonly minDays: number;
  readonly maxDays: number | null;
  readonly consecutiveHealthyDays: number;
  readonly active: boolean;
}

export interface ResultWindow {
  /** The observation window: the gate so far. */
  readonly from: Day;
  readonly to: Day;
  /** First day shown day by day; may be before `from` (earlier gates, ramp days). */
  readonly shownFrom: Day;
  readonly reportDate: Day;
  /** Instant as of which completeness and freshness are judged, ISO, UTC. */
  readonly asOf: string;
  /** First 24 hours: the instant at which the observation begins, ISO, UTC. */
  readonly openedAt?: string | undefined;
  /** A night before the gate's first whole day: that day. Nothing is observed yet; `from` and `to` are the report date. */
  readonly opensOn: Day | null;
  /** Before/after: the days that the baseline's numbers are of; null beside a concurrent baseline. */
  readonly baselineFrom: Day | null;
  readonly baselineTo: Day | null;
  readonly timeZone: string;
  /** Their data is all here. */
  readonly completeDays: number;
  /** Complete and at min_sample: what min_days counts; null in a result that did not count them. */
  readonly sufficientDays: number | null;
  /** Sufficient, and nothing fires: what consecutive_healthy_days counts; null as above. */
  readonly quietDays: number | null;
  /** Shown but in no gate. */
  readonly rampDays: readonly Day[];
}

export interface Decision {
  readonly action: Action;
  /** Gate to promote to, or null. */
  readonly to: string | null;
  readonly rule: Rule;
  /** One sentence each, most important first; never empty. */
  readonly reasons: readonly string[];
  /** What the bare thresholds would have said. */
  readonly literalAction: Action;
  readonly literalRule: Rule;
  readonly latched: boolean;
  /** A hold past the gate's max_days. */
  readonly overdue: boolean;
  /** On rollback: the preset to apply. */
  readonly preset: Preset | null;
  /** Exact lines to type now, in order. A line starting with `#` is a comment. */
  readonly next: readonly string[];
  /** What to expect from the next run, one sentence. */
  readonly expect: string;
  /** Every way out, always printed: lines to type per preset. A preset equal to the present state is absent. */
  readonly runbook: Runbook;
  readonly trace: readonly TraceEntry[];
  /** Of a hold that waits: how long, at the present traffic. Null: it waits for a person, or for nothing. */
  readonly forecast: Forecast | null;
}

/** The slowest of all that a hold waits for. */
export interface Forecast {
  /** Further days; null: never, or nobody can say. */
  readonly days: number | null;
  readonly never: boolean;
  readonly condition: ForecastCondition;
  /** Name of the guardrail, when it is the evidence of one. */
  readonly metric: string | null;
  /** "About 25 more days at this traffic: Click-through rate needs 24,000 candidate impressions." */
  readonly text: string;
}

export interface Runbook {
  readonly promote: readonly string[] | null;
  readonly immediate: readonly string[];
  readonly standard: readonly string[] | null;
}

export interface TraceEntry {
  readonly rule: Rule;
  readonly matched: boolean;
  readonly because: string;
}

export interface MetricThresholds {
  readonly harm: "drop" | "rise";
  readonly warning: number | null;
  readonly rollback: number | null;
  readonly severe: number | null;
}

export interface MetricResult {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly role: Role;
  readonly required: boolean;
  readonly better: Better;
  readonly unit: Unit;
  readonly shape: Shape;
  readonly top: number | null;
  readonly denominator: Denominator;
  readonly path: string;
  readonly thresholds: MetricThresholds | null;
  readonly observation: ObservationResult;
  readonly days: readonly DayResult[];
  /** Concentration: the keys whose share moved most. */
  readonly movers: readonly MoverResult[];
  /** Why there is no number, e.g. "column author_id is absent"; else null. */
  readonly unavailable: string | null;
  readonly error: QueryError | null;
}

export interface MoverResult {
  readonly key: string;
  readonly baselineShare: number;
  readonly candidateShare: number;
}

export interface VariantValue {
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly units: number;
  /** Concentration: the share over all units at once, before equal-sizing. */
  readonly rawValue: number | null;
  /** Concentration: number of equal-sized groups the value is a mean of. */
  readonly groups: number | null;
}

/** One metric in one window: values, how they differ, how sure that is, and what it is called. */
export interface WindowResult {
  readonly baseline: VariantValue;
  readonly candidate: VariantValue;
  /** candidate/baseline − 1. Null: not to be had (no data, or zero baseline). */
  readonly delta: number | null;
  /** Zero in the baseline alone: past every line of a rise. */
  readonly unbounded: boolean;
  /** Two-sided 95% interval of delta. */
  readonly interval: readonly [number, number] | null;
  /** Standard error of ln(candidate/baseline). */
  readonly standardError: number | null;
  /**
   * The harmful-side end of the nightly-peeking-safe bound on delta at alpha/k: a drop fires below 0, a rise above 0. Of a
   * single day: its own one-sided bound at 0.001/k, the severe rule's.
   */
  readonly sequentialBound: number | null;
  /** One-sided 95% bounds on delta, [lower, upper]. */
  readonly oneSided: readonly [number, number] | null;
  readonly probabilityPastRollback: number | null;
  /** Smallest harmful change this much traffic finds with 80% power (STATISTICS e), a positive fraction. */
  readonly smallestDetectableChange: number | null;
  readonly flip: Flip | null;
  readonly reading: Reading;
  readonly classification: Classification;
  /** Highest level that fires. */
  readonly fires: "warning" | "rollback" | "severe" | null;
  /** Denominator of the candidate needed to settle the rollback line, null when settled or unknown. */
  readonly volumeNeeded: number | null;
  readonly daysNeeded: number | null;
  /** One sentence. */
  readonly because: string;
}

/** The window that the verdict looks at. */
export interface ObservationResult extends WindowResult {
  /** `daysNeeded` are the fewest: how many people come back is not known yet. */
  readonly daysNeededAtLeast: boolean;
  /** No number of days settles it, and why; null: some number does, or nobody can say. */
  readonly never: Never | null;
  /** What the number stands on; null: not known (a result of version 1, a metric without data). */
  readonly coverage: Coverage | null;
}

/** One day of a metric; in the first 24 hours one hour. */
export interface DayResult extends WindowResult {
  readonly date: Slot;
  readonly complete: boolean;
  /** In the observation window (not a ramp day, not an earlier gate). */
  readonly observed: boolean;
  /** Set on a day past its severe line, with or without its heaviest units, that does not fire severe. */
  readonly doubt: SevereDoubt | null;
}

/** Why a day past its severe line is no severe day (DESIGN §12.9). */
export interface SevereDoubt {
  /** chance: noise may do that; person: somebody must judge the day first, which holds; accepted: somebody has. */
  readonly kind: "chance" | "person" | "accepted";
  /** For a person: the units that each hold a tenth of their variant's day. */
  readonly units: readonly HeavyUnit[];
  /** The day's change without those units. */
  readonly deltaWithout: number | null;
}

export interface HeavyUnit {
  readonly variant: Variant;
  readonly unit: string;
  /** Of the variant's denominator that day, a fraction. */
  readonly share: number;
}

/** How far the classification is from changing, in the metric's own units. */
export interface Flip {
  /** Events more (positive) or fewer (negative) in the candidate's numerator. */
  readonly events: number;
  readonly to: Classification;
  /** "210 fewer clicks and this would be a rollback" */
  readonly text: string;
}

export interface CheckResult {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly status: CheckStatus;
  readonly effect: CheckEffect;
  readonly observed: Scalar;
  readonly expected: Scalar;
  readonly detail: string;
  /** All rows of a check file, e.g. one per day; a built-in check has none. */
  readonly rows: readonly CheckRowResult[];
  /** Path of the SQL file, or null for a check that gatebook itself makes. */
  readonly path: string | null;
  readonly error: QueryError | null;
  /** What `gatebook record accept` takes when a person may settle this finding, e.g. "day:2026-02-06"; else null. */
  readonly accept: string | null;
}

export interface CheckRowResult {
  readonly status: CheckStatus;
  readonly observed: Scalar;
  readonly expected: Scalar;
  readonly detail: string;
}

export interface PreflightLine {
  readonly key: string;
  readonly expected: string;
  readonly actual: string | null;
  /** "config/discovery.json", ".env:3", "environment"; null when found nowhere. */
  readonly source: string | null;
  readonly ageHours: number | null;
  readonly status: CheckStatus;
  readonly detail: string;
  /** Other copies of the setting that say something else than the one that counts. */
  readonly contradictedBy: readonly PreflightCopy[];
}

export interface PreflightCopy {
  readonly actual: string;
  readonly source: string;
  readonly ageHours: number | null;
}

export interface ChecklistItem {
  readonly text: string;
  readonly done: boolean;
  /** The evidence, or what is missing. */
  readonly evidence: string;
}

export interface TrafficResult {
  readonly days: readonly TrafficDayResult[];
  readonly sampleRatio: SampleRatio | null;
  readonly crossoverUnits: number;
}

export interface TrafficDayResult {
  readonly date: Slot;
  /** Its data is all here. */
  readonly complete: boolean;
  /** What keeps it from being complete, e.g. "clicks end at 08:31; 412 were due after that". */
  readonly missing: string | null;
  readonly observed: boolean;
  readonly events: number;
  readonly baselineImpressions: number;
  readonly candidateImpressions: number;
  readonly baselineClicks: number;
  readonly candidateClicks: number;
  readonly baselineUnits: number;
  readonly candidateUnits: number;
  readonly baselineNewUnits: number;
  readonly candidateNewUnits: number;
  /** Candidate's share of new units, and the p value of that day's ratio; null without units. */
  readonly candidateShare: number | null;
  readonly sampleRatioP: number | null;
}

export interface SampleRatio {
  readonly baselineUnits: number;
  readonly candidateUnits: number;
  readonly expectedShare: number;
  readonly observedShare: number | null;
  readonly chiSquare: number | null;
  readonly p: number | null;
  /** Sequential p value (STATISTICS c), valid at every night. */
  readonly sequentialP: number | null;
}

/** One file as it was loaded. `read = loaded + duplicates + rejected`. */
export interface LoadRecord {
  readonly source: string;
  /** Path as found, relative to the workspace. */
  readonly file: string;
  readonly status: "loaded" | "vanished" | "refused";
  /** Physical lines, counted independently of the reader; null for Parquet. */
  readonly lines: number | null;
  readonly read: number;
  readonly loaded: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly rejected: number;
  readonly rejectedByReason: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly modifiedAt: string;
  readonly sha256: string;
  readonly firstDay: Day | null;
  readonly lastDay: Day | null;
  /** Columns as found. */
  readonly columns: readonly string[];
  /** What else is worth knowing: "column meta taken as metadata", "event_date differs from occurred_at in 3 rows". */
  readonly notes: readonly string[];
}

export interface CellColumn {
  readonly name: string;
  /** The engine's type, e.g. "BIGINT", "DATE". */
  readonly type: string;
  /** From `@unit column unit`, else null. */
  readonly unit: Unit | null;
}

export interface CellChart {
  /** A complete Vega-Lite spec whose data is `{"name": "rows"}`. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly description: string;
}

export interface CellResult {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly owner: string | null;
  readonly path: string;
  readonly sql: string;
  readonly sqlSha256: string;
  readonly columns: readonly CellColumn[];
  /** At most `rowLimit` rows, in the query's order. */
  readonly rows: readonly (readonly Scalar[])[];
  readonly rowCount: number;
  readonly truncated: boolean;
  readonly chart: CellChart | null;
  readonly durationMs: number;
  readonly error: QueryError | null;
}

/** One line of "what changed since last night". */
export interface Change {
  readonly kind:
    | "verdict"
    | "metric"
    | "numbers"
    | "query"
    | "threshold"
    | "config"
    | "restated"
    | "check"
    | "load";
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly text: string;
}

export interface QueryProvenance {
  readonly kind: "source" | "relation" | "metric" | "check" | "cell";
  readonly sql: string;
  readonly sha256: string;
}

export interface Provenance {
  readonly duckdb: string;
  readonly node: string;
  readonly configSha256: string;
  /** rollout.yaml as it was, so that a record can be judged again. */
  readonly configText: string;
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
  /** By path relative to the workspace. */
  readonly queries: Readonly<Record<string, QueryProvenance>>;
  readonly generatedAt: string;
  readonly durationMs: number;
  readonly stages: readonly StageTime[];
}
