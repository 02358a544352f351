/** Names at the right end of what they name, in place of a legend; moved where they would overlap. */
import { type NumberAxis, spreadLabels } from "./axes.ts";
import type { ChartFrame } from "./frame.ts";
import { amount, asIs, type ChartLayer, layer } from "./spec.ts";
import { labelSize } from "./theme.ts";

export interface SideLabel {
  /** Where it belongs on the y axis, in the axis' numbers. */
  readonly at: number;
  readonly text: string;
  readonly color: string;
}

export function sideLabels(labels: readonly SideLabel[], axis: NumberAxis, plot: ChartFrame): ChartLayer {
  const span = axis.high - axis.low;
  const pixels = spreadLabels(
    labels.map((label) => ((axis.high - label.at) / span) * plot.height),
    labelSize + 2,
    { low: 0, high: plot.height },
  );
  const rows = labels.map((label, index) => ({
    ...label,
    at: axis.high - ((pixels[index] ?? 0) / plot.height) * span,
  }));
  return layer(
    rows,
    { type: "text", align: "left", baseline: "middle", x: plot.width + 7 },
    { y: amount("at"), text: { field: "text" }, color: asIs("color") },
  );
}
