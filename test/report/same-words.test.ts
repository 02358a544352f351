import { beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/model/result.ts";
import { renderAll } from "../../src/report/render.ts";
import { buildView, type View } from "../../src/report/view/view.ts";
import { rememberedDrawing } from "../helpers/drawn-charts.ts";
import { sampleMonth } from "../helpers/sample-month.ts";
import { sampleResult } from "../helpers/sample-result.ts";
import {
  beforeAfterResult,
  failingResult,
  firstDayResult,
  hostileResult,
  insufficientResult,
  noDataResult,
  rollbackResult,
} from "../helpers/sample-variants.ts";

/** The page as it is read: tags, styles and drawings gone, entities spelled out. */
function htmlText(html: string): string {
  const shown = html.replace(/<(style|svg)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ");
  return oneSpace(shown.replace(/&(#x27|#x3D|#x60|quot|lt|gt|amp);/g, (_, name) => entities[name] ?? ""));
}

/** The document as it is read: what only escapes is gone. */
function markdownText(text: string): string {
  const shown = text
    .replace(/<!-- -->/g, "")
    .replace(/<\/?(details|summary)>/g, " ")
    .replace(/\\([\\`*[\]|~$_#+=.)-])/g, "$1");
  return oneSpace(shown.replace(/&(lt|gt|amp|quot);/g, (_, name) => entities[name] ?? ""));
}

const entities: Readonly<Record<string, string>> = {
  "#x27": "'",
  "#x3D": "=",
  "#x60": "`",
  quot: '"',
  lt: "<",
  gt: ">",
  amp: "&",
};

function oneSpace(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** Every sentence and number that a ticket is about, from the parts of the view that both formats show. */
function told(view: View): readonly string[] {
  const metrics = [...view.guardrails, ...view.informational];
  const measured = metrics.filter(({ error, unavailable }) => error === null && unavailable === null);
  const { verdict, subject, next, changes, days, health } = view;
  const parts: readonly unknown[] = [
    [
      verdict.word,
      verdict.headline,
      verdict.reason,
      verdict.moreReasons,
      verdict.flags,
      verdict.literal.differs ? verdict.literal.text : "",
    ],
    [subject.window, subject.completeDays, subject.exposure, subject.comparison, subject.comparisonNote],
    [
      next.steps.map(({ text, edits, commands }) => [
        text,
        edits.map(({ line, where }) => [line, where]),
        commands,
      ]),
      next.when,
      next.expect,
      next.others.map(({ title, note }) => [title, note]),
    ],
    [changes.title, changes.items.length === 0 ? changes.nothing : changes.items, view.guardrailSummary],
    metrics.map(({ title, classification: { word } }) => [title, word]),
    measured.map(({ delta, interval }) => [delta, interval]),
    measured.map(evidence),
    metrics.map(({ error, unavailable }) => [error, unavailable]),
    [
      days.title,
      days.summary,
      days.rows,
      days.earlierTitle === "0 days before this window" ? [] : days.earlier,
    ],
    [
      health.summary,
      health.checks.map(({ title, detail, observed, expected, effect, error }) => [
        title,
        detail,
        observed,
        expected,
        effect,
        error,
      ]),
    ],
    [health.traffic.sampleRatio, health.traffic.crossover, health.loads.summary],
    [view.preflight.lines.length === 0 ? [] : view.preflight.summary, view.preflight.lines],
    view.checklist.title,
    view.checklist.items.map(({ text, evidence: seen }) => [text, seen]),
    view.cells.map(({ title, description, rows, size, error, number }) => [
      title,
      description,
      rows.slice(0, 3),
      size,
      error,
      `[${number}]`,
    ]),
    view.trace.map(({ number, rule, outcome, because }) => [number, rule, outcome, because]),
    view.provenance.facts,
  ];
  return parts.flatMap(leaves);
}

function evidence({
  because,
  reads,
  standing,
  facts,
  lines,
  candidate,
  baseline,
}: View["guardrails"][number]) {
  return [
    because,
    reads,
    standing,
    facts,
    lines.map(({ at, distance }) => [at, distance]),
    candidate,
    baseline,
  ];
}

const silent = new Set(["tone", "glyph", "kind", "anchor"]);

function leaves(value: unknown): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [oneSpace(value).trim()];
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, entry]) => (silent.has(key) ? [] : leaves(entry)));
}

const results: Readonly<Record<string, Result>> = {
  promote: sampleResult(),
  rollback: rollbackResult(),
  insufficient: insufficientResult(),
  "failing queries": failingResult(),
  "no data": noDataResult(),
  "before/after": beforeAfterResult(),
  "the first 24 hours": firstDayResult(),
  hostile: hostileResult(),
  "a month": sampleMonth(),
};

describe.each(Object.entries(results))("report.html and report.md of %s", (_, result) => {
  const view = buildView(result);
  let html: string;
  let markdown: string;

  beforeAll(async () => {
    const files = await renderAll(result, { formats: ["html", "md"], draw: rememberedDrawing });
    const content = (path: string) => files.find((file) => file.path === path)?.content ?? "";
    html = htmlText(content("report.html"));
    markdown = markdownText(content("report.md"));
  });

  it("tell the same words and numbers", () => {
    const words = told(view);
    expect(words.length).toBeGreaterThan(100);
    expect(words.filter((word) => !html.includes(word))).toEqual([]);
    expect(words.filter((word) => !markdown.includes(word))).toEqual([]);
  });

  it("have no percentage in the document that the page does not have", () => {
    const percents = markdown.match(/[+−]?\d[\d.,]*%/g) ?? [];
    expect(percents.length).toBeGreaterThan(10);
    expect([...new Set(percents)].filter((percent) => !html.includes(percent))).toEqual([]);
  });
});
