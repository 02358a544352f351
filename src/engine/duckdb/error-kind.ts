/** DuckDB's exception types and messages → kinds of errors. Its messages are read here and where a store is opened, nowhere else. */
import { GatebookError } from "../../model/error.ts";
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
/** A database file that is not, or no longer, what the engine wrote: cut short, overwritten, with blocks whose checksum is wrong. */
const damage = /not a valid DuckDB database file|Could not read enough bytes|Corrupt database file/;

/** The message comes first: a full disk is an IO error in one place, a fatal one in another. */
export function errorKind(exceptionType: string | undefined, message: string): EngineErrorKind {
  if (full.test(message)) return "disk_full";
  if (memory.test(message)) return "memory";
  const kind = kinds.get((exceptionType ?? "").toLowerCase());
  return kind ?? (unwritable.test(message) ? "permission" : "io");
}

export function isDamage(message: string): boolean {
  return damage.test(message);
}

export function damagedFile(message: string, file: string | undefined, cause: unknown): GatebookError {
  const what = /not a valid/.test(message) ? "is not a DuckDB database" : "is damaged";
  return new GatebookError("damaged", `the store ${what}: ${message.split("\n")[0]}`, {
    where: file === undefined ? undefined : { file },
    hint: "delete nothing: gatebook restore brings the ledger back from the published warehouse or the newest report, and the next run loads the events again",
    cause,
  });
}
