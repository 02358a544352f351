/**
 * What the ledger knows of a rollout *before* the night that is being judged: written by `ledger/`, read by `judge/`. It has
 * earlier keys only, so that judging the same date again gives the same verdict. The keys are in `schema/ledger.ts`.
 */
import type * as ledger from "./schema/ledger.ts";
import type { ReadonlyOutput } from "./schema/values.ts";

export interface LedgerState extends ReadonlyOutput<typeof ledger.ledgerState> {}
/** A finding that a person has looked at and settled: it no longer blocks. */
export interface Acceptance extends ReadonlyOutput<typeof ledger.acceptance> {}
export interface LatchedRollback extends ReadonlyOutput<typeof ledger.latchedRollback> {}
export interface LedgerNight extends ReadonlyOutput<typeof ledger.ledgerNight> {}
/** What a person recorded. */
export interface KeptRecord extends ReadonlyOutput<typeof ledger.personRecord> {}
export interface PendingMove extends ReadonlyOutput<typeof ledger.pendingMove> {}

/** A rollout's first night. */
export const emptyLedger: LedgerState = {
  latched: null,
  activeGate: null,
  nights: [],
  override: null,
  pendingMove: null,
  accepted: [],
  completed: null,
  records: [],
};
