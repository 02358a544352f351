/** What a person asked `gatebook record` to write, as options are read, and the error for what cannot be. */
import type { RecordKind } from "../../ledger/state.ts";
import { GatebookError } from "../../model/error.ts";
import type { Action, Day, Preset } from "../../model/words.ts";

export interface RecordRequest {
  readonly kind: RecordKind;
  /** accept: the finding; undo: the number of the record. */
  readonly what: string | null;
  readonly reason: string;
  readonly by: string;
  readonly ticket: string | null;
  /** First day on which it counts. */
  readonly date: Day;
  readonly today: Day;
  readonly until: Day | null;
  readonly gate: string | null;
  readonly preset: Preset | null;
  readonly action: Action | null;
  readonly day: Day | null;
  readonly againstVerdict: boolean;
  readonly recordedAt: string;
}

export const usage = (message: string, hint: string): GatebookError =>
  new GatebookError("usage", message, { hint });
