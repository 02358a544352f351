/** View in, the Markdown of a step's summary out: that of a ticket without pictures, since a summary has no files beside it. */

import { renderMarkdown } from "../markdown/markdown.ts";
import { md } from "../markdown/markdown-escape.ts";
import type { View } from "../view/view.ts";

export function renderStepSummary(view: View, roots: readonly string[]): string {
  const { place, url } = view.report;
  const text = renderMarkdown(view, { charts: false, roots });
  if (place === null) return text;
  return `${text}\n${url === null ? `The whole report: ${md(place)}` : `[The whole report](<${url}>)`}\n`;
}
