import { GatebookError } from "../../model/error.ts";

/**
 * Nothing of this file can be taken. Thrown while one file is read and caught where its load is recorded, so that the
 * night goes on without it; the blocking check `refused_files` then names it.
 */
export function refusal(file: string, message: string, hint: string, cause?: unknown): GatebookError {
  return new GatebookError("input", message, { where: { file }, hint, cause });
}

class PassingRefusal extends GatebookError {}

/** One that a setting, a link or a right can end while the file stays as it is: every night tries again. */
export function passingRefusal(file: string, message: string, hint: string, cause?: unknown): GatebookError {
  return new PassingRefusal("input", message, { where: { file }, hint, cause });
}

/** The file will be refused as long as it is not changed. */
export function isLasting(error: unknown): boolean {
  return isRefusal(error) && !(error instanceof PassingRefusal);
}

type Refusal = GatebookError & { readonly code: "input" };

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof GatebookError && error.code === "input";
}

/** Thrown to roll a strict load back; nothing is wrong with the store. */
export const needsTolerance = new Error("the file needs the tolerant way");

/** The same, when reading its values leniently may be enough. */
export const needsLeniency = new Error("the file needs its values read leniently");

/** A line has several JSON objects: the file is to be read with a line for each. */
export const needsSplitting = new Error("the file needs its JSON objects in lines of their own");
