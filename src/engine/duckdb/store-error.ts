/** Our own SQL failed: a full disk, a memory limit and an internal error are named as such, anything else with its statement. */
import type { ErrorDetails, GatebookError } from "../../model/error.ts";
import { EngineError, type EngineErrorKind } from "../engine-error.ts";
import { damagedFile, errorKind, isDamage } from "./error-kind.ts";
import { parseException } from "./query-error.ts";

export function storeError(error: unknown, sql: string): GatebookError {
  const { exception_type: type, exception_message: text = "" } = parseException(error);
  const reason = text.split("\n")[0] ?? "";
  const kind = errorKind(type, reason);
  const place = /file "([^"]+)"/i.exec(reason)?.[1];
  const isOther = kind !== "disk_full" && kind !== "memory";
  // an export that is cut short says the same of itself
  if (isOther && isDamage(reason) && (place === undefined || place.endsWith(".duckdb")))
    return damagedFile(reason, place, error);
  const { what, ...details } = explain(kind, sql, place);
  return new EngineError("store", `${what}: ${reason}`, { ...details, cause: error, kind, reason });
}

function explain(
  kind: EngineErrorKind,
  sql: string,
  place: string | undefined,
): ErrorDetails & { readonly what: string } {
  const where = place === undefined ? undefined : { file: place };
  switch (kind) {
    case "disk_full":
      return {
        what: "the disk is full",
        where,
        hint: "what was loaded before is whole: free some space, or name another folder to spill to with --temp-dir, and run again",
      };
    case "memory":
      return {
        what: "the memory limit is too low",
        where,
        hint: "give it more with --memory-limit, or fewer --threads",
      };
    case "crashed":
      return { what: "DuckDB internal error", hint: "what was loaded before is whole; please report this" };
    default:
      return {
        what: "the warehouse rejected a statement",
        hint: `in: ${sql.trim().replace(/\s+/g, " ").slice(0, 160)}`,
      };
  }
}
