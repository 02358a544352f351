/** What the judge gets and what it returns: plain data. */
import type { Config } from "../model/config.ts";
import type { LedgerState } from "../model/ledger.ts";
import type { CheckMeasurement, MetricMeasurement, TrafficMeasurement } from "../model/measurement.ts";
import type {
  ChecklistItem,
  CheckResult,
  Decision,
  MetricResult,
  PreflightLine,
  ResultWindow,
  RolloutState,
  TrafficResult,
} from "../model/result.ts";
import type { Day, Phase } from "../model/words.ts";

export interface JudgeInput {
  readonly config: Config;
  readonly phase: Phase;
  readonly window: JudgeWindow;
  readonly metrics: readonly MetricMeasurement[];
  readonly traffic: TrafficMeasurement;
  readonly checks: readonly CheckMeasurement[];
  /** Findings of other rooms, e.g. rejects past the tolerance, a cell whose SQL failed. */
  readonly builtInChecks: readonly CheckResult[];
  /** Empty when nothing is configured. */
  readonly preflight: readonly PreflightLine[];
  readonly ledger: LedgerState;
  readonly comparison: ComparisonKind;
}

export type ComparisonKind = RolloutState["comparison"];

export interface JudgeWindow {
  /** First day of the observation window: the gate's, or the day after a latched rollback was cleared. */
  readonly from: Day;
  readonly to: Day;
  /** First day shown day by day. */
  readonly shownFrom: Day;
  readonly reportDate: Day;
  /** Instant as of which completeness and freshness are judged, ISO, UTC. */
  readonly asOf: string;
  /** First 24 hours: the instant at which the observation begins, ISO, UTC. */
  readonly openedAt?: string | undefined;
  /** A night before the gate's first whole day: that day. Nothing is observed yet. */
  readonly opensOn?: Day | null | undefined;
  /** Nights that the error rates of this gate are spread over, fixed on its first; null: no night of a gate. */
  readonly plannedNights?: number | null | undefined;
  /** Days before the rollout's first candidate event that changes are adjusted for; both or none. */
  readonly preFrom?: Day | null | undefined;
  readonly preTo?: Day | null | undefined;
}

export interface Judgement {
  readonly decision: Decision;
  readonly metrics: readonly MetricResult[];
  readonly checks: readonly CheckResult[];
  readonly traffic: TrafficResult;
  readonly checklist: readonly ChecklistItem[];
  readonly window: Pick<
    ResultWindow,
    "baselineFrom" | "baselineTo" | "completeDays" | "sufficientDays" | "quietDays" | "rampDays"
  >;
  /** The report date counts as a quiet day: kept in the ledger. */
  readonly healthyDay: boolean;
  /** Whether tonight's traffic shows the recorded move; null when none was due. Kept in the ledger. */
  readonly moveSeen: boolean | null;
}
