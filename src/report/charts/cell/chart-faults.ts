/** Can this chart be drawn? Asked in the process that draws, so that no spec can hold up or end this one. */
import type { ChartFault } from "../../../model/chart-fault.ts";
import { messageOf } from "../../../model/error.ts";
import type { CellChart, CellColumn } from "../../../model/result.ts";
import { checkApart } from "../svg/draw-apart.ts";

export async function chartFaults(
  chart: CellChart,
  columns: readonly CellColumn[],
): Promise<readonly ChartFault[]> {
  try {
    return await checkApart(chart, columns);
  } catch (error) {
    const message = `Vega-Lite cannot draw the chart: ${messageOf(error)}`;
    return [{ message, hint: "see vega.github.io/vega-lite/docs", word: "mark" }];
  }
}
