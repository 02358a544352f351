/**
 * A Jupyter notebook of the night (nbformat 4.5): the verdict, every metric, check and cell with its SQL and what it
 * returned. In: a Result and its charts. Out: JSON text. The stored outputs are the night's; run again, a cell asks the
 * published warehouse as it is now.
 */
import type { Result } from "../../model/result.ts";
import type { ChartSet } from "../charts/render.ts";
import { code, fence, md } from "../markdown/markdown-escape.ts";
import type { StepView } from "../view/next.ts";
import { buildView, type View } from "../view/view.ts";
import { chartCell, codeCell, markdownCell, type NotebookCell, withUniqueIds } from "./notebook-cells.ts";
import { checkOfChanges } from "./notebook-check.ts";
import { firstDayCode } from "./notebook-first-day.ts";
import { cellSection, checkSection, metricSection, type Section } from "./notebook-sections.ts";
import { setupCode } from "./notebook-setup.ts";

export function renderNotebook(result: Result, charts: ChartSet): string {
  const view = buildView(result);
  const metrics = [...view.guardrails, ...view.informational];
  const sections: readonly Section[] = [
    ...metrics.map((metric) => metricSection(metric, result, charts)),
    ...view.health.checks.map((check) => checkSection(check, result)),
    ...view.cells.map((cell) => cellSection(cell, result, charts)),
  ];
  const check = checkOfChanges(result);
  const setup: Section = { id: "setup", text: null, code: setupCode, outputs: null };
  const cells = [
    markdownCell("verdict", headText(view)),
    ...numbered([
      setup,
      ...(result.phase === "first-24h" ? [firstDay(result)] : []),
      ...sections,
      ...(check === null ? [] : [check]),
    ]),
    markdownCell("provenance", tailText(view)),
  ];
  const about = {
    metadata: {
      kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
      language_info: { name: "python" },
      title: view.title,
      gatebook: { rollout: result.rollout.name, reportDate: result.window.reportDate, tool: view.tool },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  // A cell a line: specs spread over lines would make the file three times as large.
  const lines = withUniqueIds(cells)
    .map((cell) => JSON.stringify(cell))
    .join(",\n");
  return `{"cells": [\n${lines}\n],\n${JSON.stringify(about).slice(1)}\n`;
}

function firstDay(result: Result): Section {
  return { id: "first-day", text: null, code: firstDayCode(result), outputs: null };
}

/** Markdown and code of each section; what was run is numbered in order, as Jupyter would. */
function numbered(sections: readonly Section[]): readonly NotebookCell[] {
  let count = 0;
  return sections.flatMap(({ id, text, code, outputs, charts = [] }) => {
    const pictures = charts.map((chart) => {
      count += 1;
      return chartCell(chart.id, chart.output, count);
    });
    const prose = [...(text === null ? [] : [markdownCell(`${id}-text`, text)]), ...pictures];
    if (code === null) return prose;
    if (outputs === null) return [...prose, codeCell(id, code, { count: null, outputs: [] })];
    count += 1;
    return [...prose, codeCell(id, code, { count, outputs: outputs(count) })];
  });
}

/** The first cell: the verdict with what to type. */
function headText(view: View): string {
  const { verdict, subject, next } = view;
  const note = subject.comparisonNote === null ? [] : [`> ${md(subject.comparisonNote)}`];
  return [
    `# ${md(verdict.word)}: ${md(verdict.headline)}`,
    `**${md(verdict.reason)}**`,
    ...verdict.moreReasons.map((reason) => `- ${md(reason)}`),
    ...verdict.flags.map((flag) => `- **${md(flag.word)}**: ${md(flag.text)}`),
    ...note,
    `${md(subject.candidate)} against ${md(subject.baseline)} · gate ${md(subject.gate)}, ${md(subject.exposure)} of traffic · ${md(subject.window)} (${md(subject.completeDays)})`,
    "## What to do now",
    ...next.steps.map(stepText),
    md(next.expect),
    "## The numbers",
    "Outputs are those of the night. Run all cells to re-check it: each asks the published warehouse as it is now, and the last one fails when a change is not that of the night. Charts stay the night's.",
  ].join("\n\n");
}

function stepText({ number, text, edits, commands, shell }: StepView): string {
  const changes = edits.map(({ line, where }) => `- ${code(line)}${where === null ? "" : ` (${md(where)})`}`);
  const lines = commands.length === 0 ? [] : [fence(shell, "sh")];
  return [`**${number}.** ${md(text)}`, ...(changes.length === 0 ? [] : [changes.join("\n")]), ...lines].join(
    "\n\n",
  );
}

/** The last cell: where it all came from. */
function tailText(view: View): string {
  return `Made by ${md(view.tool)} at ${md(view.generatedAt)}. Hashes, configuration and the decision trace are in result.json beside this notebook.`;
}
