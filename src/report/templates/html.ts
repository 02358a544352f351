/**
 * View in, one self-contained page out: no script, no network, inline styles and inline SVG only. Looks right with
 * styles, reads right without them.
 */

import type { View } from "../view/view.ts";
import { openTemplates, packageTemplates, type Templates } from "./templates.ts";
import { pageStyle } from "./theme-css.ts";

/** What the HTML templates see. */
export interface HtmlPage extends View {
  /** theme.css and report.css, ready for a style element. */
  readonly css: string;
}

/** Renders report.html; `roots` are template folders, the workspace's before the package's. */
export function renderHtml(view: View, roots: readonly string[] = [packageTemplates]): string {
  return renderPage(view, roots, openTemplates(roots, "html"));
}

/** The same with the html templates of these roots opened before, for who renders again and again. */
export function renderPage(view: View, roots: readonly string[], templates: Templates): string {
  const page: HtmlPage = { ...view, css: pageStyle(roots, "html/report.css", pageHead(view.title)) };
  return templates.render("report", page);
}

/** Every printed page repeats the verdict: the title in the page's margin box, each character escaped for CSS. */
function pageHead(title: string): string {
  const escaped = [...title].map((character) => {
    const plain = /[\w .:-]/.test(character);
    return plain ? character : `\\${(character.codePointAt(0) ?? 0).toString(16)} `;
  });
  return `@page { @top-left { content: "${escaped.join("")}"; font: 600 9pt system-ui, sans-serif; } }
@page { @bottom-right { content: counter(page) " / " counter(pages); font: 9pt system-ui, sans-serif; } }`;
}
