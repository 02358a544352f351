/**
 * A chart as a file of its own, e.g. charts/delta-ctr.svg: its title drawn above it, and a background, since a viewer
 * may be dark and knows no theme.
 */

import { color, titleSize } from "../theme.ts";
import { parseSvg, type SvgElement, type SvgNode, writeSvg } from "./svg-tree.ts";
import { wrapText } from "./text-width.ts";

const lineHeight = 17;
const margin = 8;

export function standaloneSvg(svg: string): string {
  const root = parseSvg(svg);
  const [title, description, ...drawing] = root.children;
  const chartWidth = Number(root.attributes.get("width"));
  const lines = wrapText(textOf(title), chartWidth, { size: titleSize, weight: "bold" });
  const head = lines.length * lineHeight + margin;
  const width = chartWidth + 2 * margin;
  const height = Number(root.attributes.get("height")) + head + margin;
  const attributes = new Map([
    ...root.attributes,
    ["width", String(width)],
    ["height", String(height)],
    ["viewBox", `${-margin} ${-head} ${width} ${height}`],
  ]);
  const background = element("rect", { x: -margin, y: -head, width, height, fill: color("bg") });
  const font = { "font-size": titleSize, "font-weight": "bold", fill: color("fg") };
  const titles = lines.map((line, index) =>
    element("text", { x: 2, y: (index - lines.length) * lineHeight + 11, ...font }, [line]),
  );
  const children = [title, description, background, ...titles, ...drawing];
  return writeSvg({ ...root, attributes, children: children.filter((node) => node !== undefined) });
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly SvgNode[] = [],
): SvgElement {
  const written = Object.entries(attributes).map(([name, value]) => [name, String(value)] as const);
  return { tag, attributes: new Map(written), children };
}

/** Escaped as in the file; an entity counts as its letters, so a line may break early, never late. */
function textOf(node: SvgNode | undefined): string {
  return node === undefined || typeof node === "string" ? "" : node.children.join("");
}
