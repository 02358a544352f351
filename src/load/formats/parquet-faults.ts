/** A Parquet file whose footer is sound and whose pages are not: only reading them shows it. */
import { GatebookError } from "../../model/error.ts";
import type { PreparedFile } from "../files/prepare.ts";
import { isRefusal, isShortage, refusal } from "../files/refusal.ts";

/** The engine's words for what is wrong with its own statement, as opposed to what it reads. */
const ours =
  /"exception_type":"(Binder|Catalog|Parser|Constraint|Dependency|TransactionContext|FATAL|INTERNAL)"/i;

export function isUnreadable({ file }: PreparedFile, error: unknown): boolean {
  if (file.format !== "parquet" || !(error instanceof GatebookError)) return false;
  if (isRefusal(error) || isShortage(error)) return false;
  return error.cause instanceof Error && !ours.test(error.cause.message);
}

export function unreadableParquet({ file }: PreparedFile, error: unknown): GatebookError {
  const text = error instanceof Error ? error.message : String(error);
  const message = text.replace(/^the warehouse refused a statement: /, "");
  return refusal(file.file, `cannot be read as Parquet: ${message}`, "copy or export it again", error);
}
