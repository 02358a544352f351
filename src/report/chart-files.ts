/** Charts as files of their own, for places that show images but no inline SVG. */
import type { ChartSet } from "./charts/render.ts";
import { standaloneSvg } from "./charts/svg/standalone-svg.ts";
import { slug } from "./view/text.ts";

export interface ChartFile {
  /** "charts/delta-ctr.svg" */
  readonly path: string;
  readonly content: string;
}

export function chartFiles(charts: ChartSet): readonly ChartFile[] {
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

function file(name: string, svg: string): ChartFile {
  return { path: `charts/${name}.svg`, content: `${standaloneSvg(svg)}\n` };
}
