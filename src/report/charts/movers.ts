/**
 * The keys (authors, categories) whose share differs most between the variants: baseline a hollow square, candidate a
 * dot, a line between them. In: a concentration metric. Out: a spec.
 */

import type { Mover } from "../../model/measurement.ts";
import type { MetricResult } from "../../model/result.ts";
import { changeText, percentText } from "../../text/numbers.ts";
import { visible } from "../view/text.ts";
import { niceAxis, numberChannel, tickFormat } from "./axes.ts";
import { frame } from "./frame.ts";
import { amount, type Chart, type ChartLayer, layer, withAxes } from "./spec.ts";
import { fitText } from "./svg/text-width.ts";
import { color, labelSize } from "./theme.ts";

const rowHeight = 20;
const shown = 10;
/** Keys are data and may be of any length; the report's table has them whole. */
const keyWidth = 150;

/** Null when the metric has no movers. */
export function movers(metric: MetricResult): Chart | null {
  const rows = [...metric.movers].slice(0, shown).map(moverRow);
  if (rows.length === 0) return null;
  const shares = rows.flatMap((row) => [row.baseline, row.candidate]);
  const axis = niceAxis({ low: 0, high: Math.max(...shares) }, 4);
  const plot = frame({
    note: "Share of each variant; square: baseline, dot: candidate.",
    left: rows.map((row) => row.label),
    right: rows.map((row) => row.change),
    height: rows.length * rowHeight,
  });
  const y = { scale: { domain: rows.map((row) => row.rank) }, axis: null };
  const share = numberChannel(axis, tickFormat(axis.step, "percent"));
  return {
    id: `movers-${metric.name}`,
    title: `${metric.title}: what moved most`,
    description: `${rows
      .slice(0, 3)
      .map(
        (row) =>
          `${row.label}: ${percentText(row.baseline)} in the baseline, ${percentText(row.candidate)} in the candidate`,
      )
      .join("; ")}.`,
    spec: { ...plot.spec, layer: withAxes(moverLayers(rows, plot.width), share, y) },
  };
}

interface MoverRow {
  /** Keys cut to the same text must not become one row. */
  readonly rank: number;
  readonly label: string;
  readonly baseline: number;
  readonly candidate: number;
  readonly change: string;
}

function moverRow(mover: Mover, rank: number): MoverRow {
  const { baselineShare, candidateShare } = mover;
  return {
    rank,
    label: fitText(mover.key === "" ? "(empty)" : visible(mover.key), labelSize, keyWidth),
    baseline: baselineShare,
    candidate: candidateShare,
    change:
      baselineShare === 0
        ? "new"
        : candidateShare === 0
          ? "gone"
          : changeText(candidateShare / baselineShare - 1),
  };
}

function moverLayers(rows: readonly MoverRow[], width: number): readonly ChartLayer[] {
  const y = { field: "rank", type: "ordinal", title: null };
  const values = rows.map((row) => ({ ...row }));
  const note = { type: "text", baseline: "middle" };
  return [
    layer(
      values,
      { type: "rule", color: color("muted"), strokeWidth: 1.5 },
      { x: amount("baseline"), x2: { field: "candidate" }, y },
    ),
    layer(
      values,
      {
        type: "point",
        shape: "square",
        size: 45,
        opacity: 1,
        filled: true,
        fill: color("bg"),
        stroke: color("muted"),
        strokeWidth: 1.5,
      },
      { x: amount("baseline"), y },
    ),
    layer(
      values,
      { type: "point", shape: "circle", size: 50, opacity: 1, filled: true, color: color("candidate") },
      { x: amount("candidate"), y },
    ),
    layer(values, { ...note, align: "right", x: -7 }, { y, text: { field: "label" } }),
    layer(
      values,
      { ...note, align: "left", x: width + 7, color: color("muted") },
      { y, text: { field: "change" } },
    ),
  ];
}
