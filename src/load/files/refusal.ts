import { type EngineError, isEngineError } from "../../engine/engine-error.ts";
import { GatebookError } from "../../model/error.ts";

/**
 * Nothing of this file can be taken. Thrown while one file is read and caught where its load is recorded, so that the
 * night goes on without it; the blocking check `refused_files` then names it.
 */
export function refusal(file: string, message: string, hint: string, cause?: unknown): GatebookError {
  return new GatebookError("input", message, { where: { file }, hint, cause });
}

type Refusal = GatebookError & { readonly code: "input" };

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof GatebookError && error.code === "input";
}

/** Thrown to roll a strict load back; nothing is wrong with the store. */
export const needsTolerance = new Error("the file needs the tolerant way");

/** A fault of the engine's own reader: the engine does nothing more after it, and only a new one can go on. */
export class ReaderBroke extends GatebookError {
  /** One, or several that were read together and of which one is to blame. */
  readonly files: readonly string[];

  constructor(files: readonly string[], error: EngineError) {
    const [first = "", ...others] = files;
    const named = others.length === 0 ? first : `${first} or one of the ${others.length} behind it`;
    super("store", `DuckDB internal error while reading ${named}: ${error.reason}`, {
      where: { file: first },
      hint: "export that file again or take it out of the pattern; what was loaded before is whole",
      cause: error,
    });
    this.files = files;
  }
}

export function isBroken(error: unknown): error is EngineError {
  return isEngineError(error, "crashed");
}
