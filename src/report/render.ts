/**
 * Result in, files out: every format of the report from the one record, none of them written here. Charts are drawn
 * once and shared. result.json itself is written by the pipeline.
 */
import type { Result } from "../model/result.ts";
import { type ChartSet, renderCharts } from "./charts/render.ts";
import { standaloneSvg } from "./charts/svg/standalone-svg.ts";
import { renderMarkdown } from "./markdown/markdown.ts";
import { renderText } from "./markdown/text.ts";
import { renderNotebook } from "./notebook/notebook.ts";
import { renderHtml } from "./templates/html.ts";
import { packageTemplates } from "./templates/templates.ts";
import { attachCharts } from "./view/attach-charts.ts";
import { slug } from "./view/text.ts";
import { buildView, type View } from "./view/view.ts";

export interface RenderedFile {
  /** Relative to the night's folder, e.g. "report.html". */
  readonly path: string;
  readonly content: string;
}

export type Format = "html" | "md" | "txt" | "ipynb";

export interface RenderOptions {
  /** All of them when left out. */
  readonly formats?: readonly Format[] | undefined;
  /** Folders whose templates replace the package's file by file, first match wins. */
  readonly templateRoots?: readonly string[] | undefined;
}

export const allFormats: readonly Format[] = ["html", "md", "txt", "ipynb"];

export async function renderAll(
  result: Result,
  options: RenderOptions = {},
): Promise<readonly RenderedFile[]> {
  const roots = [...(options.templateRoots ?? []), packageTemplates];
  const formats = options.formats ?? allFormats;
  const bare = buildView(result);
  // Drawing is most of the work, and the summary shows no chart.
  if (formats.every((format) => format === "txt")) return formats.map(() => textFile(bare));
  const charts = await renderCharts(result);
  const view = attachCharts(bare, charts);
  return formats.flatMap((format) => renderFormat(format, { result, view, charts, roots }));
}

function textFile(view: View): RenderedFile {
  return { path: "summary.txt", content: renderText(view) };
}

interface Parts {
  readonly result: Result;
  readonly view: View;
  readonly charts: ChartSet;
  readonly roots: readonly string[];
}

function renderFormat(format: Format, { result, view, charts, roots }: Parts): readonly RenderedFile[] {
  switch (format) {
    case "html":
      return [{ path: "report.html", content: renderHtml(view, roots) }];
    case "md":
      return [
        { path: "report.md", content: renderMarkdown(view, { charts: true, roots }) },
        ...chartFiles(charts),
      ];
    case "txt":
      return [textFile(view)];
    case "ipynb":
      return [{ path: "report.ipynb", content: renderNotebook(result, charts) }];
  }
}

/** Charts as files of their own, "charts/delta-ctr.svg", for places that show images but no inline SVG. */
function chartFiles(charts: ChartSet): readonly RenderedFile[] {
  const group = (kind: string, drawn: ReadonlyMap<string, string>) =>
    [...drawn].map(([name, svg]) => file(`${kind}-${slug(name)}`, svg));
  const cells = [...charts.cells].flatMap(([name, drawing]) =>
    "svg" in drawing ? [file(`cell-${slug(name)}`, drawing.svg)] : [],
  );
  return [
    ...group("delta", charts.deltas),
    ...group("values", charts.values),
    ...(charts.traffic === null ? [] : [file("traffic", charts.traffic)]),
    ...(charts.gateTimeline === null ? [] : [file("gates", charts.gateTimeline)]),
    ...cells,
  ];
}

function file(name: string, svg: string): RenderedFile {
  return { path: `charts/${name}.svg`, content: `${standaloneSvg(svg)}\n` };
}
