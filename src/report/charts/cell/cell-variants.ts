/** Baseline and candidate look the same in every chart: an order, two colours, and a dash so that grey is enough. */

import type { ChartSpec, Json } from "../spec.ts";
import { safetyFactor, textWidth } from "../svg/text-width.ts";
import { categories, categoryDashes, chartWidth, color, dashes, labelSize } from "../theme.ts";
import { textsOf } from "./cell-axes.ts";
import { type CellContext, isDiscrete } from "./cell-channel.ts";
import { isNode } from "./cell-check.ts";

/** The values of a column in order: the variants first, by algorithm or by word. */
function orderOf(
  channel: ChartSpec,
  context: CellContext,
): { readonly values: readonly string[]; readonly variants: boolean } {
  const column = context.cell.columns.find((one) => one.name === channel["field"]);
  const values = [...new Set(textsOf(column, context.cell))];
  for (const [baseline, candidate] of [
    [context.baseline, context.candidate],
    ["baseline", "candidate"],
  ] as const) {
    const pair = [baseline, candidate].filter((name) => values.includes(name));
    if (pair.length > 0)
      return { values: [...pair, ...values.filter((value) => !pair.includes(value)).sort()], variants: true };
  }
  return { values, variants: false };
}

/** Categories along an axis: the variants in their order, anything else in the order of the query's rows. */
export function applyDefaultsOrder(channel: ChartSpec, context: CellContext): ChartSpec {
  if (typeof channel["field"] !== "string" || "sort" in channel) return channel;
  const { values, variants } = orderOf(channel, context);
  return { ...channel, sort: variants ? values : null };
}

/** Bars of the two variants are side by side: stacked, their shares would add up to 200%. */
export function sideBySide(encoding: ChartSpec, markType: Json | undefined, context: CellContext): ChartSpec {
  const color = encoding["color"] ?? encoding["fill"];
  if (markType !== "bar" || !isNode(color) || !orderOf(color, context).variants) return {};
  const [along, offset] = isDiscrete(encoding["y"]) ? ["x", "yOffset"] : ["y", "xOffset"];
  const value = encoding[along];
  if (encoding[offset] !== undefined || (isNode(value) && "stack" in value)) return {};
  const across = encoding[offset === "xOffset" ? "x" : "y"];
  // Bars already divided by the variant have nothing beside them.
  if (!isNode(across) || across["field"] === color["field"]) return {};
  return { [offset]: applyDefaultsOrder({ field: color["field"], type: "nominal" }, context) };
}

interface ColorPlace {
  readonly dressed: ChartSpec;
  readonly markType: Json | undefined;
}

/** The colour channel again, with a dash beside it on lines and a legend that fits the chart's width. */
export function applyDefaultsColor(channel: ChartSpec, place: ColorPlace, context: CellContext): ChartSpec {
  const isPlain = typeof channel["field"] === "string" && !("aggregate" in channel || "bin" in channel);
  if (!isPlain || channel["type"] === "quantitative" || channel["scale"] === null) return {};
  const name = "color" in place.dressed ? "color" : "stroke";
  const { values, variants } = orderOf(channel, context);
  const isOwn = "scale" in channel || (channel["sort"] ?? null) !== null;
  const paints = values.map((value, index) => paintOf(value, index, context));
  const isDashed = place.markType === "line" && !("strokeDash" in place.dressed);
  // A piece of the line itself, long enough to show its dash.
  const symbol = isDashed ? { symbolType: "stroke", symbolSize: 500 } : {};
  const house = { title: null, columns: columnsThatFit(values), ...symbol };
  const shown = "legend" in channel ? channel["legend"] : house;
  // Both scales over the same values in the same order: else there would be two legends.
  const over = (range: readonly Json[] | null) => ({
    scale: { domain: values, ...(range === null ? {} : { range }) },
  });
  const colors = isOwn ? {} : over(variants ? paints.map((paint) => paint.color) : null);
  const dressed = { ...channel, ...colors, legend: shown };
  if (!isDashed) return { [name]: dressed };
  const dash = isOwn ? {} : over(variants ? paints.map((paint) => paint.dash) : categoryDashes);
  const { field, type } = channel;
  return {
    [name]: dressed,
    strokeDash: { field, type: type ?? "nominal", ...dash, legend: shown },
    ...(variants && !isOwn
      ? {
          strokeWidth: baselineWider(String(field), values.find((value) => isBaseline(value, context)) ?? ""),
        }
      : {}),
  };
}

/** The baseline is drawn first and wider: where the two are equal, it shows on both sides of the candidate. */
function baselineWider(field: string, baseline: string): ChartSpec {
  const test = `datum[${JSON.stringify(field)}] === ${JSON.stringify(baseline)}`;
  return { condition: { test, value: 4.5 }, value: 2 };
}

function isBaseline(value: string, context: CellContext): boolean {
  return value === context.baseline || value === "baseline";
}

function paintOf(
  value: string,
  index: number,
  context: CellContext,
): { readonly color: string; readonly dash: readonly number[] } {
  if (isBaseline(value, context)) return { color: color("baseline"), dash: dashes.baseline };
  if (value === context.candidate || value === "candidate")
    return { color: color("candidate"), dash: dashes.solid };
  return { color: categories[index % categories.length] ?? color("muted"), dash: dashes.gate };
}

/** Legend entries side by side: symbol, gap and the longest name. */
function columnsThatFit(values: readonly string[]): number {
  const entry = Math.max(...values.map((value) => textWidth(value, labelSize) * safetyFactor), 0) + 36;
  return Math.max(1, Math.min(values.length, Math.floor(chartWidth / entry)));
}
