/**
 * An analyst's spec in the house style: sizes, UTC days with explicit labels, percent formats, the variants in their own
 * colours, dashes and order. What the spec says itself is kept.
 */
import type { CellColumn, CellResult } from "../../../model/result.ts";
import type { Channel, ChartSpec, Json } from "../spec.ts";
import { cellPlotWidth } from "../theme.ts";
import { applyDefaultsDiscrete, applyDefaultsNumber } from "./cell-axes.ts";
import { isNode } from "./cell-check.ts";
import { applyDefaultsDays, applyDefaultsTime, isDate } from "./cell-time.ts";
import { titleOnTop } from "./cell-title.ts";
import { applyDefaultsColor, applyDefaultsOrder, sideBySide } from "./cell-variants.ts";

export interface CellContext {
  readonly cell: CellResult;
  readonly baseline: string;
  readonly candidate: string;
  /** Of the plot whose labels are chosen: a panel of a facet is narrower than a chart. */
  readonly plotWidth: number;
}

const plotHeight = 170;

export function applyDefaultsSpec(spec: ChartSpec, context: CellContext): ChartSpec {
  const dressed = applyDefaultsNode(spec, context);
  const composed = ["hconcat", "vconcat", "concat", "facet", "repeat", "spec"].some((key) => key in spec);
  if (composed) return dressed;
  const encodings = [spec, ...list(spec["layer"])].flatMap((node) =>
    isNode(node["encoding"]) ? [node["encoding"]] : [],
  );
  const sized = { ...dressed, ...sizeOf("width", spec, encodings), ...sizeOf("height", spec, encodings) };
  return "title" in spec ? sized : titleOnTop(sized);
}

function list(value: Json | undefined): readonly ChartSpec[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A size the spec gives stands, but for "container", which means nothing on paper. Discrete heights go by step. */
function sizeOf(side: "width" | "height", spec: ChartSpec, encodings: readonly ChartSpec[]): ChartSpec {
  const given = spec[side];
  if (given !== undefined && given !== "container") return {};
  const channel = side === "width" ? "x" : "y";
  const discrete = encodings.some((encoding) => isDiscrete(encoding[channel]));
  if (side === "height") return { height: discrete ? { step: 20 } : plotHeight };
  return { width: cellPlotWidth };
}

export function isDiscrete(channel: Json | undefined): boolean {
  return isNode(channel) && (channel["type"] === "nominal" || channel["type"] === "ordinal");
}

const children = ["layer", "hconcat", "vconcat", "concat"];

function applyDefaultsNode(node: ChartSpec, outer: CellContext): ChartSpec {
  const width = node["width"];
  const context = typeof width === "number" ? { ...outer, plotWidth: width } : outer;
  const dressed: Record<string, Json | undefined> = { ...node };
  for (const key of children)
    if (key in node) dressed[key] = list(node[key]).map((child) => applyDefaultsNode(child, context));
  if (isNode(node["spec"])) dressed["spec"] = applyDefaultsNode(node["spec"], context);
  if (isNode(node["encoding"]))
    dressed["encoding"] = applyDefaultsEncoding(node["encoding"], node["mark"], context);
  return dressed;
}

function applyDefaultsEncoding(encoding: ChartSpec, mark: Json | undefined, context: CellContext): ChartSpec {
  const markType = isNode(mark) ? mark["type"] : mark;
  const dressed: Record<string, Json | undefined> = {};
  for (const [name, channel] of Object.entries(encoding)) {
    dressed[name] = isNode(channel) ? applyDefaultsChannel({ name, channel, markType }, context) : channel;
  }
  const color = dressed["color"] ?? dressed["stroke"];
  if (!isNode(color)) return dressed;
  return {
    ...dressed,
    ...applyDefaultsColor(color, { dressed, markType }, context),
    ...sideBySide(dressed, markType, context),
  };
}

export interface Place {
  /** "x", "y", "color" … */
  readonly name: string;
  readonly channel: Channel | ChartSpec;
  readonly markType: Json | undefined;
}

function applyDefaultsChannel(place: Place, context: CellContext): ChartSpec {
  const { channel, name } = place;
  const field = channel["field"];
  const column = context.cell.columns.find((one) => one.name === field);
  const titled = withTitle(channel, column);
  const position = name === "x" || name === "y";
  if (channel["type"] === "temporal")
    return applyDefaultsTime({ ...place, channel: titled }, column, context);
  if (position && channel["type"] === "quantitative")
    return applyDefaultsNumber({ ...place, channel: titled }, column, context);
  const discrete = isDiscrete(channel) || name === "xOffset" || name === "yOffset";
  if (!discrete) return titled;
  if (position && isDate(column)) return applyDefaultsDays(titled, column, context);
  const ordered = position || name.endsWith("Offset") ? applyDefaultsOrder(titled, context) : titled;
  return name === "x" ? applyDefaultsDiscrete(ordered, column, context) : ordered;
}

/** candidate_share → "candidate share", where the spec gives no title of its own. */
function withTitle(channel: ChartSpec, column: CellColumn | undefined): ChartSpec {
  const axis = channel["axis"];
  const said =
    "title" in channel ||
    channel["aggregate"] !== undefined ||
    axis === null ||
    (isNode(axis) && "title" in axis);
  return said || column === undefined ? channel : { ...channel, title: column.name.replaceAll("_", " ") };
}
