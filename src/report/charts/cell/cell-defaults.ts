/**
 * An analyst's spec in the house style: sizes, UTC days with explicit labels, percent formats, the variants in their own
 * colours, dashes and order. What the spec sets itself is kept.
 */
import type { CellColumn } from "../../../model/result.ts";
import { noteTitle } from "../frame.ts";
import type { ChartSpec, Json } from "../spec.ts";
import { cellPlotWidth } from "../theme.ts";
import { applyDefaultsDiscrete, applyDefaultsNumber, textsOf } from "./cell-axes.ts";
import { type CellContext, type ChannelPlace, isDiscrete } from "./cell-channel.ts";
import { isNode } from "./cell-check.ts";
import { applyDefaultsDays, applyDefaultsTime, isDate } from "./cell-time.ts";
import { applyDefaultsColor, applyDefaultsOrder, sideBySide } from "./cell-variants.ts";

const plotHeight = 170;

export function applyDefaultsSpec(given: ChartSpec, context: CellContext): ChartSpec {
  const spec = turned(given, context);
  const dressed = applyDefaultsNode(spec, context);
  const composed = ["hconcat", "vconcat", "concat", "facet", "repeat", "spec"].some((key) => key in spec);
  if (composed) return dressed;
  const encodings = [spec, ...list(spec["layer"])].flatMap((node) =>
    isNode(node["encoding"]) ? [node["encoding"]] : [],
  );
  const sized = { ...dressed, ...sizeOf("width", spec, encodings), ...sizeOf("height", spec, encodings) };
  return "title" in spec ? sized : titleOnTop(sized);
}

/** Bars with many names lie down, so that each can be read. */
const namesUpright = 12;

function turned(spec: ChartSpec, { cell }: CellContext): ChartSpec {
  const { mark, encoding } = spec;
  const markType = isNode(mark) ? mark["type"] : mark;
  if (markType !== "bar" || !isNode(encoding) || "width" in spec || "height" in spec) return spec;
  const { x, y, xOffset, ...others } = encoding;
  if (!isNode(x) || !isNode(y) || !isDiscrete(x) || y["type"] !== "quantitative" || "axis" in x) return spec;
  const column = cell.columns.find((one) => one.name === x["field"]);
  if (isDate(column) || new Set(textsOf(column, cell)).size <= namesUpright) return spec;
  const offset = xOffset === undefined ? {} : { yOffset: xOffset };
  return { ...spec, encoding: { ...others, x: y, y: x, ...offset } };
}

function list(value: Json | undefined): readonly ChartSpec[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A size the spec gives is kept, but for "container", which means nothing on paper. Discrete heights go by step. */
function sizeOf(side: "width" | "height", spec: ChartSpec, encodings: readonly ChartSpec[]): ChartSpec {
  const given = spec[side];
  if (given !== undefined && given !== "container") return {};
  const channel = side === "width" ? "x" : "y";
  const discrete = encodings.some((encoding) => isDiscrete(encoding[channel]));
  if (side === "height") return { height: discrete ? { step: 20 } : plotHeight };
  return { width: cellPlotWidth };
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

function applyDefaultsChannel(place: ChannelPlace, context: CellContext): ChartSpec {
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

/** The name of the y axis is above the chart, to be read without turning the head. */
function titleOnTop(spec: ChartSpec): ChartSpec {
  const titles = new Set<string>();
  const lifted = liftFrom(spec, titles);
  if (titles.size === 0) return spec;
  const text = [...titles].join(", ");
  return { ...lifted, title: noteTitle(text) };
}

function liftFrom(node: ChartSpec, titles: Set<string>): ChartSpec {
  const layers = node["layer"];
  const lifted = Array.isArray(layers)
    ? { layer: layers.map((one: Json) => (isNode(one) ? liftFrom(one, titles) : one)) }
    : {};
  const encoding = node["encoding"];
  const y = isNode(encoding) ? encoding["y"] : undefined;
  if (!isNode(encoding) || !isNode(y)) return { ...node, ...lifted };
  const axis = isNode(y["axis"]) ? y["axis"] : {};
  const title = "title" in axis ? axis["title"] : y["title"];
  if (typeof title !== "string") return { ...node, ...lifted };
  titles.add(title);
  const { title: _, ...labels } = axis;
  const bare = y["axis"] === null ? {} : { axis: { ...labels, title: null } };
  return { ...node, ...lifted, encoding: { ...encoding, y: { ...y, title: null, ...bare } } };
}
