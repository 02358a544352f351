/** Axes of an analyst's chart: what the spec leaves open is chosen from the column's type and values. */
import type { CellColumn, CellResult } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";
import { niceAxis, tickFormat } from "./axes.ts";
import { isNode } from "./cell-check.ts";
import type { Json, Spec } from "./spec.ts";
import { safetyFactor, textWidth } from "./text-width.ts";
import { cellPlotWidth, labelSize } from "./theme.ts";

/** Percent columns as percent, with the decimals their range needs. */
export function dressNumber(channel: Spec, column: CellColumn | undefined, cell: CellResult): Spec {
  if (column?.unit !== "percent") return withAxis(channel, {});
  const values = valuesOf(column, cell).filter((value) => typeof value === "number");
  const step = niceAxis({ low: 0, high: Math.max(0, ...values) || 1 }).step;
  return withAxis(channel, { format: tickFormat(step, "percent") });
}

/** Labels of categories lie flat where they fit, else slanted; none is left out. */
export function dressDiscrete(channel: Spec, column: CellColumn | undefined, cell: CellResult): Spec {
  const texts = [...new Set(textsOf(column, cell))];
  if (texts.length === 0) return channel;
  const widest = Math.max(...texts.map((text) => textWidth(text, labelSize) * safetyFactor));
  const fits = widest + 6 <= cellPlotWidth / texts.length;
  return withAxis(channel, { labelAngle: fits ? 0 : -40, labelOverlap: false });
}

/** The spec's own axis over the defaults; none at all where the spec wants none. */
export function withAxis(channel: Spec, defaults: Spec): Spec {
  const axis = channel["axis"];
  if (axis === null) return channel;
  const given = isNode(axis) ? axis : {};
  // Labels chosen here are in the way of an axis that chooses its own.
  const own = "values" in given || "tickCount" in given || ("format" in given && "labelExpr" in given);
  const { values, tickCount, ...calm } = defaults;
  const merged: Record<string, Json | undefined> = {
    ...calm,
    ...(own || values === undefined ? {} : { values, tickCount }),
    ...given,
  };
  if (merged["title"] === undefined) delete merged["title"];
  return Object.keys(merged).length === 0 ? channel : { ...channel, axis: merged };
}

function valuesOf(column: CellColumn | undefined, cell: CellResult): readonly Scalar[] {
  const index = column === undefined ? -1 : cell.columns.indexOf(column);
  return index < 0 ? [] : cell.rows.map((row) => row[index] ?? null);
}

export function textsOf(column: CellColumn | undefined, cell: CellResult): readonly string[] {
  return valuesOf(column, cell).flatMap((value) => (value === null ? [] : [String(value)]));
}
