/** Whether a report shows charts, and the process that draws them while the report is still to be made. */
import type { ReportFormat } from "../model/config.ts";
import { startDrawing } from "./charts/svg/draw-apart.ts";

/** Drawing is most of the work, and these show no chart. */
const chartless: readonly ReportFormat[] = ["txt", "email", "chat", "junit", "github", "csv", "badge"];

export function showsCharts(formats: readonly ReportFormat[]): boolean {
  return formats.some((format) => !chartless.includes(format));
}

/** Of a result or a measurement: where a day has traffic it is drawn. */
export function startCharts(
  { traffic }: { readonly traffic: { readonly days: readonly unknown[] } },
  formats: readonly ReportFormat[],
): void {
  if (traffic.days.length > 0 && showsCharts(formats)) startDrawing();
}
