/** Our own SQL failed: a full disk, a memory limit and a fault of the engine's are told as such, anything else with its statement. */
import { type ErrorDetails, GatebookError } from "../../model/error.ts";
import { damagedFile, isDamage } from "./damage.ts";
import { parseException } from "./query-error.ts";

/** The disk, a quota, a limit on the size of files, or the engine's own on what it may spill. */
const full = /No space left on device|Disk quota exceeded|File too large|max_temp_directory_size|ENOSPC/i;
const memory = /failed to (allocate|pin)|could not allocate|out of memory/i;

export function storeError(error: unknown, sql: string): GatebookError {
  const { exception_type: type, exception_message: text = "" } = parseException(error);
  const message = text.split("\n")[0] ?? "";
  const place = /file "([^"]+)"/i.exec(message)?.[1];
  const details: ErrorDetails = { cause: error, where: place === undefined ? undefined : { file: place } };
  if (full.test(message)) {
    return new GatebookError("store", `the disk is full: ${message}`, {
      ...details,
      hint: "what was loaded before is whole: free some space, or name another folder to spill to with --temp-dir, and run again",
    });
  }
  if (memory.test(message)) {
    return new GatebookError("store", `the memory limit is too low: ${message}`, {
      ...details,
      hint: "give it more with --memory-limit, or fewer --threads",
    });
  }
  // an export that is cut short says the same of itself
  if (isDamage(message) && (place === undefined || place.endsWith(".duckdb")))
    return damagedFile(message, place, error);
  if (type === "INTERNAL") {
    return new GatebookError("store", `the engine broke: ${message}`, {
      hint: "what was loaded before is whole; please report this",
      cause: error,
    });
  }
  return new GatebookError("store", `the warehouse refused a statement: ${message}`, {
    hint: `in: ${sql.trim().replace(/\s+/g, " ").slice(0, 160)}`,
    cause: error,
  });
}
