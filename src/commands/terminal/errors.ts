/** Errors as a person reads them: what, where, hint; and the exit code that goes with each (DESIGN §9). */

import { type ErrorCode, formatPlace, GatebookError } from "../../model/error.ts";
import { suggestion } from "../../model/suggest.ts";
import { listText } from "../../text/words.ts";
import type { Command } from "./command.ts";

/** Never a stack trace for what a user did; for a fault of ours the stack, because it is needed to fix it. */
export function formatError(error: unknown): string {
  const told = error instanceof GatebookError ? error : diskFault(error);
  if (told === null) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `gatebook: this is a bug in gatebook, please report it\n${detail}`;
  }
  const where = told.where === undefined ? [] : [`  at ${formatPlace(told.where)}`];
  const hint = told.hint === undefined ? [] : [`  hint: ${told.hint}`];
  return printable([`error: ${told.message}`, ...where, ...hint].join("\n"));
}

/** What the disk refuses is no bug, wherever it happens: the system's own error names the file. */
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

/** What yargs refuses, in the same words: an unknown command or option is named, with what was probably meant. */
export function formatUsageError(
  message: string,
  words: readonly string[],
  commands: readonly Pick<Command, "usage" | "options">[],
): string {
  const named = (name: string) => (command: Pick<Command, "usage">) => command.usage.split(" ")[0] === name;
  const [word = ""] = words;
  const command = commands.find(named(word));
  const option = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  const choice = /^Invalid values:\s+Argument: (\S+), Given: "(.*)", Choices: (.*)$/.exec(message);
  let said = message;
  if (command === undefined && /^\w/.test(word)) {
    const names = commands.map(({ usage }) => usage.split(" ")[0] ?? "");
    said = `there is no command "${word}"${suggestion(word, names)}`;
  } else if (command !== undefined && option !== undefined) {
    said += suggestion(option, Object.keys(command.options));
  } else if (choice !== null) {
    const [, name = "", given = "", list = ""] = choice;
    const choices = list.split(", ").map((each) => each.replaceAll('"', ""));
    const what = command?.options[name] === undefined ? name : `--${name}`;
    said = `${what} must be ${listText(choices, "or")}, not "${given}"${suggestion(given, choices)}`;
  }
  const hint = "gatebook --help shows every command, gatebook COMMAND --help its options";
  return printable(`error: ${said}\n  hint: ${hint}`);
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
 * Control characters out of file names and data would otherwise drive the terminal: ESC → \u001b as text. Written as JSON writes
 * them, so that JSON stays what it is.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
