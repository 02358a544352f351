/**
 * The SVG text that Vega writes, as a tree and back. It reads Vega's own output (well-formed, no comments, no CDATA)
 * and nothing else; it does not validate.
 */

import { visible } from "../../view/text.ts";

export interface SvgElement {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly SvgNode[];
}

/** A string is text as in the file, entities and all. */
export type SvgNode = SvgElement | string;

const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|[^<]+/g;
const attribute = /([\w:-]+)="([^"]*)"/g;

interface OpenElement {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: SvgNode[];
}

export function parseSvg(text: string): SvgElement {
  const root: OpenElement = { tag: "", attributes: new Map(), children: [] };
  const open = [root];
  for (const match of text.matchAll(token)) {
    const [whole, closing, tag, attributes = "", selfClosing] = match;
    const parent = open.at(-1) ?? root;
    if (tag === undefined) parent.children.push(whole);
    else if (closing === "/") open.pop();
    else {
      const element = { tag, attributes: readAttributes(attributes), children: [] };
      parent.children.push(element);
      if (selfClosing !== "/") open.push(element);
    }
  }
  const svg = root.children.find((child) => typeof child !== "string");
  if (svg === undefined || typeof svg === "string") throw new Error("not an SVG document");
  return svg;
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(attribute)].map(([, name = "", value = ""]) => [name, value]));
}

export function writeSvg(node: SvgNode): string {
  if (typeof node === "string") return node;
  const attributes = [...node.attributes].map(([name, value]) => ` ${name}="${value}"`).join("");
  if (node.children.length === 0) return `<${node.tag}${attributes}/>`;
  return `<${node.tag}${attributes}>${node.children.map(writeSvg).join("")}</${node.tag}>`;
}

/** Text as it is, but for characters that XML cannot hold or nobody can see: they are spelled out. */
export function xmlText(text: string): string {
  return visible(text).replace(/[\ufffe\uffff]/g, "\ufffd");
}

/** A coordinate: a tenth of a pixel is as fine as is seen. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function escapeXml(text: string): string {
  return xmlText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
