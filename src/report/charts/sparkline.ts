/**
 * A trend in 100 x 22 pixels, drawn without Vega: a line, its last point, and the lines of the guardrail. It carries no
 * text; what it shows is said in its title.
 */
import { escapeXml, round } from "./svg/svg-tree.ts";
import { color } from "./theme.ts";

export interface SparklineOptions {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** Horizontal lines that the trend is compared with, e.g. 0 and the rollback line; the picture's range contains them. */
  readonly zero?: number | undefined;
  readonly limit?: number | undefined;
  /** Places between values at which something else begins, e.g. 3.5: a vertical line between the fourth and the fifth. */
  readonly marks?: readonly number[] | undefined;
  readonly width?: number;
  readonly height?: number;
}

/** Missing values break the line. Empty when nothing is to be drawn. */
export function sparkline(values: readonly (number | null)[], options: SparklineOptions): string {
  const { width = 100, height = 22 } = options;
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return "";
  const guides = [options.zero, options.limit].filter((value) => value !== undefined);
  const low = Math.min(...known, ...guides);
  const high = Math.max(...known, ...guides);
  const pad = 3;
  const x = (index: number) =>
    round(pad + (values.length < 2 ? 0.5 : index / (values.length - 1)) * (width - 2 * pad));
  const y = (value: number) =>
    round(height - pad - (high === low ? 0.5 : (value - low) / (high - low)) * (height - 2 * pad));
  const across = (value: number | undefined, attributes: string) =>
    value === undefined ? "" : `<path d="M0,${y(value)}H${width}" ${attributes}/>`;
  const last = values.findLastIndex((value) => value !== null);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="sparkline" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${options.id}-title">`,
    `<title id="${options.id}-title">${escapeXml(options.title)}</title>`,
    across(options.zero, `stroke="${color("line")}"`),
    ...(options.marks ?? []).map(
      (mark) => `<path d="M${x(mark)},0V${height}" stroke="${color("muted")}" stroke-dasharray="2 2"/>`,
    ),
    across(options.limit, `stroke="${color("rollback")}" stroke-dasharray="3 2"`),
    `<path d="${linePath(withBreaks(values, options.marks ?? []), { x, y })}" fill="none" stroke="${color("candidate")}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>`,
    `<circle cx="${x(last)}" cy="${y(values[last] ?? 0)}" r="2.2" fill="${color("candidate")}"/>`,
    "</svg>",
  ].join("");
}

interface Point {
  readonly index: number;
  readonly value: number | null;
}

/** What begins at a mark is not joined with what was before. */
function withBreaks(values: readonly (number | null)[], marks: readonly number[]): readonly Point[] {
  const points = values.map((value, index) => ({ index, value }));
  const breaks = marks.map((index) => ({ index, value: null }));
  return [...points, ...breaks].sort((a, b) => a.index - b.index);
}

interface Scales {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

/** A value alone between two gaps is drawn as a dash with round ends: a dot of the line's width would be overlooked. */
function linePath(points: readonly Point[], { x, y }: Scales): string {
  const isGap = (point: Point | undefined) => point === undefined || point.value === null;
  return points
    .map((point, at) => {
      if (point.value === null) return "";
      const [left, top] = [x(point.index), y(point.value)];
      if (!isGap(points[at - 1])) return `L${left},${top}`;
      return isGap(points[at + 1]) ? `M${round(left - 1.5)},${top}h3` : `M${left},${top}`;
    })
    .join("");
}
