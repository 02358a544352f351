/**
 * The one error class. What the *data* shows is a finding in the result, never an exception; an exception means that
 * the tool cannot continue as asked: it has the place and what to do next.
 */

/** `usage` and `config` exit 2, `input` exits 4, `busy` exits 5. `damaged`: a database file cannot be read, and a copy is needed. */
export type ErrorCode = "usage" | "config" | "input" | "busy" | "query" | "store" | "damaged";

/** A place in a file; line and column start at 1. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface ErrorDetails {
  readonly where?: Place | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** When several things are wrong at once: each by itself; the message lists them. */
  readonly parts?: readonly GatebookError[] | undefined;
}

export class GatebookError extends Error {
  override readonly name = "GatebookError";
  readonly code: ErrorCode;
  readonly where: Place | undefined;
  readonly hint: string | undefined;
  readonly parts: readonly GatebookError[];

  constructor(code: ErrorCode, message: string, { where, hint, cause, parts = [] }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.where = where;
    this.hint = hint;
    this.parts = parts;
  }
}

/** Of whatever was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Of what Node says of a file: "ENOENT: no such file or directory", without the path that follows. */
export function fileReason(cause: unknown): string {
  return messageOf(cause).split(",")[0] ?? "";
}

/** `queries/metrics/ctr.sql:4:12`, as far as the place is known. */
export function formatPlace(place: Place): string {
  const line = place.line === undefined ? "" : `:${place.line}`;
  const column = place.line === undefined || place.column === undefined ? "" : `:${place.column}`;
  return `${place.file}${line}${column}`;
}
