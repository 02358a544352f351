/** Charts of results: drawing takes most of a report's time, and many tests look at the same few, so each is drawn once. */
import type { Result } from "../../src/model/result.ts";
import { type ChartSet, renderCharts } from "../../src/report/charts/render.ts";
import type { Chart } from "../../src/report/charts/spec.ts";
import { drawApart } from "../../src/report/charts/svg/draw-apart.ts";

const drawn = new Map<string, Promise<string>>();

export function chartsOf(result: Result): Promise<ChartSet> {
  return renderCharts(result, rememberedDrawing);
}

export function rememberedDrawing(chart: Chart): Promise<string> {
  const key = JSON.stringify(chart);
  const svg = drawn.get(key) ?? drawApart(chart);
  drawn.set(key, svg);
  return svg;
}
