/** What a person asked `gatebook record` to write, as options are read. */
import type { RecordKind } from "../../ledger/state.ts";
import type { Action, Day, Preset } from "../../model/words.ts";
import { usageError } from "../terminal/errors.ts";

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

const PLACEHOLDERS: ReadonlySet<string> = new Set(["why", "yourname", "ticket"]);

/**
 * The text without surrounding blanks. Throws GatebookError `usage` for an empty one and for a placeholder of a printed line (`WHY`,
 * "your name", `<TICKET>`, `…`): the ledger only grows, so it would stay for good.
 */
export function filledIn(text: string, option: string, hint: string): string {
  const bare = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (text.trim() === "") throw usageError(`--${option} is empty`, hint);
  if (bare === "" || PLACEHOLDERS.has(bare))
    throw usageError(`--${option} ${text.trim()} is a placeholder`, hint);
  return text.trim();
}

/** `--by`, else GATEBOOK_BY, else git's user.name, which is asked only then. */
export async function personOf(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  gitUser: () => Promise<string | null>,
): Promise<string> {
  const person = given ?? (env["GATEBOOK_BY"]?.trim() || (await gitUser()));
  if (person === null || (person === "" && given === undefined))
    throw usageError(
      "it is unknown who decided this",
      "give a name with --by, GATEBOOK_BY or git's user.name",
    );
  return filledIn(person, "by", "name who decided it");
}
