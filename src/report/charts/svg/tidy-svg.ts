/**
 * What Vega drew, made fit for a report: accessible, without classes, styles and invisible parts, and with ids that no
 * other chart on the page uses. Text is never changed, but for characters that XML cannot hold.
 */

import { fontFamily } from "../theme.ts";
import { escapeXml, parseSvg, type SvgElement, type SvgNode, writeSvg, xmlText } from "./svg-tree.ts";

export interface SvgIdentity {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

export function tidySvg(svg: string, identity: SvgIdentity): string {
  const root = parseSvg(svg);
  const [, , width = "0", height = "0"] = (root.attributes.get("viewBox") ?? "").split(" ");
  const prefix = identity.id.replace(/[^\w-]/g, "_");
  const children = root.children.flatMap((child) => tidyNode(child, { prefix, inDefs: false }));
  return writeSvg({
    tag: "svg",
    attributes: new Map([
      ["xmlns", "http://www.w3.org/2000/svg"],
      ["class", "chart"],
      ["width", width],
      ["height", height],
      ["viewBox", `0 0 ${width} ${height}`],
      ["overflow", "visible"],
      ["font-family", fontFamily],
      ["role", "img"],
      ["aria-labelledby", `${prefix}-title ${prefix}-desc`],
    ]),
    children: [
      {
        tag: "title",
        attributes: new Map([["id", `${prefix}-title`]]),
        children: [escapeXml(identity.title)],
      },
      {
        tag: "desc",
        attributes: new Map([["id", `${prefix}-desc`]]),
        children: [escapeXml(identity.description)],
      },
      ...children,
    ],
  });
}

interface TidyContext {
  readonly prefix: string;
  readonly inDefs: boolean;
}

function tidyNode(node: SvgNode, context: TidyContext): readonly SvgNode[] {
  if (typeof node === "string") return [xmlText(node)];
  if (node.tag === "image" || node.tag === "a") throw new Error("a chart may not draw images or links");
  const inDefs = context.inDefs || node.tag === "defs";
  const attributes = tidyAttributes(node, context.prefix);
  if (!inDefs && isInvisible(node, attributes)) return [];
  const children = node.children.flatMap((child) => tidyNode(child, { ...context, inDefs }));
  if (node.tag !== "g") return [asCircle({ tag: node.tag, attributes, children })];
  const group = hoisted({ tag: "g", attributes, children });
  return group.children.length === 0 || group.attributes.size === 0 ? group.children : [group];
}

const circle = /^M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?$/;

/** Vega draws a dot as two arcs; a circle is half as long. */
function asCircle(node: SvgElement): SvgElement {
  const radius = node.tag === "path" ? circle.exec(node.attributes.get("d") ?? "")?.[1] : undefined;
  if (radius === undefined) return node;
  const { attributes, children } = node;
  const rest = [...attributes].filter(([name]) => name !== "d");
  return { tag: "circle", attributes: new Map([["r", radius], ...rest]), children };
}

const inherited = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "font-size",
  "font-weight",
  "text-anchor",
];

/** What all of several marks have in common is said once, on their group: a fifth of a chart by day. */
function hoisted(group: SvgElement): SvgElement {
  const marks = group.children.filter((child) => typeof child !== "string");
  const [first] = marks;
  if (first === undefined || marks.length < 2 || marks.some((mark) => mark.tag === "g")) return group;
  const common = inherited.flatMap((name) => {
    const value = first.attributes.get(name);
    return value !== undefined && marks.every((mark) => mark.attributes.get(name) === value)
      ? [[name, value] as const]
      : [];
  });
  const names = new Set(common.map(([name]) => name));
  const children = marks.map((mark) => ({
    ...mark,
    attributes: new Map([...mark.attributes].filter(([name]) => !names.has(name))),
  }));
  return { ...group, attributes: new Map([...group.attributes, ...common]), children };
}

/** Backgrounds nobody sees, foregrounds switched off, labels hidden because they overlap. */
function isInvisible(node: SvgElement, attributes: ReadonlyMap<string, string>): boolean {
  if (node.attributes.get("display") === "none" || attributes.get("opacity") === "0") return true;
  return node.tag === "path" && !attributes.has("fill") && !attributes.has("stroke");
}

const dropped = new Set(["class", "role", "style", "pointer-events", "font-family", "xlink:href"]);
const defaults: Readonly<Record<string, string>> = {
  opacity: "1",
  "stroke-width": "1",
  "text-anchor": "start",
  transform: "translate(0,0)",
  "stroke-dashoffset": "0",
};

function tidyAttributes(node: SvgElement, prefix: string): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  for (const [name, value] of node.attributes) {
    if (dropped.has(name) || name.startsWith("aria-") || defaults[name] === value) continue;
    if (reachesOut(value))
      throw new Error(`a chart may not refer to anything outside (${name} of a ${node.tag})`);
    if (value.includes("NaN"))
      throw new Error(`a position or colour is not a number (${name} of a ${node.tag})`);
    kept.set(name, name === "id" ? `${prefix}-${value}` : shorten(name, value, prefix));
  }
  return kept;
}

/** A browser fetches `fill="url(https://…)"`, also when a letter of it is written as an escape of CSS. */
function reachesOut(value: string): boolean {
  if (/^url\(#[\w-]+\)$/.test(value)) return false;
  return value.includes("\\") || /(^|[^a-z])(url|src|image|image-set|cross-fade|element)\(/i.test(value);
}

function shorten(name: string, value: string, prefix: string): string {
  if (value.startsWith("url(#")) return value.replace("url(#", `url(#${prefix}-`);
  if (name === "font-size") return value.replace(/px$/, "");
  // 33.000000000000014 → 33: a hundredth of a pixel is enough.
  return value.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100));
}
