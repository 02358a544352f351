/**
 * Result in, files out: every format of the report from the one record, none of them written here. Charts are drawn
 * once and shared. result.json itself is written by the pipeline.
 */
import type { Result } from "../model/result.ts";
import { renderCharts } from "./charts/render.ts";
import { renderHtml } from "./html.ts";
import { packageTemplates } from "./templates.ts";
import { attachCharts } from "./view/attach-charts.ts";
import { buildView } from "./view.ts";

export interface RenderedFile {
  /** Relative to the night's folder, e.g. "report.html". */
  readonly path: string;
  readonly content: string;
}

export interface RenderOptions {
  /** Template folders, the workspace's before the package's. */
  readonly templateRoots?: readonly string[] | undefined;
}

export async function renderAll(
  result: Result,
  options: RenderOptions = {},
): Promise<readonly RenderedFile[]> {
  const roots = options.templateRoots ?? [packageTemplates];
  const charts = await renderCharts(result);
  const view = attachCharts(buildView(result), charts);
  return [{ path: "report.html", content: renderHtml(view, roots) }];
}
