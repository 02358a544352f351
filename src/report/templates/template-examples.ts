/**
 * What each template is given, with every place filled: pages of several legal results, laid over one another. A place that
 * is empty tonight may be full tomorrow, and templates are checked against all of them.
 */
import { exampleResults } from "../../model/schema/example.ts";
import type { ChartSet } from "../charts/render.ts";
import type { IndexPage } from "../index/index-page.ts";
import { indexView } from "../index/index-view.ts";
import { type MarkdownPage, markdownPage, shortened } from "../markdown/markdown.ts";
import { attachCharts } from "../view/attach-charts.ts";
import { buildView } from "../view/view.ts";
import type { HtmlPage } from "./html.ts";

const svg = "<svg></svg>";
const css = ":root { }";
const drawn = new Map([["name", svg]]);

/** In the examples every metric and cell is called "name". */
const charts: ChartSet = {
  cells: new Map([["name", { svg }]]),
  deltas: drawn,
  values: drawn,
  sparklines: drawn,
  concentration: drawn,
  cuts: new Map([["name", drawn]]),
  clocks: drawn,
  traffic: svg,
  gateTimeline: svg,
  specs: new Map(),
  errors: new Map([["delta-ctr", "field delta is not a column"]]),
};
const failedCells: ChartSet = { ...charts, cells: new Map([["name", { error: "no field" }]]) };

const results = exampleResults();
const views = results.flatMap((result) => {
  const view = buildView(result);
  return [attachCharts(view, charts), attachCharts(view, failedCells)];
});
const nights = results.flatMap((result) =>
  [result.window.reportDate, "asked-for"].map((folder) => ({ path: `name/${folder}/`, result })),
);

export const exampleHtmlPage: HtmlPage = overlay(views.map((view) => ({ ...view, css })));
export const exampleIndexPage: IndexPage = overlay([
  { ...indexView(nights, new Map([["rollout-name", svg]])), css },
]);
export const exampleMarkdownPage: MarkdownPage = overlay(
  views.map((view) => markdownPage(view, shortened, true)),
);

/** Of each place the first that is filled; of a list one entry, all of them laid over one another. */
function overlay<Page>(pages: readonly Page[]): Page {
  return overlaid(pages) as Page;
}

function overlaid(values: readonly unknown[]): unknown {
  const known = values.filter((value) => value !== null);
  const [first = null] = known;
  if (Array.isArray(first)) {
    const entries = known.flat();
    return entries.length === 0 ? [] : [overlaid(entries)];
  }
  const objects = known.filter((value) => typeof value === "object").map((value) => ({ ...value }));
  if (objects.length === 0) return first;
  const keys = new Set(objects.flatMap((object) => Object.keys(object)));
  return Object.fromEntries(
    [...keys].map((key) => [key, overlaid(objects.map((object) => Reflect.get(object, key)))]),
  );
}
