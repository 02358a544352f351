/**
 * The change of each value of a dimension with its 95% interval, against the change of all together. Drawn without Vega: a report may
 * have thirty of them. In: a metric and one of its dimensions. Out: SVG.
 */
import type { DimensionCut, DimensionResult, MetricResult } from "../../model/result.ts";
import { cutName } from "../../text/dimensions.ts";
import { changeText, notAvailable, partText } from "../../text/numbers.ts";
import { visible } from "../view/text.ts";
import { niceAxis, tickFormat, tickText } from "./axes.ts";
import { clamp } from "./delta-lines.ts";
import { escapeXml, round } from "./svg/svg-tree.ts";
import { fitText, textWidth } from "./svg/text-width.ts";
import { chartWidth, color, fontFamily, labelSize } from "./theme.ts";

const rowHeight = 20;
/** The report's table has them whole, and all of them. */
const nameWidth = 130;
const shown = 10;
const gap = 8;

/** The picture holds at least this much change on either side. */
const leastReach = 0.02;
/** So far beyond the largest change, and the half of the intervals that is narrower; what is further is cut off at an arrow. */
const room = 1.5;

/** Null where no value has a change. */
export function cutsChart(dimension: DimensionResult, metric: MetricResult): string | null {
  const cuts = dimension.values.slice(0, shown);
  const changes = cuts.flatMap(({ delta }) => delta ?? []);
  if (changes.length === 0) return null;
  const whole = metric.observation.delta;
  const axis = niceAxis(rangeOf(cuts, whole), 4);
  const names = cuts.map((cut) => fitText(visible(cutName(cut)), labelSize, nameWidth));
  const parts = cuts.map(({ contribution }) =>
    contribution === null ? notAvailable : partText(contribution),
  );
  const left = widest(names) + gap;
  const right = chartWidth - Math.max(widest(parts), 40) - gap;
  const height = cuts.length * rowHeight;
  const x = (value: number) =>
    round(left + ((clamp(value, axis) - axis.low) / (axis.high - axis.low)) * (right - left));
  const id = `by-${metric.name}-${dimension.name}`;
  const format = tickFormat(axis.step, "percent", "+");
  const label = (text: string, at: readonly [x: number, y: number], anchor: string, fill = color("fg")) =>
    `<text x="${at[0]}" y="${at[1]}" text-anchor="${anchor}" font-size="${labelSize}" fill="${fill}">${escapeXml(text)}</text>`;
  const rows = cuts.flatMap((cut, index) => {
    const y = round((index + 0.5) * rowHeight);
    return [
      label(names[index] ?? "", [0, y + 4], "start"),
      ...markOf(cut, x, y),
      ...arrowsOf(cut, axis, [left, right, y]),
      label(parts[index] ?? "", [chartWidth, y + 4], "end", color("muted")),
    ];
  });
  const ticks = axis.ticks.flatMap((tick) => [
    `<path d="M${x(tick)},0V${height}" stroke="${color("line")}"/>`,
    label(tick === 0 ? "0" : tickText(tick, format), [x(tick), height + 16], "middle", color("muted")),
  ]);
  const all = `<path d="M${whole === null ? 0 : x(whole)},0V${height}" stroke="${color("muted")}" stroke-dasharray="5 3"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${chartWidth}" height="${height + 22}" viewBox="0 0 ${chartWidth} ${height + 22}" role="img" aria-labelledby="${id}-title" font-family="${fontFamily}">`,
    `<title id="${id}-title">${escapeXml(titleOf(dimension, metric, cuts))}</title>`,
    ...ticks,
    ...(whole === null ? [] : [all]),
    ...rows,
    "</svg>",
  ].join("");
}

function titleOf(dimension: DimensionResult, metric: MetricResult, cuts: readonly DimensionCut[]): string {
  const texts = cuts.map((cut) => `${visible(cutName(cut))} ${changeText(cut.delta)}`);
  return `${metric.title} by ${visible(dimension.title)}, change and 95% interval: ${texts.slice(0, 3).join("; ")}`;
}

/** An interval as a line, the change as a dot; one that stands out is drawn red, and larger. */
function markOf({ delta, interval, standsOut }: DimensionCut, x: (value: number) => number, y: number) {
  const stroke = color(standsOut ? "rollback" : "candidate");
  return [
    ...(interval === null
      ? []
      : [`<path d="M${x(interval[0])},${y}H${x(interval[1])}" stroke="${stroke}" stroke-width="1.75"/>`]),
    ...(delta === null
      ? []
      : [`<circle cx="${x(delta)}" cy="${y}" r="${standsOut ? 5 : 3.5}" fill="${stroke}"/>`]),
  ];
}

/** Where an interval goes on beyond the frame. */
function arrowsOf(
  { interval, standsOut }: DimensionCut,
  { low, high }: { readonly low: number; readonly high: number },
  [left, right, y]: readonly [left: number, right: number, y: number],
): readonly string[] {
  const fill = color(standsOut ? "rollback" : "candidate");
  const arrow = (tip: number, back: number) => `<path d="M${round(tip)},${y}l${back},-4v8z" fill="${fill}"/>`;
  const [from, to] = interval ?? [low, high];
  return [...(from < low ? [arrow(left, 6)] : []), ...(to > high ? [arrow(right, -6)] : [])];
}

function rangeOf(cuts: readonly DimensionCut[], whole: number | null) {
  const changes = [...cuts.flatMap(({ delta }) => delta ?? []), whole ?? 0, 0];
  const reaches = cuts
    .flatMap(({ interval }) => (interval === null ? [] : [Math.max(...interval.map(Math.abs))]))
    .sort((left, right) => left - right);
  const narrower = reaches[Math.floor((reaches.length - 1) / 2)] ?? 0;
  const reach = room * Math.max(leastReach / room, narrower, ...changes.map(Math.abs));
  const ends = cuts.flatMap(({ interval }) => interval ?? []);
  return {
    low: Math.min(...changes, Math.max(-reach, Math.min(...ends, 0))),
    high: Math.max(...changes, Math.min(reach, Math.max(...ends, 0))),
  };
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => textWidth(text, labelSize)));
}
