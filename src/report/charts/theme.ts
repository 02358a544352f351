/**
 * How every chart looks: one Vega-Lite config. Colours are theme tokens with their light value as the literal
 * (`var(--candidate, #1f5fae)`), so that one SVG serves light, dark, print, a strict content policy and viewers that
 * drop styles. Tokens are in templates/theme.css; a test compares the literals with it.
 */
import type { ChartSpec } from "./spec.ts";

export const literals = {
  bg: "#ffffff",
  fg: "#1c2128",
  muted: "#59636e",
  line: "#d9dee4",
  accent: "#1f5fae",
  baseline: "#8b949e",
  candidate: "#1f5fae",
  healthy: "#1a7a42",
  warning: "#8f5b00",
  rollback: "#b0231f",
  nodata: "#59636e",
  "accent-soft": "#e6effa",
  "warning-soft": "#fdf0cf",
  "rollback-soft": "#f9d5d1",
  // Categories that are no variants.
  "series-a": "#6b3fa0",
  "series-b": "#b8741a",
  "series-c": "#0b6b63",
  "series-d": "#c2569a",
  "series-e": "#5a4a1f",
  "series-f": "#4f8f3a",
  // Of mail and pictures alone.
  card: "#f6f7f9",
  "healthy-soft": "#e1f4e7",
  "nodata-soft": "#eceff2",
  "verdict-fg": "#ffffff",
  "verdict-promote": "#17693a",
  "verdict-hold": "#85560a",
  "verdict-rollback": "#a51d1a",
  "verdict-disabled": "#4b5560",
} as const;

export type ThemeToken = keyof typeof literals;

export const tokens: readonly ThemeToken[] = Object.keys(literals) as ThemeToken[];

export function color(token: ThemeToken): string {
  return `var(--${token}, ${literals[token]})`;
}

export const fontFamily = "Arial, Helvetica, Liberation Sans, sans-serif";
export const labelSize = 12;
export const titleSize = 13;

/** Width a chart aims at, axis labels and direct labels included: at 360 px of phone the 12 px labels are still 9.7 px. */
export const chartWidth = 385;

/** Lines of categories that are not variants. */
export const categoryDashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [9, 3, 2, 3],
  [4, 2],
  [12, 4],
];

/** Width of the plot alone where an analyst's spec gives none. */
export const cellPlotWidth = 370;

/** Dash patterns, so that no difference rests on colour alone. */
export const dashes = {
  solid: [1, 0],
  baseline: [5, 3],
  warning: [2, 3],
  rollback: [6, 3],
  severe: [1, 0],
  exposure: [6, 3],
  gate: [2, 2],
} as const;

/** Area of a dot in square pixels: a month of large dots is a caterpillar. */
export function dotSize(count: number): number {
  return count > 16 ? 20 : 36;
}

/**
 * Colours of categories that are not variants, none of them a variant's or a verdict's; neighbours differ in lightness, because
 * stacked bars put neighbours side by side.
 */
export const categories: readonly string[] = [
  color("series-a"),
  color("series-b"),
  color("series-c"),
  color("series-d"),
  color("series-e"),
  color("series-f"),
];

/** Light enough to see on dark, dark enough on light: a ramp interpolates, so it cannot be made of tokens. */
const ramp = ["#a8c7ea", "#6f9fd4", "#3f78b8", "#1f5fae"];

export const config: ChartSpec = {
  aria: false,
  background: null,
  font: fontFamily,
  padding: { left: 2, top: 2, right: 2, bottom: 2 },
  view: { stroke: null },
  mark: { color: color("series-a") },
  // No width here: Vega-Lite 6.4 lets it win over a condition of the encoding. Its own is 2.
  line: { strokeJoin: "round" },
  point: { filled: true, size: 30 },
  rule: { color: color("muted") },
  text: { color: color("fg"), fontSize: labelSize },
  bar: { timeUnitBandSize: 0.85 },
  axis: {
    labelColor: color("muted"),
    labelFontSize: labelSize,
    labelLimit: 0,
    labelPadding: 5,
    titleColor: color("muted"),
    titleFontSize: labelSize,
    titleFontWeight: "normal",
    titleLimit: 0,
    titlePadding: 8,
    domain: false,
    ticks: false,
    grid: false,
    gridColor: color("line"),
    domainColor: color("line"),
    tickColor: color("line"),
  },
  axisYQuantitative: { grid: true },
  axisXQuantitative: { grid: true },
  axisXTemporal: { domain: true, ticks: true, tickSize: 4 },
  axisXDiscrete: { domain: true },
  axisXBand: { domain: true },
  legend: {
    orient: "top",
    direction: "horizontal",
    title: null,
    labelColor: color("fg"),
    labelFontSize: labelSize,
    labelLimit: 0,
    titleLimit: 0,
    offset: 10,
    symbolSize: 60,
    symbolStrokeWidth: 2,
    columnPadding: 14,
  },
  header: {
    labelColor: color("fg"),
    labelFontSize: labelSize,
    labelFontWeight: "bold",
    labelAnchor: "start",
    labelLimit: 0,
    titleColor: color("muted"),
  },
  title: {
    anchor: "start",
    frame: "bounds",
    color: color("fg"),
    fontSize: titleSize,
    fontWeight: "bold",
    subtitleColor: color("muted"),
    subtitleFontSize: labelSize,
    limit: 0,
    offset: 8,
    subtitlePadding: 3,
  },
  range: { category: categories, ordinal: ramp, ramp, heatmap: ramp },
};
