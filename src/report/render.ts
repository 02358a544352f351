/**
 * Result in, files out: every format of the report from the one record, none of them written here. Charts are drawn
 * once and shared. result.json itself is written by the pipeline.
 */
import { chosenFormats, type ReportFormat } from "../model/config.ts";
import type { Result } from "../model/result.ts";
import { badgeSvg } from "./badge/badge-svg.ts";
import { type ChartSet, type Drawing, noCharts, renderCharts } from "./charts/render.ts";
import { standaloneSvg } from "./charts/svg/standalone-svg.ts";
import { renderChat } from "./chat/chat.ts";
import { resultsCsv } from "./csv/results-csv.ts";
import { renderEmail } from "./email/email.ts";
import { renderAnnotations } from "./github/annotations.ts";
import { renderStepSummary } from "./github/step-summary.ts";
import { renderJunit } from "./junit/junit.ts";
import { renderMarkdown } from "./markdown/markdown.ts";
import { renderText } from "./markdown/text.ts";
import { renderNotebook } from "./notebook/notebook.ts";
import { type OnFailure, renderPictures } from "./pictures/pictures.ts";
import { showsCharts } from "./start-charts.ts";
import { renderHtml } from "./templates/html.ts";
import { packageTemplates } from "./templates/templates.ts";
import { attachCharts } from "./view/attach-charts.ts";
import { slug } from "./view/text.ts";
import { buildView, type View } from "./view/view.ts";

export interface RenderedFile {
  /** Relative to the night's folder, e.g. "report.html". */
  readonly path: string;
  /** Text; of a picture its bytes in base64. */
  readonly content: string;
  readonly encoding?: "base64";
}

export type Format = ReportFormat;

export interface RenderOptions {
  /** html, md, txt and ipynb when left out. */
  readonly formats?: readonly Format[] | undefined;
  /** Folders whose templates replace the package's file by file, first match wins. */
  readonly templateRoots?: readonly string[] | undefined;
  /** Told of each picture that could not be made, which is then left out. */
  readonly onFailure?: OnFailure | undefined;
  /** Another way to draw a chart, e.g. one that remembers what it drew before. */
  readonly draw?: Drawing | undefined;
}

export async function renderAll(
  result: Result,
  options: RenderOptions = {},
): Promise<readonly RenderedFile[]> {
  const roots = [...(options.templateRoots ?? []), packageTemplates];
  const formats = options.formats ?? chosenFormats([]);
  const isDrawn = showsCharts(formats);
  const drawing = isDrawn ? renderCharts(result, options.draw) : noCharts;
  // while the charts are drawn
  const bare = buildView(result);
  const charts = await drawing;
  const view = isDrawn ? attachCharts(bare, charts) : bare;
  const parts = { result, view, charts, roots };
  const texts = formats.filter((format) => format !== "png").flatMap((format) => renderFormat(format, parts));
  if (!formats.includes("png")) return texts;
  return [...texts, ...(await renderPictures(view, chartFiles(charts), options.onFailure ?? ignored))];
}

const ignored: OnFailure = () => {};

interface Parts {
  readonly result: Result;
  readonly view: View;
  readonly charts: ChartSet;
  readonly roots: readonly string[];
}

function renderFormat(
  format: Exclude<Format, "png">,
  { result, view, charts, roots }: Parts,
): readonly RenderedFile[] {
  switch (format) {
    case "html":
      return [{ path: "report.html", content: renderHtml(view, roots) }];
    case "md":
      return [
        { path: "report.md", content: renderMarkdown(view, { charts: true, roots }) },
        ...chartFiles(charts),
      ];
    case "txt":
      return [{ path: "summary.txt", content: renderText(view) }];
    case "ipynb":
      return [{ path: "report.ipynb", content: renderNotebook(result, charts) }];
    case "email":
      return [{ path: "email.html", content: renderEmail(view) }];
    case "chat":
      return [{ path: "chat.json", content: renderChat(view) }];
    case "junit":
      return [{ path: "junit.xml", content: renderJunit(result, view) }];
    case "github":
      return [
        { path: "github/annotations.txt", content: renderAnnotations(result, view) },
        { path: "github/step-summary.md", content: renderStepSummary(view, roots) },
      ];
    case "csv":
      return [{ path: "results.csv", content: resultsCsv(result) }];
    case "badge":
      return [{ path: "badge.svg", content: badgeSvg(view) }];
    default:
      return format satisfies never;
  }
}

/** Whether a path is one that `renderAll` may write: another run's file of it must not stay beside this one's. */
export function isReportFile(path: string): boolean {
  return /^(report\.(html|md|ipynb)|summary\.(txt|png)|email\.html|chat\.json|badge\.svg|junit\.xml|results\.csv)$|^(charts|github)\/[^/]+$/.test(
    path,
  );
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
