/** What an analyst's spec may not do: read anything but its rows, draw images or links, name a column that is not there. */
import type { CellColumn } from "../../../model/result.ts";
import type { ChartSpec, Json } from "../spec.ts";

/** Throws an Error that names the first fault. */
export function checkSpec(spec: ChartSpec, columns: readonly CellColumn[]): void {
  const nodes = objectsOf(spec);
  for (const node of nodes) {
    checkData(node["data"]);
    checkKeys(node);
  }
  checkFields(nodes, columns);
}

type Node = { readonly [key: string]: Json | undefined };

export function isNode(value: Json | undefined): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The spec and every object inside of it, whatever it is called. */
function objectsOf(value: Json | undefined): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (!isNode(value)) return [];
  return [
    value,
    ...Object.entries(value).flatMap(([key, child]) => (key === "values" ? [] : objectsOf(child))),
  ];
}

function checkData(data: Json | undefined): void {
  if (data === undefined || data === null) return;
  if (isNode(data) && (data["name"] === "rows" || Array.isArray(data["values"])) && data["url"] === undefined)
    return;
  throw new Error(`data may only be {"name": "rows"}, the rows of the cell, not ${JSON.stringify(data)}`);
}

/** Wherever they stand, in a mark, a channel, a style or the config, these make Vega fetch or link. */
function checkKeys(node: Node): void {
  for (const key of ["href", "url"]) {
    if (node[key] !== undefined)
      throw new Error(`a chart may not have "${key}": it loads nothing and links nowhere`);
  }
  const mark = isNode(node["mark"]) ? node["mark"]["type"] : node["mark"];
  if (mark === "image") throw new Error("a chart may not draw images");
}

/** Transforms whose new columns depend on the rows: what comes after them cannot be checked here. */
const openEnded = ["pivot", "flatten", "lookup", "loess", "regression", "density", "quantile"];

function checkFields(nodes: readonly Node[], columns: readonly CellColumn[]): void {
  if (nodes.some((node) => openEnded.some((transform) => transform in node))) return;
  const known = new Set([...columns.map((column) => column.name), ...nodes.flatMap(createdBy)]);
  for (const field of nodes.flatMap((node) => (typeof node["field"] === "string" ? [node["field"]] : []))) {
    const name = field.replace(/\\(.)/g, "$1").replace(/^\[['"]?(.*?)['"]?\]$/, "$1");
    if (known.has(name) || known.has(name.replace(/^datum\./, ""))) continue;
    throw new Error(
      `"${name}" is not a column of this cell (columns: ${columns.map((column) => column.name).join(", ")})`,
    );
  }
}

/** Names that a transform gives to new columns: {"calculate": …, "as": "share"}. */
function createdBy(node: Node): readonly string[] {
  const as = node["as"];
  const named =
    typeof as === "string" ? [as] : Array.isArray(as) ? as.filter((name) => typeof name === "string") : [];
  return "fold" in node && as === undefined ? ["key", "value"] : named;
}
