/**
 * How columns are written down. Left to itself the engine tries every compression it knows on each row group of each column and
 * keeps the smallest: a quarter of the processor time of a load. What our names say suffices: ids are many and alike (FSST, a
 * table of their common parts), names of algorithms and categories are few (a dictionary). The file is as large as before.
 */
import { sqlName } from "./sql-text.ts";

const compressions: ReadonlyMap<string, "fsst" | "dictionary"> = new Map([
  ["event_id", "fsst"],
  ["user_id", "fsst"],
  ["session_id", "fsst"],
  ["unit_id", "fsst"],
  ["item_id", "fsst"],
  ["author_id", "fsst"],
  ["duplicate_group", "fsst"],
  ["category_id", "dictionary"],
  ["algo_version", "dictionary"],
]);

/** For a CREATE TABLE: `"user_id" VARCHAR USING COMPRESSION fsst`. A value that does not fit (very long text) is stored plainly. */
export function storedColumn(name: string, type: string): string {
  const compression = type === "VARCHAR" ? compressions.get(name) : undefined;
  const column = `${sqlName(name)} ${type}`;
  return compression === undefined ? column : `${column} USING COMPRESSION ${compression}`;
}
