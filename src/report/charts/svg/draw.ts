/**
 * A Vega-Lite spec in, an SVG text out. Vega is loaded here alone and only when a chart is drawn. Nothing is
 * loaded from disk or network, and every warning of Vega (a missing field, a failed load) is an error of the chart:
 * Vega itself would draw an empty chart and go on.
 */
import type { Runtime } from "vega";
import type { TopLevelSpec } from "vega-lite";
import type { Chart } from "../spec.ts";
import { config } from "../theme.ts";
import { safetyFactor, textWidth } from "./text-width.ts";
import { tidySvg } from "./tidy-svg.ts";
import { loadVega } from "./vega.ts";

/** As Vega writes it: 2,000 points in layers are some 600,000 characters. */
const longestSvg = 1_500_000;

/** Throws an Error with the reason when the chart cannot be drawn. */
export async function drawChart(chart: Chart): Promise<string> {
  const { vega } = loadVega();
  const warnings: string[] = [];
  const logger = collectingLogger(warnings);
  measureText("textMetrics" in vega ? vega.textMetrics : null);
  vega.resetSVGDefIds();
  const view = new vega.View(compileChart(chart), {
    renderer: "none",
    loader: refusingLoader(warnings),
    logger,
  });
  try {
    const svg = await view.toSVG();
    failOn(warnings);
    if (svg.length > longestSvg) throw new Error(tooManyMarks(svg));
    return tidySvg(svg, chart);
  } finally {
    view.finalize();
  }
}

/** The spec as Vega's own dataflow. Throws an Error with what Vega-Lite rejects or warns of. */
export function compileChart(chart: Pick<Chart, "spec">): Runtime {
  const { vega, vegaLite } = loadVega();
  const warnings: string[] = [];
  // A spec is JSON; compile() itself is what checks it, by throwing or warning. Vega marks the rows it is given: not the result's.
  const spec = structuredClone(chart.spec) as unknown as TopLevelSpec;
  const compiled = vegaLite.compile(spec, { config, logger: collectingLogger(warnings) }).spec;
  failOn(warnings);
  return vega.parse(compiled);
}

function tooManyMarks(svg: string): string {
  const marks = svg.match(/<(path|text|line|rect|circle)\b/g)?.length ?? 0;
  return `the drawing has ${marks} marks and ${Math.round(svg.length / 1e6)} MB: aggregate in SQL, or draw fewer ticks and layers`;
}

function failOn(warnings: readonly string[]): void {
  if (warnings.length > 0) throw new Error([...new Set(warnings)].join("; "));
}

function collectingLogger(warnings: string[]) {
  const collect = (...args: readonly unknown[]) => {
    warnings.push(args.map(String).join(" "));
    return logger;
  };
  const logger = {
    level: () => logger,
    error: collect,
    warn: collect,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}

/** Data is refused with an error; links must resolve to something, or Vega leaves a rejection that nobody handles. */
function refusingLoader(warnings: string[]) {
  const refuse = (uri: string) => Promise.reject(new Error(`a chart may not load anything: ${uri}`));
  const sanitize = (uri: string) => {
    warnings.push(`a chart may not link to anything: ${uri}`);
    return Promise.resolve({ href: "about:blank" });
  };
  return { load: refuse, http: refuse, file: refuse, sanitize };
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  readonly limit?: number;
}

/** Puts our widths in the place of Vega's guess. The property is public but not in Vega's types. */
function measureText(textMetrics: unknown): void {
  if (typeof textMetrics !== "object" || textMetrics === null || !("width" in textMetrics)) {
    throw new Error("this version of Vega has no textMetrics.width to replace");
  }
  textMetrics.width = (item: TextItem, text: unknown): number => {
    const weight = item.fontWeight === "bold" || Number(item.fontWeight) >= 600 ? "bold" : "normal";
    const width = textWidth(String(text ?? "").trim(), item.fontSize ?? 11, weight) * safetyFactor;
    return item.limit !== undefined && item.limit > 0 ? Math.min(width, item.limit) : width;
  };
}
