/** What an engine could not do. Rooms decide by `kind`, never by an engine's words; those are in `reason`, for people. */
import { type ErrorCode, type ErrorDetails, GatebookError } from "../model/error.ts";

/**
 * - `data`: a value or a row that cannot be converted
 * - `io`: a file that cannot be read, and whatever has no kind of its own
 * - `permission`: a file or folder that may not be written
 * - `crashed`: an internal error, after which the engine answers nothing any more
 * - `query`: the statement itself, e.g. an unknown column
 * - `unavailable`: a cluster that cannot be reached, does not let us in, or has lost what it was running
 */
export type EngineErrorKind =
  | "data"
  | "io"
  | "permission"
  | "disk_full"
  | "memory"
  | "crashed"
  | "timeout"
  | "interrupted"
  | "query"
  | "unavailable";

export interface EngineErrorDetails extends ErrorDetails {
  readonly kind: EngineErrorKind;
  /** What the engine itself says, one line. */
  readonly reason: string;
}

export class EngineError extends GatebookError {
  readonly kind: EngineErrorKind;
  readonly reason: string;

  constructor(code: ErrorCode, message: string, details: EngineErrorDetails) {
    super(code, message, details);
    this.kind = details.kind;
    this.reason = details.reason;
  }
}

export function isEngineError(error: unknown, ...kinds: readonly EngineErrorKind[]): error is EngineError {
  return error instanceof EngineError && kinds.includes(error.kind);
}
