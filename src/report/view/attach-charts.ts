/** Puts drawn charts into the places a view keeps for them. A chart that failed becomes a sentence. */
import type { ChartSet } from "../charts/render.ts";
import type { CellView } from "./cell.ts";
import type { MetricView } from "./metric.ts";
import { visible } from "./text.ts";
import type { View } from "./view.ts";

export function attachCharts(view: View, charts: ChartSet): View {
  const metric = (entry: MetricView): MetricView => ({
    ...entry,
    dimensions: entry.dimensions.map((dimension) => ({
      ...dimension,
      chart: charts.cuts.get(entry.name)?.get(dimension.name) ?? null,
    })),
    charts: {
      sparkline: charts.sparklines.get(entry.name) ?? null,
      delta: charts.deltas.get(entry.name) ?? null,
      values: charts.values.get(entry.name) ?? null,
      clock: charts.clocks.get(entry.name) ?? null,
      movers: charts.concentration.get(entry.name) ?? null,
    },
  });
  const traffic = { ...view.health.traffic, chart: charts.traffic };
  return {
    ...view,
    guardrails: view.guardrails.map(metric),
    informational: view.informational.map(metric),
    health: { ...view.health, traffic },
    cells: view.cells.map((cell) => withChart(cell, charts)),
    gateTimeline: charts.gateTimeline,
    chartErrors: [...charts.errors].map(([id, message]) => visible(`${id}: ${message}`)),
  };
}

function withChart(cell: CellView, charts: ChartSet): CellView {
  const drawing = charts.cells.get(cell.name);
  if (drawing === undefined) return cell;
  return "svg" in drawing ? { ...cell, chart: drawing.svg } : { ...cell, chartError: visible(drawing.error) };
}
