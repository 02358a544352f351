/**
 * A chart as a file of its own, e.g. reports/…/charts/delta-ctr.svg: its title drawn above it, and a background, since a
 * viewer may be dark and knows no theme.
 */
import { parseSvg, type SvgElement, type SvgNode, writeSvg } from "./svg-tree.ts";
import { color, titleSize } from "./theme.ts";

const headHeight = 26;
const margin = 8;

export function standaloneSvg(svg: string): string {
  const root = parseSvg(svg);
  const [title, description, ...drawing] = root.children;
  const width = Number(root.attributes.get("width")) + 2 * margin;
  const height = Number(root.attributes.get("height")) + headHeight + 2 * margin;
  const attributes = new Map([
    ...root.attributes,
    ["width", String(width)],
    ["height", String(height)],
    ["viewBox", `${-margin} ${-headHeight - margin} ${width} ${height}`],
  ]);
  const background = element("rect", {
    x: -margin,
    y: -headHeight - margin,
    width,
    height,
    fill: color("bg"),
  });
  const head = element(
    "text",
    { x: 2, y: -9, "font-size": titleSize, "font-weight": "bold", fill: color("fg") },
    textOf(title),
  );
  return writeSvg({
    ...root,
    attributes,
    children: [title, description, background, head, ...drawing].filter((node) => node !== undefined),
  });
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly SvgNode[] = [],
): SvgElement {
  return {
    tag,
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, String(value)])),
    children,
  };
}

function textOf(node: SvgNode | undefined): readonly SvgNode[] {
  return node === undefined || typeof node === "string" ? [] : node.children;
}
