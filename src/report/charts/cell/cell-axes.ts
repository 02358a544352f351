/** Axes of an analyst's chart: what the spec leaves open is chosen from the column's type and values. */
import type { CellColumn, CellResult } from "../../../model/result.ts";
import type { Scalar } from "../../../model/words.ts";
import { niceAxis, tickFormat } from "../axes.ts";
import type { ChartSpec, Json } from "../spec.ts";
import { safetyFactor, textWidth } from "../svg/text-width.ts";
import { labelSize } from "../theme.ts";
import type { CellContext, ChannelPlace } from "./cell-channel.ts";
import { isNode } from "./cell-check.ts";

/** So much room an upright number takes beside its neighbours. */
const numberRoom = 70;

/** Percent columns as percent, with the decimals their range needs; along x as many lines as can be labelled. */
export function applyDefaultsNumber(
  place: ChannelPlace,
  column: CellColumn | undefined,
  context: CellContext,
): ChartSpec {
  const { channel, name } = place;
  const { cell, plotWidth } = context;
  const few = name === "x" ? { tickCount: Math.max(2, Math.floor(plotWidth / numberRoom)) } : {};
  if (column?.unit !== "percent") return withAxis(channel, few);
  const values = valuesOf(column, cell).filter((value) => typeof value === "number");
  const step = niceAxis({ low: 0, high: Math.max(0, ...values) || 1 }).step;
  return withAxis(channel, { ...few, format: tickFormat(step, "percent") });
}

/** Labels of categories lie flat where they fit, else slanted; none is left out. */
export function applyDefaultsDiscrete(
  channel: ChartSpec,
  column: CellColumn | undefined,
  context: CellContext,
): ChartSpec {
  const { cell, plotWidth } = context;
  const texts = [...new Set(textsOf(column, cell))];
  if (texts.length === 0) return channel;
  const widest = Math.max(...texts.map((text) => textWidth(text, labelSize) * safetyFactor));
  const fits = widest + 6 <= plotWidth / texts.length;
  return withAxis(channel, { labelAngle: fits ? 0 : -40, labelOverlap: false });
}

/** The spec's own axis over the defaults; none at all where the spec wants none. */
export function withAxis(channel: ChartSpec, defaults: ChartSpec): ChartSpec {
  const axis = channel["axis"];
  if (axis === null) return channel;
  const given = isNode(axis) ? axis : {};
  // Labels chosen here are in the way of an axis that chooses its own.
  const own = "values" in given || "tickCount" in given || ("format" in given && "labelExpr" in given);
  const { values, tickCount, ...calm } = defaults;
  const chosen = {
    ...(values === undefined ? {} : { values }),
    ...(tickCount === undefined ? {} : { tickCount }),
  };
  const merged: Record<string, Json | undefined> = {
    ...calm,
    ...(own ? {} : chosen),
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
