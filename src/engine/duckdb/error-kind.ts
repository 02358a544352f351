/** DuckDB's exception types → kinds of errors; the only place that reads its messages. */
import type { EngineErrorKind } from "../engine-error.ts";

/** In lower case, as `errors_as_json` names them. */
const kinds: ReadonlyMap<string, EngineErrorKind> = new Map([
  ["conversion", "data"],
  ["invalid input", "data"],
  ["out of range", "data"],
  ["mismatch type", "data"],
  ["value out of range", "data"],
  ["binder", "query"],
  ["catalog", "query"],
  ["parser", "query"],
  ["syntax error", "query"],
  ["constraint", "query"],
  ["dependency", "query"],
  ["transactioncontext", "query"],
  ["permission", "permission"],
  ["out of memory", "memory"],
  ["interrupt", "interrupted"],
  ["internal", "crashed"],
  ["fatal", "crashed"],
]);

/** The disk, a quota, a limit on the size of files, or the engine's own on what it may spill. */
const full = /No space left on device|Disk quota exceeded|File too large|max_temp_directory_size|ENOSPC/i;
const memory = /failed to (allocate|pin)|could not allocate|out of memory/i;
const unwritable = /not write|Permission/i;

/** The message comes first: a full disk is an IO error in one place, a fatal one in another. */
export function errorKind(exceptionType: string | undefined, message: string): EngineErrorKind {
  if (full.test(message)) return "disk_full";
  if (memory.test(message)) return "memory";
  const kind = kinds.get((exceptionType ?? "").toLowerCase());
  return kind ?? (unwritable.test(message) ? "permission" : "io");
}
