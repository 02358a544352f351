/**
 * View in, one Markdown document out: at most 30,000 characters, since tickets cut longer ones. What does not fit is
 * left out in a fixed order, what a ticket needs least first, and named at the top of the document.
 */

import { openTemplates, packageTemplates, type Templates } from "../templates/templates.ts";
import type { CellView } from "../view/cell.ts";
import type { MetricView } from "../view/metric.ts";
import type { View } from "../view/view.ts";
import { code, codeCell, fence, html, md } from "./markdown-escape.ts";

const markdownLimit = 30_000;

/** The only helpers a Markdown template may call: nothing else escapes there. */
export const markdownHelpers = { md, code, codeCell, fence, html } as const;

export interface MarkdownOptions {
  /** Link the chart files that `chartFiles` makes; else text sparklines alone. */
  readonly charts?: boolean | undefined;
  readonly roots?: readonly string[] | undefined;
}

/** What the Markdown templates see. */
export interface MarkdownPage extends Omit<View, "cells"> {
  readonly cells: readonly MarkdownCell[];
  readonly hasChartFiles: boolean;
  readonly showsFiles: boolean;
  /** The metrics whose evidence is spelled out, guardrails first. */
  readonly evidence: readonly MetricView[];
  /** What was left out to stay within the limit, or null. */
  readonly leftOut: string | null;
}

export interface MarkdownCell extends CellView {
  readonly showsSql: boolean;
}

/** How much of a view a document shows. */
export interface Budget {
  readonly rows: number;
  readonly showsSql: boolean;
  readonly showsFiles: boolean;
  /** Days past the newest fortnight and of earlier gates. */
  readonly showsOlderDays: boolean;
  /** Checks without a finding. */
  readonly showsSettled: boolean;
  readonly evidence: "all" | "open" | "none";
  readonly leftOut: string | null;
}

const whole: Budget = {
  rows: 30,
  showsSql: true,
  showsFiles: true,
  showsOlderDays: true,
  showsSettled: true,
  evidence: "all",
  leftOut: null,
};
export const shortened: Budget = {
  ...whole,
  rows: 15,
  leftOut: "rows past the fifteenth of the notebook's tables",
};
const noFiles: Budget = { ...whole, rows: 5, showsFiles: false };
const noCells: Budget = { ...noFiles, rows: 0, showsSql: false };
const noOlderDays: Budget = { ...noCells, showsOlderDays: false };
const onlyOpen: Budget = { ...noOlderDays, showsSettled: false };
const noCellsText = "the notebook's tables and SQL, the list of files";

/** Tried in order until the document fits. */
const budgets: readonly Budget[] = [
  whole,
  shortened,
  { ...noFiles, leftOut: "rows past the fifth of the notebook's tables and the list of files" },
  {
    ...noFiles,
    rows: 3,
    showsSql: false,
    leftOut: "rows past the third of the notebook's tables, SQL and the list of files",
  },
  { ...noCells, leftOut: "the notebook's tables and SQL and the list of files" },
  { ...noOlderDays, leftOut: `${noCellsText} and older days` },
  {
    ...onlyOpen,
    evidence: "open",
    leftOut: `${noCellsText}, older days, checks without a finding and the evidence of healthy metrics`,
  },
  {
    ...onlyOpen,
    evidence: "none",
    leftOut: `${noCellsText}, older days, checks without a finding and the evidence of every metric`,
  },
];

export function renderMarkdown(view: View, options: MarkdownOptions = {}): string {
  const templates = openTemplates(options.roots ?? [packageTemplates], "markdown", markdownHelpers);
  let text = "";
  for (const budget of budgets) {
    text = document(view, budget, options.charts ?? false, templates);
    if (text.length <= markdownLimit) return text;
  }
  return cut(text);
}

function document(view: View, budget: Budget, charts: boolean, templates: Templates): string {
  const text = templates.render("report", markdownPage(view, budget, charts));
  return `${text.replace(/\n{3,}/g, "\n\n").trim()}\n`;
}

export function markdownPage(view: View, budget: Budget, charts: boolean): MarkdownPage {
  return {
    ...within(view, budget),
    cells: view.cells.map((cell) => shorten(cell, budget)),
    hasChartFiles: charts,
    showsFiles: budget.showsFiles,
    evidence: evidence(view, budget.evidence),
    leftOut: budget.leftOut,
  };
}

function within(view: View, { showsOlderDays, showsSettled }: Budget): View {
  const { days, health } = view;
  return {
    ...view,
    days: showsOlderDays ? days : { ...days, older: [], earlier: [] },
    health: showsSettled ? health : { ...health, settled: [] },
  };
}

function evidence(view: View, shown: Budget["evidence"]): readonly MetricView[] {
  const isOpen = ({ isGuardrail, classification }: MetricView) =>
    isGuardrail && classification.tone !== "healthy";
  switch (shown) {
    case "all":
      return [...view.guardrails, ...view.informational];
    case "open":
      return view.guardrails.filter(isOpen);
    case "none":
      return [];
  }
}

function shorten(cell: CellView, { rows, showsSql }: Budget): MarkdownCell {
  if (cell.rows.length <= rows) return { ...cell, showsSql };
  const note = rows === 0 ? "the table is in report.html" : `the first ${rows} rows; more in report.html`;
  return {
    ...cell,
    rows: cell.rows.slice(0, rows),
    cut: cell.cut === null ? note : `${note}. ${cell.cut}`,
    showsSql,
  };
}

/** The last resort, e.g. a reason of a megabyte: whole lines only, and every folded part closed. */
function cut(text: string): string {
  const end = "\n\n</details>\n\nCut here: the rest is in report.html.\n";
  const kept = text.slice(0, markdownLimit - end.length);
  const whole = kept.slice(0, Math.max(kept.lastIndexOf("\n"), 0));
  const open = whole.split("<details>").length > whole.split("</details>").length;
  const fences = [...whole.matchAll(/^(`{3,})/gm)];
  const closing = fences.length % 2 === 1 ? `\n${fences.at(-1)?.[1] ?? ""}` : "";
  return whole + closing + (open ? end : end.replace("\n\n</details>", ""));
}
