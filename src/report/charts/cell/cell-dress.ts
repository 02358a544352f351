/**
 * An analyst's spec in the house style: sizes, UTC days with explicit labels, percent formats, the variants in their own
 * colours, dashes and order. What the spec says itself is kept.
 */
import type { CellColumn, CellResult } from "../../../model/result.ts";
import type { Channel, Json, Spec } from "../spec.ts";
import { cellPlotWidth } from "../theme.ts";
import { dressDiscrete, dressNumber } from "./cell-axes.ts";
import { isNode } from "./cell-check.ts";
import { dressDays, dressTime, isDate } from "./cell-time.ts";
import { titleOnTop } from "./cell-title.ts";
import { dressColor, dressOrder, sideBySide } from "./cell-variants.ts";

export interface CellContext {
  readonly cell: CellResult;
  readonly baseline: string;
  readonly candidate: string;
  /** Of the plot whose labels are chosen: a panel of a facet is narrower than a chart. */
  readonly plotWidth: number;
}

const plotHeight = 170;

export function dressSpec(spec: Spec, context: CellContext): Spec {
  const dressed = dressNode(spec, context);
  const composed = ["hconcat", "vconcat", "concat", "facet", "repeat", "spec"].some((key) => key in spec);
  if (composed) return dressed;
  const encodings = [spec, ...list(spec["layer"])].flatMap((node) =>
    isNode(node["encoding"]) ? [node["encoding"]] : [],
  );
  const sized = { ...dressed, ...sizeOf("width", spec, encodings), ...sizeOf("height", spec, encodings) };
  return "title" in spec ? sized : titleOnTop(sized);
}

function list(value: Json | undefined): readonly Spec[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A size the spec gives stands, but for "container", which means nothing on paper. Discrete heights go by step. */
function sizeOf(side: "width" | "height", spec: Spec, encodings: readonly Spec[]): Spec {
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

function dressNode(node: Spec, outer: CellContext): Spec {
  const width = node["width"];
  const context = typeof width === "number" ? { ...outer, plotWidth: width } : outer;
  const dressed: Record<string, Json | undefined> = { ...node };
  for (const key of children)
    if (key in node) dressed[key] = list(node[key]).map((child) => dressNode(child, context));
  if (isNode(node["spec"])) dressed["spec"] = dressNode(node["spec"], context);
  if (isNode(node["encoding"])) dressed["encoding"] = dressEncoding(node["encoding"], node["mark"], context);
  return dressed;
}

function dressEncoding(encoding: Spec, mark: Json | undefined, context: CellContext): Spec {
  const markType = isNode(mark) ? mark["type"] : mark;
  const dressed: Record<string, Json | undefined> = {};
  for (const [name, channel] of Object.entries(encoding)) {
    dressed[name] = isNode(channel) ? dressChannel({ name, channel, markType }, context) : channel;
  }
  const color = dressed["color"] ?? dressed["stroke"];
  if (!isNode(color)) return dressed;
  return {
    ...dressed,
    ...dressColor(color, { dressed, markType }, context),
    ...sideBySide(dressed, markType, context),
  };
}

export interface Place {
  /** "x", "y", "color" … */
  readonly name: string;
  readonly channel: Channel | Spec;
  readonly markType: Json | undefined;
}

function dressChannel(place: Place, context: CellContext): Spec {
  const { channel, name } = place;
  const field = channel["field"];
  const column = context.cell.columns.find((one) => one.name === field);
  const titled = withTitle(channel, column);
  const position = name === "x" || name === "y";
  if (channel["type"] === "temporal") return dressTime({ ...place, channel: titled }, column, context);
  if (position && channel["type"] === "quantitative")
    return dressNumber({ ...place, channel: titled }, column, context);
  const discrete = isDiscrete(channel) || name === "xOffset" || name === "yOffset";
  if (!discrete) return titled;
  if (position && isDate(column)) return dressDays(titled, column, context);
  const ordered = position || name.endsWith("Offset") ? dressOrder(titled, context) : titled;
  return name === "x" ? dressDiscrete(ordered, column, context) : ordered;
}

/** candidate_share → "candidate share", where the spec gives no title of its own. */
function withTitle(channel: Spec, column: CellColumn | undefined): Spec {
  const axis = channel["axis"];
  const said =
    "title" in channel ||
    channel["aggregate"] !== undefined ||
    axis === null ||
    (isNode(axis) && "title" in axis);
  return said || column === undefined ? channel : { ...channel, title: column.name.replaceAll("_", " ") };
}
