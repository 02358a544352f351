/**
 * What the ledger knows of a rollout *before* the night that is being judged: written by `ledger/`, read by `judge/`.
 * It holds earlier keys only, so that judging the same date again gives the same verdict.
 */
import type { Action, Day, Phase, Preset, Rule } from "./words.ts";

export interface LedgerState {
  /** A rollback of an earlier night that no person has cleared. */
  readonly latched: LatchedRollback | null;
  /** The gate the ledger believes in; null when it has no entry yet. */
  readonly activeGate: { readonly gate: string; readonly since: Day } | null;
  /** Earlier runs in this gate, oldest first; a rerun has replaced its predecessor. */
  readonly nights: readonly LedgerNight[];
  readonly override: LedgerOverride | null;
  /** The last promote or rollback a person recorded, while nobody has seen the traffic move. */
  readonly pendingMove: PendingMove | null;
  /** What people have accepted up to this night, oldest first. */
  readonly accepted: readonly Acceptance[];
  /** The last gate as a person closed it; null while nobody did, or when the rollout moved or was cleared since. */
  readonly completed: Completion | null;
}

export interface Completion {
  /** First day on which it counts. */
  readonly since: Day;
  readonly reason: string;
  readonly by: string;
}

/** A finding that a person has looked at and settled: it no longer holds. */
export interface Acceptance {
  /** As the check names it (`accept` of a check), e.g. "day:2026-02-06". */
  readonly what: string;
  /** First day on which it counts. */
  readonly since: Day;
  readonly reason: string;
  readonly by: string;
}

export interface LatchedRollback {
  /** Report date of the night that called for it. */
  readonly since: Day;
  /** Key of that ledger row, e.g. "daily 2026-02-05". */
  readonly key: string;
  /** Its first reason, as it was written that night. */
  readonly reason: string;
  readonly preset: Preset;
}

export interface LedgerNight {
  /** Report date. */
  readonly date: Day;
  readonly phase: Phase;
  readonly asOf: string;
  readonly action: Action;
  readonly rule: Rule;
  /** As judged that night. */
  readonly healthyDay: boolean;
}

export interface LedgerOverride {
  readonly action: Action;
  /** Last day on which it counts. */
  readonly until: Day;
  readonly reason: string;
  readonly by: string;
}

export interface PendingMove {
  readonly action: "promote" | "rollback";
  readonly preset: Preset | null;
  /** First whole day on which the traffic must show it. */
  readonly firstDay: Day;
  /** The candidate's share of units before and after, fractions, e.g. 0.1 → 0.5. */
  readonly fromShare: number;
  readonly toShare: number;
}

/** A rollout's first night. */
export const emptyLedger: LedgerState = {
  latched: null,
  activeGate: null,
  nights: [],
  override: null,
  pendingMove: null,
  accepted: [],
  completed: null,
};
