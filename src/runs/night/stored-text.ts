import type { Result } from "../../model/result.ts";
import { serializeResult } from "../../result/serialize.ts";

/** A result as the ledger keeps it: without the rows of cells. */
export function storedText(result: Result): string {
  return serializeResult({ ...result, cells: result.cells.map((cell) => ({ ...cell, rows: [] })) });
}
