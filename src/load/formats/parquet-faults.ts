/** A Parquet file whose footer is sound and whose pages are not: only reading them shows it. */
import { EngineError, isEngineError } from "../../engine/engine-error.ts";
import type { GatebookError } from "../../model/error.ts";
import type { PreparedFile } from "../files/prepare.ts";
import { refusal } from "../files/refusal.ts";

export function isUnreadable({ file }: PreparedFile, error: unknown): boolean {
  return file.format === "parquet" && isEngineError(error, "data", "io", "permission");
}

export function unreadableParquet({ file }: PreparedFile, error: unknown): GatebookError {
  const reason = error instanceof EngineError ? error.reason : String(error);
  return refusal(file.file, `cannot be read as Parquet: ${reason}`, "copy or export it again", error);
}
