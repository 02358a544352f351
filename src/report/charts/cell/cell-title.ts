/** The name of the y axis stands above the chart, to be read without turning the head. */

import { noteTitle } from "../frame.ts";
import type { ChartSpec, Json } from "../spec.ts";
import { isNode } from "./cell-check.ts";

export function titleOnTop(spec: ChartSpec): ChartSpec {
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
