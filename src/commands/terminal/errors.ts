/** Errors as a person reads them: what, where, hint; and the exit code that goes with each. */
import { type ErrorCode, formatPlace, GatebookError, type Place } from "../../model/error.ts";
import { suggestion } from "../../model/suggest.ts";
import { invisible, spelledOut } from "../../text/invisible.ts";
import { listText } from "../../text/words.ts";
import type { Command } from "./command.ts";

/** Wrong use of the command line, and what to do instead. */
export function usageError(message: string, hint: string): GatebookError {
  return new GatebookError("usage", message, { hint });
}

/** Never a stack trace for what a user did; for a bug of ours the stack, because it is needed to fix it. */
export function formatError(error: unknown): string {
  const known = error instanceof GatebookError ? error : diskFault(error);
  if (known !== null) {
    const { message, where, hint } = known;
    return printable(problemLines({ level: "error", message, where, hint }).join("\n"));
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `gatebook: this is a bug in gatebook, please report it\n${detail}`;
}

export interface Problem {
  readonly level: string;
  readonly message: string;
  readonly where?: Place | undefined;
  readonly excerpt?: string | null | undefined;
  readonly hint?: string | null | undefined;
}

/** What is wrong, where, the source line with a caret, and what to do. */
export function problemLines({ level, message, where, ...rest }: Problem): readonly string[] {
  const place = where === undefined ? [] : [`  at ${formatPlace(where)}`];
  return [`${level}: ${message}`, ...place, ...detailLines(rest)];
}

export function detailLines({ excerpt, hint }: Pick<Problem, "excerpt" | "hint">): readonly string[] {
  const shown = excerpt == null ? [] : excerpt.split("\n").map((line) => `    ${line}`);
  return [...shown, ...(hint == null ? [] : [`  hint: ${hint}`])];
}

/** A full or read-only disk is no bug: the system's own error names the file. */
function diskFault(error: unknown): GatebookError | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const fault = DISK_FAULTS[String(error.code)];
  if (fault === undefined) return null;
  const [message, hint] = fault;
  const path = "path" in error ? String(error.path) : undefined;
  return new GatebookError("store", `${message}: ${error.message}`, {
    where: path === undefined ? undefined : { file: path },
    hint,
    cause: error,
  });
}

const DISK_FAULTS: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOSPC: ["the disk is full", "free some space and run again"],
  EDQUOT: ["the disk quota is used up", "free some space and run again"],
  EFBIG: ["a file would exceed the size limit", "raise the limit (ulimit -f) and run again"],
  EROFS: ["the disk is read-only", "run gatebook where it can write to the workspace"],
  EACCES: ["permission denied", "check the owner and permissions of that file or folder"],
};

/** What yargs rejects, in our words: an unknown command or option is named, with what was probably meant. */
export function usageFault(
  message: string,
  [word = ""]: readonly string[],
  names: readonly string[],
  options: Command["options"],
): GatebookError {
  const hint = "gatebook --help shows every command, gatebook COMMAND --help its options";
  const shown =
    !names.includes(word) && /^\w/.test(word)
      ? `there is no command "${word}"${suggestion(word, names)}`
      : optionError(message, options);
  return usageError(shown, hint);
}

function optionError(message: string, options: Command["options"]): string {
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  if (unknown !== undefined) return message + suggestion(unknown, Object.keys(options));
  const choice = /^Invalid values:\s+Argument: (\S+), Given: "(.*)", Choices: (.*)$/.exec(message);
  if (choice === null) return message;
  const [, name = "", given = "", list = ""] = choice;
  const choices = list.split(", ").map((each) => each.replaceAll('"', ""));
  const what = options[name] === undefined ? name : `--${name}`;
  return `${what} must be ${listText(choices, "or")}, not "${given}"${suggestion(given, choices)}`;
}

export function exitCodeOf(error: unknown): number {
  return error instanceof GatebookError ? CODES[error.code] : 1;
}

const CODES: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  config: 2,
  query: 3,
  input: 4,
  busy: 5,
  store: 1,
  damaged: 1,
};

/**
 * Control characters and marks of direction out of file names and data would otherwise drive the terminal, or show a text that is not
 * there: ESC → \u001b as text. Written as JSON writes them, so that JSON stays what it is.
 */
export function printable(text: string): string {
  return text.replace(invisible, spelledOut);
}
