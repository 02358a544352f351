import type { SourceFormat } from "../../model/config.ts";

/** From here on a file is large: it has a transaction of its own, and its rows are stored in any order. */
export const LARGE_BYTES = 1 << 25;

/** How many bytes of CSV the same events would be, about: Parquet takes a quarter of them. */
export function asTextBytes(format: SourceFormat, bytes: number): number {
  return format === "parquet" ? bytes * 4 : bytes;
}
