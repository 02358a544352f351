/** What the rows of a file and day are, as one value that does not depend on their order. */
import type { Engine } from "../../engine/engine.ts";
import { sqlText } from "../../engine/sql-text.ts";
import { ownValue } from "../events/select-events.ts";

/**
 * An aggregate over event rows: the sum of the rows' hashes over `columns`, behind the engine's version, since hash() may change
 * with the engine. (A sum of md5 says the same in every version and takes fifteen times as long.)
 */
export function contentSum(engine: Engine, columns: readonly string[]): string {
  const values = columns.map((name) => `CAST(${ownValue(name)} AS VARCHAR)`).join(", ");
  return `${sqlText(`${engine.version} `)} || CAST(sum(CAST(hash(${values}) AS HUGEINT)) AS VARCHAR)`;
}

/** Null: made by other versions of the engine, or not known. */
export function sameContent(before: string | null, now: string | null): boolean | null {
  const [versionBefore, versionNow] = [before?.split(" ")[0], now?.split(" ")[0]];
  return versionBefore === undefined || versionBefore !== versionNow ? null : before === now;
}
