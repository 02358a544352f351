/** Axes of an analyst's chart: what the spec leaves open is chosen from the column's type and values. */
import type { CellColumn, CellResult } from "../../model/result.ts";
import type { Scalar } from "../../model/words.ts";
import { niceAxis, tickFormat } from "./axes.ts";
import { isNode } from "./cell-check.ts";
import type { Place } from "./cell-dress.ts";
import type { Json, Spec } from "./spec.ts";
import { safetyFactor, textWidth } from "./text-width.ts";
import { cellPlotWidth, labelSize } from "./theme.ts";
import { daysBetween, timeAxis } from "./time-axis.ts";

/** UTC, days labelled "7 Feb" at the days that are there. */
export function dressTime(place: Place, column: CellColumn | undefined, cell: CellResult): Spec {
  const { channel, name, markType } = place;
  const unit = channel["timeUnit"];
  const days = column?.type === "DATE";
  const timeUnit =
    typeof unit === "string"
      ? utcUnit(unit)
      : unit === undefined && days && markType === "bar"
        ? "utcyearmonthdate"
        : unit;
  const given = isNode(channel["scale"]) ? channel["scale"] : {};
  const scale =
    channel["scale"] === null || markType === "bar" ? channel["scale"] : { type: "utc", ...given };
  const dressed = {
    ...channel,
    ...(timeUnit === undefined ? {} : { timeUnit }),
    ...(scale === undefined ? {} : { scale }),
  };
  return name === "x" || name === "y"
    ? withAxis(dressed, timeLabels(column, cell, timeUnit !== undefined && markType === "bar"))
    : dressed;
}

/** "yearmonthdate" → "utcyearmonthdate". */
function utcUnit(unit: string): string {
  return unit.startsWith("utc") || unit.startsWith("binned") ? unit : `utc${unit}`;
}

function timeLabels(column: CellColumn | undefined, cell: CellResult, isBar: boolean): Spec {
  const dates = textsOf(column, cell).filter((text) => !Number.isNaN(Date.parse(text)));
  const sorted = [...new Set(dates)].sort();
  if (sorted.length === 0) return {};
  const { axis } = timeAxis(sorted, cellPlotWidth).channel;
  const format = column?.type === "DATE" ? { format: "%-d %b" } : { format: "%-d %b %H:%M", labelAngle: -35 };
  if (!isNode(axis) || column?.type !== "DATE") return format;
  const { title: _, ...labels } = axis;
  return { ...labels, ...format, ...(isBar ? barOffset(sorted) : {}) };
}

/** A day's bar begins at its midnight: put the label under the bar's middle. */
function barOffset(days: readonly string[]): Spec {
  const count = daysBetween(days[0] ?? "", days.at(-1) ?? "").length;
  return { labelOffset: cellPlotWidth / count / 2, ticks: false };
}

/** Percent columns as percent, with the decimals their range needs. */
export function dressNumber(channel: Spec, column: CellColumn | undefined, cell: CellResult): Spec {
  if (column?.unit !== "percent") return withAxis(channel, {});
  const values = valuesOf(column, cell).filter((value) => typeof value === "number");
  const step = niceAxis({ low: 0, high: Math.max(0, ...values) || 1 }).step;
  return withAxis(channel, { format: tickFormat(step, "percent") });
}

/** Labels of categories lie flat where they fit, else slanted; none is left out. */
export function dressDiscrete(
  channel: Spec,
  column: CellColumn | undefined,
  cell: CellResult,
  width: number,
): Spec {
  const texts = [...new Set(textsOf(column, cell))];
  if (texts.length === 0) return channel;
  const widest = Math.max(...texts.map((text) => textWidth(text, labelSize) * safetyFactor));
  return withAxis(channel, { labelAngle: widest + 6 <= width / texts.length ? 0 : -40, labelOverlap: false });
}

function withAxis(channel: Spec, defaults: Spec): Spec {
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
