/** Who and why, as a person wrote it: a placeholder of a printed line in a ledger that only grows would be there for good. */
import { usage } from "./record-request.ts";

const PLACEHOLDERS: ReadonlySet<string> = new Set(["why", "yourname", "ticket"]);

/** The text without surrounding blanks; throws GatebookError `usage` for an empty one and for `WHY`, "your name", `<TICKET>`, `…`. */
export function said(text: string, option: string, hint: string): string {
  const bare = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (text.trim() === "") throw usage(`--${option} is empty`, hint);
  if (bare === "" || PLACEHOLDERS.has(bare)) throw usage(`--${option} ${text.trim()} is a placeholder`, hint);
  return text.trim();
}

export interface PersonSources {
  readonly given: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** git's user.name, asked only when nothing else names anybody. */
  readonly gitUser: () => Promise<string | null>;
}

/** `--by`, else GATEBOOK_BY, else git's user.name. */
export async function personOf({ given, env, gitUser }: PersonSources): Promise<string> {
  if (given !== undefined) return said(given, "by", "name who decided it");
  const fromEnvironment = env["GATEBOOK_BY"]?.trim() ?? "";
  const person = fromEnvironment === "" ? await gitUser() : fromEnvironment;
  if (person === null || person === "")
    throw usage("nobody is named", "say who decided it with --by, GATEBOOK_BY or git's user.name");
  return said(person, "by", "name who decided it");
}
