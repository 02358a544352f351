/** What the process in which charts are drawn (draw-apart.ts) is asked, and what it answers. */
import type { ChartFault } from "../../../model/chart-fault.ts";
import { messageOf } from "../../../model/error.ts";
import type { CellChart, CellColumn } from "../../../model/result.ts";
import { checkChart } from "../cell/check-chart.ts";
import type { Chart } from "../spec.ts";
import { drawChart } from "./draw.ts";

export type DrawTask =
  | { readonly kind: "draw"; readonly chart: Chart }
  | { readonly kind: "check"; readonly chart: CellChart; readonly columns: readonly CellColumn[] };

export type DrawAnswer =
  | { readonly svg: string }
  | { readonly faults: readonly ChartFault[] }
  | { readonly error: string };

export async function answerTo(task: DrawTask): Promise<DrawAnswer> {
  try {
    if (task.kind === "draw") return { svg: await drawChart(task.chart) };
    return { faults: checkChart(task.chart, task.columns) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
