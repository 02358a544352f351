/** The rollback that a person recorded last, for `verify-rollback`: what it moved, and when it was written down. */
import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { preset } from "../model/schema/words.ts";
import type { Day, Preset } from "../model/words.ts";
import { standingRecords } from "./standing-records.ts";

export interface RecordedRollback {
  readonly recordedAt: string;
  readonly effective: Day;
  readonly preset: Preset;
  /** The candidate's share of units before and after, fractions. */
  readonly fromShare: number;
  readonly toShare: number;
  readonly toGate: string | null;
}

/** Null when there is none, or when a later promote undid it. */
export async function readLastRollback(engine: Engine, rollout: string): Promise<RecordedRollback | null> {
  const [move] = await engine.rows(`
    SELECT kind, recorded_at, effective, preset, from_share, to_share, to_gate FROM (${standingRecords(rollout)})
    WHERE kind IN ('promote', 'rollback') ORDER BY effective DESC, number DESC LIMIT 1`);
  return move === undefined || move["kind"] !== "rollback" ? null : rollbackOf(row.parse(move));
}

const row = z.object({
  recorded_at: z.string(),
  effective: z.string(),
  preset,
  from_share: z.number(),
  to_share: z.number(),
  to_gate: z.string().nullable(),
});

function rollbackOf(stored: z.infer<typeof row>): RecordedRollback {
  const { recorded_at: recordedAt, from_share: fromShare, to_share: toShare, to_gate: toGate } = stored;
  return { recordedAt, effective: stored.effective, preset: stored.preset, fromShare, toShare, toGate };
}
