/**
 * index.html over all nights of all rollouts: the verdict calendar, the trend of each guardrail, the gates, and a link to
 * every report. In: kept results and where their reports are. Out: one self-contained page without a script.
 */

import { gateTimeline } from "../charts/gate-timeline.ts";
import { drawApart } from "../charts/svg/draw-apart.ts";
import { openTemplates, packageTemplates } from "../templates/templates.ts";
import { pageStyle } from "../templates/theme-css.ts";
import type { IndexEntry } from "./index-nights.ts";
import { type IndexView, indexView, timelineSources } from "./index-view.ts";

export interface IndexOptions {
  /** Folders whose templates replace the package's file by file, first match wins. */
  readonly templateRoots?: readonly string[] | undefined;
}

/** What index.hbs sees. */
export interface IndexPage extends IndexView {
  /** theme.css and index.css, ready for a style element. */
  readonly css: string;
}

export async function renderIndex(
  entries: readonly IndexEntry[],
  options: IndexOptions = {},
): Promise<string> {
  const roots = [...(options.templateRoots ?? []), packageTemplates];
  const view = indexView(entries, await drawTimelines(entries));
  const page: IndexPage = { ...view, css: pageStyle(roots, "html/index.css") };
  return openTemplates(roots, "html").render("index", page);
}

async function drawTimelines(entries: readonly IndexEntry[]): Promise<ReadonlyMap<string, string>> {
  const drawn = new Map<string, string>();
  for (const { anchor, result } of timelineSources(entries)) {
    const chart = gateTimeline(result);
    if (chart !== null) drawn.set(anchor, await drawApart({ ...chart, id: `gates-${anchor}` }));
  }
  return drawn;
}
