/** What is wrong with a cell's chart, before there is data: its spec is checked, then compiled by Vega-Lite itself on one row. */
import type { ChartFault } from "../../../model/chart-fault.ts";
import type { CellChart, CellColumn, CellResult } from "../../../model/result.ts";
import type { Scalar } from "../../../model/words.ts";
import { compileChart } from "../svg/draw.ts";
import { cellChart } from "./cell-chart.ts";
import { specFaults } from "./cell-check.ts";

/** Throws an Error with what Vega-Lite rejects. */
export function checkChart(chart: CellChart, columns: readonly CellColumn[]): readonly ChartFault[] {
  const faults = specFaults(chart.spec, columns);
  if (faults.length > 0) return faults;
  const probe = cellChart(oneRow(chart, columns), { rollout: { baseline: "a", candidate: "b" } });
  if (probe !== null) compileChart(probe);
  return [];
}

function oneRow(chart: CellChart, columns: readonly CellColumn[]): CellResult {
  const text = { name: "probe", title: "", description: "", path: "", sql: "", sqlSha256: "", owner: null };
  const rows = [columns.map(({ type }) => exampleOf(type))];
  return { ...text, columns, rows, rowCount: 1, truncated: false, chart, durationMs: 0, error: null };
}

function exampleOf(type: string): Scalar {
  if (type === "DATE") return "2026-02-01";
  if (type.startsWith("TIMESTAMP")) return "2026-02-01T12:00:00Z";
  if (type === "BOOLEAN") return true;
  return /INT|DECIMAL|DOUBLE|FLOAT/.test(type) ? 1 : "a";
}
