/** Where the texts of an SVG stand, measured with the same width table that laid them out. */
import { parseSvg, type SvgElement } from "../../src/report/charts/svg/svg-tree.ts";
import { textWidth } from "../../src/report/charts/svg/text-width.ts";

export interface PlacedText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** a b c d e f of SVG's matrix(a, b, c, d, e, f). */
type Matrix = readonly [number, number, number, number, number, number];

const identity: Matrix = [1, 0, 0, 1, 0, 0];

function multiply(m: Matrix, n: Matrix): Matrix {
  const [a, b, c, d, e, f] = m;
  const [g, h, i, j, k, l] = n;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function matrixOf(transform: string): Matrix {
  return [...transform.matchAll(/(translate|rotate|scale)\(([^)]*)\)/g)].reduce<Matrix>(
    (matrix, [, kind, args]) => {
      const [x = 0, y = 0] = (args ?? "").split(/[ ,]+/).map(Number);
      const turn = (x * Math.PI) / 180;
      const own: Matrix =
        kind === "translate"
          ? [1, 0, 0, 1, x, y]
          : kind === "scale"
            ? [x, 0, 0, y || x, 0, 0]
            : [Math.cos(turn), Math.sin(turn), -Math.sin(turn), Math.cos(turn), 0, 0];
      return multiply(matrix, own);
    },
    identity,
  );
}

export function viewBox(svg: string): Box {
  const [left = 0, top = 0, width = 0, height = 0] = (parseSvg(svg).attributes.get("viewBox") ?? "")
    .split(" ")
    .map(Number);
  return { left, top, right: left + width, bottom: top + height };
}

export function placedTexts(svg: string): readonly PlacedText[] {
  return textsIn(parseSvg(svg), identity, new Map());
}

export function elements(svg: string): readonly SvgElement[] {
  const all = (node: SvgElement): readonly SvgElement[] => [
    node,
    ...node.children.flatMap((child) => (typeof child === "string" ? [] : all(child))),
  ];
  return all(parseSvg(svg));
}

type Font = ReadonlyMap<string, string>;
const fontNames = ["font-size", "font-weight", "text-anchor"];

/** Font and anchor are inherited from the groups around a text. */
function textsIn(node: SvgElement, outer: Matrix, around: Font): readonly PlacedText[] {
  const matrix = multiply(outer, matrixOf(node.attributes.get("transform") ?? ""));
  const font = new Map([...around, ...[...node.attributes].filter(([name]) => fontNames.includes(name))]);
  if (node.tag === "text") return linesOf(node, matrix, font);
  return node.children.flatMap((child) => (typeof child === "string" ? [] : textsIn(child, matrix, font)));
}

/** A text with several lines holds a tspan a line, each a line height below the last. */
function linesOf(node: SvgElement, matrix: Matrix, font: Font): readonly PlacedText[] {
  const spans = node.children.filter((child) => typeof child !== "string");
  if (spans.length === 0) return [place(node, node.children.join(""), { matrix, font, down: 0 })];
  let down = 0;
  return spans.map((span) => {
    down += Number(span.attributes.get("dy") ?? 0);
    return place(node, span.children.join(""), { matrix, font, down });
  });
}

function place(
  node: SvgElement,
  escaped: string,
  at: { readonly matrix: Matrix; readonly font: Font; readonly down: number },
): PlacedText {
  const text = escaped
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
  const size = Number(at.font.get("font-size"));
  const width = textWidth(text, size, at.font.get("font-weight") === "bold" ? "bold" : "normal");
  const anchor = at.font.get("text-anchor") ?? "start";
  const x =
    Number(node.attributes.get("x") ?? 0) - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
  const y = Number(node.attributes.get("y") ?? 0) + at.down;
  const corners = [
    [x, y - 0.75 * size],
    [x + width, y - 0.75 * size],
    [x, y + 0.22 * size],
    [x + width, y + 0.22 * size],
  ].map(([px = 0, py = 0]) => {
    const [a, b, c, d, e, f] = at.matrix;
    return [a * px + c * py + e, b * px + d * py + f] as const;
  });
  const xs = corners.map(([px]) => px);
  const ys = corners.map(([, py]) => py);
  return {
    text,
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}
