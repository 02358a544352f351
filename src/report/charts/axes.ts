/**
 * Pure arithmetic of number axes and of labels beside them. Domains and ticks are chosen here and not by Vega, so that
 * every label is known before it is drawn and none is dropped.
 */

import type { Channel } from "./spec.ts";

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface NumberAxis extends Range {
  readonly ticks: readonly number[];
  readonly step: number;
}

/** The smallest range of whole steps (1, 2, 2.5 or 5 times a power of ten) that contains `range` in about `count` steps. */
export function niceAxis(range: Range, count = 5): NumberAxis {
  const size = Math.max(Math.abs(range.low), Math.abs(range.high));
  const span = range.high - range.low;
  // A range without extent, or one that is rounding noise, gets one as large as its number.
  const rough = (size < 1e-300 ? 1 : span > size * 1e-9 ? span : size) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough - rough * 1e-9) ?? 10);
  const first = Math.floor(range.low / step + 1e-9);
  const last = Math.max(Math.ceil(range.high / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => clean((first + index) * step));
  return { low: clean(first * step), high: clean(last * step), ticks, step };
}

/** 0.30000000000000004 → 0.3 */
function clean(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}

/** d3 format of an axis whose ticks are `step` apart: "+.1%" for 0.025, ",.0f" for 1000. */
export function tickFormat(step: number, unit: "percent" | "number", sign: "" | "+" = ""): string {
  const scaled = unit === "percent" ? step * 100 : step;
  const decimals = Math.max(
    0,
    [0, 1, 2, 3, 4].find((n) => Math.abs(scaled * 10 ** n - Math.round(scaled * 10 ** n)) < 1e-6) ?? 5,
  );
  return unit === "percent" ? `${sign}.${decimals}%` : `${sign},.${decimals}f`;
}

/** A tick as Vega writes it, to know how wide it is. */
export function tickText(tick: number, format: string): string {
  const decimals = Number(/\.(\d)/.exec(format)?.[1] ?? 0);
  const sign = tick < 0 ? "−" : format.startsWith("+") && tick > 0 ? "+" : "";
  const size = Math.abs(format.endsWith("%") ? tick * 100 : tick).toFixed(decimals);
  const [whole = "", ...rest] = size.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${[grouped, ...rest].join(".")}${format.endsWith("%") ? "%" : ""}`;
}

/** Scale and axis of a number channel. */
export function numberChannel(axis: NumberAxis, format: string): Channel {
  return {
    scale: { domain: [axis.low, axis.high], nice: false, zero: false },
    axis: {
      title: null,
      values: axis.ticks,
      // Without a count Vega thins out given values, too.
      tickCount: axis.ticks.length,
      // "+0%" and "−0%" are no numbers anybody writes.
      labelExpr: `datum.value === 0 ? replace(format(0, '${format}'), '+', '') : format(datum.value, '${format}')`,
      labelOverlap: false,
    },
  };
}

/**
 * Moves labels that are closer than `gap`, each as little as possible (least squares: pool adjacent violators,
 * Ayer et al. 1955), then into the range; their order is kept.
 */
export function spreadLabels(positions: readonly number[], gap: number, range: Range): readonly number[] {
  const order = positions.map((_, index) => index).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  const pools: { readonly sum: number; readonly count: number }[] = [];
  order.forEach((index, rank) => {
    let pool = { sum: (positions[index] ?? 0) - rank * gap, count: 1 };
    for (let last = pools.at(-1); last !== undefined && mean(last) > mean(pool); last = pools.at(-1)) {
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const ranked = pools.flatMap((pool) => Array.from({ length: pool.count }, () => mean(pool)));
  const spare = range.high - (order.length - 1) * gap;
  const placed = [...positions];
  order.forEach((index, rank) => {
    placed[index] = Math.max(range.low, Math.min(ranked[rank] ?? 0, spare)) + rank * gap;
  });
  return placed;
}

function mean(pool: { readonly sum: number; readonly count: number }): number {
  return pool.sum / pool.count;
}
