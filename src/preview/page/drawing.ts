/** A Result as the page shows it. A chart whose spec has not changed is not drawn again. */
import type { Result } from "../../model/result.ts";
import { renderCharts } from "../../report/charts/render.ts";
import { drawApart } from "../../report/charts/svg/draw-apart.ts";
import { renderPage } from "../../report/templates/html.ts";
import { openTemplates, type Templates } from "../../report/templates/templates.ts";
import { attachCharts } from "../../report/view/attach-charts.ts";
import { buildView, type View } from "../../report/view/view.ts";
import type { LastGood, OpenNotes } from "../follow.ts";
import { type Pass, statusText } from "../pass.ts";
import type { Page, PlacedNote } from "./page.ts";

interface DrawRequest {
  readonly pass: Omit<Pass, "durationMs">;
  readonly notes: OpenNotes;
  /** Template folders, the workspace's before the package's. */
  readonly roots: readonly string[];
  /** When the pass began, of `performance.now()`. */
  readonly began: number;
}

/** Every page has a version of its own, also after a restart: `started` distinguishes one watch from another. */
export function newDrawing(started: Date): (request: DrawRequest) => Promise<Page> {
  const drawOnce = rememberedDrawing();
  const viewOf = async (result: Result): Promise<View> =>
    attachCharts(buildView(result), await renderCharts(result, drawOnce));
  let number = 0;
  return async ({ pass, notes, roots, began }) => {
    const templates = openTemplates(roots, "html");
    const report = renderPage(await viewOf(pass.result), roots, templates);
    const placed: PlacedNote[] = [];
    for (const note of notes.values()) {
      const alone = note.lastGood === null ? null : lastResult(pass.result, note.lastGood);
      const place = pass.result.cells.findIndex(({ name }) => name === alone?.cells[0]?.name);
      const lastGoodHtml = alone === null ? null : articleHtml(await viewOf(alone), place, templates);
      placed.push({ ...note, lastGoodHtml });
    }
    number += 1;
    const status = statusText({ ...pass, durationMs: performance.now() - began });
    const version = `${started.getTime().toString(36)}-${number}`;
    return { report, version, status, problems: pass.problems, notes: placed };
  };
}

function rememberedDrawing(): typeof drawApart {
  const kept = new Map<string, { readonly key: string; readonly svg: string }>();
  return async (chart) => {
    const key = JSON.stringify(chart);
    const known = kept.get(chart.id);
    if (known?.key === key) return known.svg;
    const svg = await drawApart(chart);
    kept.set(chart.id, { key, svg });
    return svg;
  };
}

/** With the last good part alone; null for a check, which is one line and has no article. */
function lastResult(result: Result, { subject: { kind, part } }: LastGood): Result | null {
  if (kind === "check") return null;
  const bare = { ...result, metrics: [], cells: [] };
  return kind === "metric" ? { ...bare, metrics: [part] } : { ...bare, cells: [part] };
}

/** `place` is that of the cell among all cells. */
function articleHtml(view: View, place: number, { render }: Templates): string {
  const metrics = [...view.guardrails, ...view.informational];
  const renamed = <Part extends { readonly anchor: string }>(part: Part): Part => ({
    ...part,
    anchor: `last-good-${part.anchor}`,
  });
  return [
    ...metrics.map((metric) => render("partials/metric", renamed(metric))),
    ...view.cells.map((cell) => render("partials/cell", { ...renamed(cell), number: String(place + 1) })),
  ].join("\n");
}
