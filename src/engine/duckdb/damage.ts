/** A database file that is not, or no longer, what the engine wrote: cut short, overwritten, with blocks whose checksum is wrong. */
import { GatebookError } from "../../model/error.ts";

const DAMAGE = /not a valid DuckDB database file|Could not read enough bytes|Corrupt database file/;

export function isDamage(message: string): boolean {
  return DAMAGE.test(message);
}

export function damagedFile(message: string, file: string | undefined, cause: unknown): GatebookError {
  const what = /not a valid/.test(message) ? "is not a DuckDB database" : "is damaged";
  return new GatebookError("damaged", `the store ${what}: ${message.split("\n")[0]}`, {
    where: file === undefined ? undefined : { file },
    hint: "delete nothing: gatebook restore brings the ledger back from the published warehouse or the newest report, and the next run loads the events again",
    cause,
  });
}
