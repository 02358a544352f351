/**
 * A line over days breaks where a day has no row: joined across, a night without events would look like any other. Rows
 * without a value are added for the missing days; a point without a value is not drawn.
 */
import type { CellColumn, CellResult } from "../../../model/result.ts";
import type { ChartSpec, Json } from "../spec.ts";
import { withGaps } from "../time-axis.ts";
import { isNode } from "./cell-check.ts";

type CellRow = Readonly<Record<string, Json>>;

/** Nothing for any chart but a plain line over a DATE column: a transform might count the added rows. */
export function gapRows(spec: ChartSpec, cell: CellResult, rows: readonly CellRow[]): readonly CellRow[] {
  const { mark, encoding } = spec;
  const type = isNode(mark) ? mark["type"] : mark;
  if (type !== "line" || !isNode(encoding) || "transform" in spec) return [];
  const channels = Object.values(encoding).filter(isNode);
  if (channels.some((channel) => "aggregate" in channel || "timeUnit" in channel || "bin" in channel))
    return [];
  const day = columnOf(encoding["x"], cell);
  const value = columnOf(encoding["y"], cell);
  if (day?.type !== "DATE" || value === undefined) return [];
  const present = new Set(rows.map((row) => row[day.name]).filter((date) => typeof date === "string"));
  const missing = withGaps([...present]).filter((date) => !present.has(date));
  const lines = kinds(
    rows,
    Object.entries(encoding).flatMap(([name, channel]) => fieldOf(name, channel)),
  );
  return missing.flatMap((date) => lines.map((row) => ({ ...row, [day.name]: date, [value.name]: null })));
}

function columnOf(channel: Json | undefined, cell: CellResult): CellColumn | undefined {
  return isNode(channel) ? cell.columns.find((column) => column.name === channel["field"]) : undefined;
}

/** The column that distinguishes lines: of any channel but the two of position. */
function fieldOf(name: string, channel: Json | undefined): readonly string[] {
  const field = isNode(channel) && name !== "x" && name !== "y" ? channel["field"] : undefined;
  return typeof field === "string" ? [field] : [];
}

/** One row of each line. */
function kinds(rows: readonly CellRow[], fields: readonly string[]): readonly CellRow[] {
  const byLine = new Map(rows.map((row) => [JSON.stringify(fields.map((field) => row[field] ?? null)), row]));
  return [...byLine.values()];
}
