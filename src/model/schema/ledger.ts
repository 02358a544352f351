/** What the ledger knew before a night, as a result keeps it. */
import { z } from "zod";
import { day, list, text } from "./values.ts";
import { action, phase, preset, rule } from "./words.ts";

export const latchedRollback = z.object({
  /** Report date of the night that called for it. */
  since: day,
  /** Key of that ledger row, e.g. "daily 2026-02-05". */
  key: z.string(),
  /** Its first reason, as it was written that night. */
  reason: z.string(),
  preset,
});

export const ledgerNight = z.object({
  /** Report date. */
  date: day,
  phase,
  asOf: z.string(),
  action,
  rule,
  /** As judged that night. */
  healthyDay: z.boolean(),
});

export const ledgerOverride = z.object({
  action,
  /** Last day on which it counts. */
  until: day,
  reason: z.string(),
  by: z.string(),
});

export const pendingMove = z.object({
  action: z.enum(["promote", "rollback"]),
  preset: preset.nullable(),
  /** First whole day on which the traffic must show it. */
  firstDay: day,
  /** The candidate's share of units before and after, fractions, e.g. 0.1 → 0.5. */
  fromShare: z.number(),
  toShare: z.number(),
});

export const completion = z.object({
  /** First day on which it counts. */
  since: day,
  reason: z.string(),
  by: z.string(),
});

export const acceptance = z.object({
  /** As the check names it (`accept` of a check), e.g. "day:2026-02-06". */
  what: z.string(),
  ...completion.shape,
});

/** What a person recorded, as the ledger has it; records that were taken back are left out. */
export const personRecord = z.object({
  /** Counts from 1; what `gatebook record undo` takes. */
  number: z.number(),
  kind: z.enum(["promote", "rollback", "hold", "clear", "override", "accept", "complete", "undo"]),
  /** First day on which it counts. */
  date: day,
  /** promote and rollback: gates; null: switched off, or all forced to the baseline. */
  fromGate: text,
  toGate: text,
  preset: preset.nullable(),
  /** override: what counts instead, and its last day. */
  action: action.nullable(),
  until: day.nullable(),
  /** accept: the finding; promote: the verdict it goes against. */
  subject: text,
  reason: z.string(),
  by: z.string(),
  ticket: text,
});

export const ledgerState = z.object({
  /** A rollback of an earlier night that no person has cleared. */
  latched: latchedRollback.nullable(),
  /** The gate the ledger believes in; null when it has no entry yet. */
  activeGate: z.object({ gate: z.string(), since: day }).nullable(),
  /** Earlier runs in this gate, oldest first; a rerun has replaced its predecessor. */
  nights: list(ledgerNight),
  override: ledgerOverride.nullable(),
  /** The last promote or rollback a person recorded, while nobody has seen the traffic move. */
  pendingMove: pendingMove.nullable(),
  /** What people have accepted up to this night, oldest first. */
  accepted: list(acceptance).default([]),
  /** The last gate as a person closed it; null while nobody did, or when the rollout moved or was cleared since. */
  completed: completion.nullable().default(null),
  records: list(personRecord).default([]).describe("what people recorded up to this night, oldest first"),
});
