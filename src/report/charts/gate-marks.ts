/** Where a gate began: a thin vertical line with the gate's name above the plot. */
import type { Result } from "../../model/result.ts";
import { type ChartLayer, layer, time } from "./spec.ts";
import { color, dashes } from "./theme.ts";
import { instant, type TimeAxis } from "./time-axis.ts";

/** Nothing when all that is shown lies in one gate. */
export function gateMarks(result: Result, x: TimeAxis): readonly ChartLayer[] {
  const starts = result.rollout.gates.flatMap((gate) => {
    const at = gate.started === null ? Number.NaN : instant(gate.started) - x.half;
    return at > x.first - x.half && at < x.last + x.half ? [{ at, gate: gate.name }] : [];
  });
  if (starts.length === 0) return [];
  return [
    layer(
      starts,
      { type: "rule", color: color("muted"), strokeDash: dashes.gate, y: -4, y2: "height" },
      { x: time("at") },
    ),
    layer(
      starts,
      { type: "text", align: "left", baseline: "bottom", dx: 3, dy: 2, y: -2, color: color("muted") },
      { x: time("at"), text: { field: "gate" } },
    ),
  ];
}
