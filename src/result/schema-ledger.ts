/** What the ledger knew before a night, as a result keeps it. Mirrors model/ledger.ts. */
import { z } from "zod";
import { action, day, list, phase, preset, rule } from "./schema-words.ts";

const latchedRollback = z.object({ since: day, key: z.string(), reason: z.string(), preset });

const night = z.object({
  date: day,
  phase,
  asOf: z.string(),
  action,
  rule,
  healthyDay: z.boolean(),
});

const override = z.object({ action, until: day, reason: z.string(), by: z.string() });

const pendingMove = z.object({
  action: z.enum(["promote", "rollback"]),
  preset: preset.nullable(),
  firstDay: day,
  fromShare: z.number(),
  toShare: z.number(),
});

export const ledger = z.object({
  latched: latchedRollback.nullable(),
  activeGate: z.object({ gate: z.string(), since: day }).nullable(),
  nights: list(night),
  override: override.nullable(),
  pendingMove: pendingMove.nullable(),
  accepted: list(z.object({ what: z.string(), since: day, reason: z.string(), by: z.string() })).default([]),
  completed: z.object({ since: day, reason: z.string(), by: z.string() }).nullable().default(null),
});
