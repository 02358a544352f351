/**
 * The chart of a notebook cell: the analyst's Vega-Lite spec, its rows bound, dressed in the house theme. In: a
 * CellResult. Out: a Chart, or an Error with what is wrong with the spec. A chart of half the rows, or of a column
 * that is not there, is never drawn.
 */
import type { CellResult, Result } from "../../../model/result.ts";
import { type Chart, type ChartSpec, schemaUrl } from "../spec.ts";
import { cellPlotWidth } from "../theme.ts";
import { specFaults } from "./cell-check.ts";
import { applyDefaultsSpec } from "./cell-defaults.ts";
import { gapRows } from "./cell-gaps.ts";

const maxPoints = 2_000;

/** The part of a Result that charts of cells are coloured by. */
export interface CellRollout {
  readonly rollout: Pick<Result["rollout"], "baseline" | "candidate">;
}

/** Null when the cell asks for no chart, or when there is nothing to draw: it failed, or no row was found. */
export function cellChart(cell: CellResult, { rollout }: CellRollout): Chart | null {
  if (cell.chart === null || cell.error !== null || cell.rowCount === 0) return null;
  if (cell.truncated || cell.rowCount > cell.rows.length) {
    throw new Error(
      `the chart would show ${cell.rows.length} of ${cell.rowCount} rows: let the SQL return fewer`,
    );
  }
  if (cell.rows.length > maxPoints) {
    throw new Error(
      `${cell.rows.length} rows, and a chart can have at most ${maxPoints} points: aggregate in SQL`,
    );
  }
  const spec = cell.chart.spec as ChartSpec;
  const [fault] = specFaults(spec, cell.columns);
  if (fault !== undefined) throw new Error(`${fault.message} (${fault.hint})`);
  const rows = cell.rows.map((row) =>
    Object.fromEntries(cell.columns.map((column, index) => [column.name, row[index] ?? null])),
  );
  const dressed = applyDefaultsSpec(spec, {
    cell,
    baseline: rollout.baseline,
    candidate: rollout.candidate,
    plotWidth: cellPlotWidth,
  });
  return {
    id: `cell-${cell.name}`,
    title: cell.title,
    description: cell.chart.description,
    spec: {
      ...dressed,
      $schema: schemaUrl,
      data: { name: "rows" },
      datasets: { rows: [...rows, ...gapRows(spec, cell, rows)] },
    },
  };
}
