/**
 * Every chart of a report. In: a Result. Out: SVG texts and the specs they were drawn from. A chart that cannot be drawn
 * is an entry in `errors` (a cell's in its own place), never a missing picture without a word. Nothing is read from disk.
 */

import { messageOf } from "../../model/error.ts";
import type { CellResult, MetricResult, Result } from "../../model/result.ts";
import { signedLines } from "../../text/beside.ts";
import { changeText } from "../../text/numbers.ts";
import { slotNounOf } from "../../text/times.ts";
import { cellChart } from "./cell/cell-chart.ts";
import { clockChart } from "./clock.ts";
import { cutsChart } from "./cuts.ts";
import { deltaTrend } from "./delta-trend.ts";
import { gateTimeline } from "./gate-timeline.ts";
import { movers } from "./movers.ts";
import { sparkline } from "./sparkline.ts";
import type { Chart, ChartSpec } from "./spec.ts";
import { drawApart } from "./svg/draw-apart.ts";
import { trafficShare } from "./traffic-share.ts";
import { variantValues } from "./variant-values.ts";

export type CellDrawing = { readonly svg: string } | { readonly error: string };

/** The SVG text of a chart; throws an Error where there can be none. */
export type Drawing = typeof drawApart;

export interface ChartSet {
  /** By cell name; cells without a chart are absent. */
  readonly cells: ReadonlyMap<string, CellDrawing>;
  /** By metric name; metrics without numbers are absent. */
  readonly deltas: ReadonlyMap<string, string>;
  readonly values: ReadonlyMap<string, string>;
  readonly sparklines: ReadonlyMap<string, string>;
  readonly concentration: ReadonlyMap<string, string>;
  readonly clocks: ReadonlyMap<string, string>;
  /** By metric name, then by that of the dimension. */
  readonly cuts: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly traffic: string | null;
  readonly gateTimeline: string | null;
  /** By chart id: "delta-ctr", "values-ctr", "movers-top_author_share", "clock-ctr", "traffic", "gates", "cell-NAME". */
  readonly specs: ReadonlyMap<string, ChartSpec>;
  /** By chart id: charts of gatebook's own that could not be drawn. */
  readonly errors: ReadonlyMap<string, string>;
}

export const noCharts: ChartSet = {
  cells: new Map(),
  deltas: new Map(),
  values: new Map(),
  sparklines: new Map(),
  concentration: new Map(),
  clocks: new Map(),
  cuts: new Map(),
  traffic: null,
  gateTimeline: null,
  specs: new Map(),
  errors: new Map(),
};

/** `draw` may be another way to draw, e.g. one that remembers what it drew before. */
export async function renderCharts(given: Result, draw: Drawing = drawApart): Promise<ChartSet> {
  const result = onTheAxis(given);
  const begun = new Map<string, ReturnType<typeof drawn>>();
  const add = (id: string, make: () => Chart | null): void => {
    begun.set(id, drawn(make, draw));
  };
  for (const metric of result.metrics) {
    add(`delta-${metric.name}`, () => deltaTrend(metric, result));
    add(`values-${metric.name}`, () => variantValues(metric, result));
    add(`movers-${metric.name}`, () => movers(metric));
    add(`clock-${metric.name}`, () => clockChart(metric));
  }
  add("traffic", () => trafficShare(result));
  add("gates", () => gateTimeline(result));
  for (const cell of result.cells) add(`cell-${cell.name}`, () => cellChart(cell, result));
  const svgs = new Map<string, string>();
  const specs = new Map<string, ChartSpec>();
  const errors = new Map<string, string>();
  await Promise.allSettled(begun.values());
  for (const [id, drawing] of begun) {
    try {
      const made = await drawing;
      if (made === null) continue;
      svgs.set(id, made.svg);
      specs.set(id, made.spec);
    } catch (error) {
      errors.set(id, messageOf(error));
    }
  }
  const cellIds = new Set(result.cells.map((cell) => `cell-${cell.name}`));
  return {
    cells: new Map(result.cells.flatMap((cell) => cellEntry(cell, svgs, errors))),
    deltas: byMetric(result, "delta", svgs),
    values: byMetric(result, "values", svgs),
    concentration: byMetric(result, "movers", svgs),
    clocks: byMetric(result, "clock", svgs),
    cuts: new Map(result.metrics.map((metric) => [metric.name, cutCharts(metric)])),
    sparklines: new Map(result.metrics.flatMap(sparklineEntry)),
    traffic: svgs.get("traffic") ?? null,
    gateTimeline: svgs.get("gates") ?? null,
    specs,
    errors: new Map([...errors].filter(([id]) => !cellIds.has(id))),
  };
}

async function drawn(make: () => Chart | null, draw: Drawing) {
  const chart = make();
  return chart === null ? null : { svg: await draw(chart), spec: chart.spec };
}

/** Hours of the clock, "2026-02-01T13", as the instants of an axis that is read as UTC. */
function onTheAxis(result: Result): Result {
  const placed = <Part extends { readonly date: string }>(parts: readonly Part[]): readonly Part[] =>
    parts.map((part) => (hourOnly.test(part.date) ? { ...part, date: `${part.date}:00:00Z` } : part));
  return {
    ...result,
    metrics: result.metrics.map((metric) => ({ ...metric, days: placed(metric.days) })),
    traffic: { ...result.traffic, days: placed(result.traffic.days) },
  };
}

const hourOnly = /T\d\d$/;

type TextsByName = ReadonlyMap<string, string>;

function byMetric(result: Result, kind: string, drawn: TextsByName): TextsByName {
  return new Map(
    result.metrics.flatMap(({ name }) => {
      const svg = drawn.get(`${kind}-${name}`);
      return svg === undefined ? [] : [[name, svg] as const];
    }),
  );
}

function cellEntry(
  cell: CellResult,
  drawn: TextsByName,
  errors: TextsByName,
): readonly (readonly [string, CellDrawing])[] {
  const id = `cell-${cell.name}`;
  const [svg, error] = [drawn.get(id), errors.get(id)];
  if (svg !== undefined) return [[cell.name, { svg }]];
  return error === undefined ? [] : [[cell.name, { error }]];
}

function cutCharts(metric: MetricResult): ReadonlyMap<string, string> {
  return new Map(
    metric.dimensions.flatMap((dimension) => {
      const svg = cutsChart(dimension, metric);
      return svg === null ? [] : [[dimension.name, svg] as const];
    }),
  );
}

function sparklineEntry(metric: MetricResult): readonly (readonly [string, string])[] {
  const deltas = metric.days.map((day) => day.delta);
  const known = deltas.filter((delta) => delta !== null);
  const last = known.at(-1);
  if (last === undefined) return [];
  const range = `from ${changeText(Math.min(...known))} to ${changeText(Math.max(...known))}, last ${changeText(last)}`;
  const limit = signedLines(metric.thresholds).find((line) => line.level === "rollback")?.at;
  const title = `${metric.title} by ${slotNounOf(metric.days)}: ${range}`;
  return [[metric.name, sparkline(deltas, { id: `spark-${metric.name}`, title, zero: 0, limit })]];
}
