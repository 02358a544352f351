/**
 * View in, email.html out: what Gmail and Outlook both show. Tables and inline styles of the few properties that neither drops,
 * no picture, no class, no colour token; below 100 KB, since Gmail cuts a mail at 102. What does not fit is left out in a
 * fixed order and counted; lines to type are never cut.
 */
import { shortened } from "../../text/words.ts";
import type { ThemeToken } from "../charts/theme.ts";
import type { Badge } from "../view/badge.ts";
import type { MetricView } from "../view/metric.ts";
import { expectText, type StepView } from "../view/next.ts";
import { reasonsBesides } from "../view/verdict.ts";
import type { View } from "../view/view.ts";
import {
  cell,
  heading,
  lines,
  link,
  type Markup,
  paragraph,
  preformatted,
  table,
  text,
  toneTokens,
} from "./markup.ts";

const byteLimit = 100_000;

/** How many rows each table may have. */
interface Budget {
  readonly rows: number;
  readonly showsCommands: boolean;
}

const budgets: readonly Budget[] = [
  { rows: 40, showsCommands: true },
  { rows: 12, showsCommands: true },
  { rows: 4, showsCommands: true },
];
const least: Budget = { rows: 4, showsCommands: false };

export function renderEmail(view: View): string {
  for (const budget of budgets) {
    const page = document(view, budget);
    if (Buffer.byteLength(page) < byteLimit) return page;
  }
  return document(view, least);
}

function document(view: View, budget: Budget): string {
  const parts = [
    banner(view),
    reasons(view, budget),
    whatToDo(view, budget),
    guardrails(view, budget),
    findings(view, budget),
    changes(view, budget),
    foot(view),
  ];
  const body = table(parts.map((part) => [cell(part, { padding: "8px 16px" })]));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(view.title)}</title>
</head>
<body style="margin:0;padding:0">
${body}
</body>
</html>
`;
}

const verdictTokens = {
  promote: "verdict-promote",
  hold: "verdict-hold",
  rollback: "verdict-rollback",
  disabled: "verdict-disabled",
} as const satisfies Readonly<Record<View["verdict"]["tone"], ThemeToken>>;

function banner({ verdict, subject, title }: View): Markup {
  const style = { color: "verdict-fg", background: verdictTokens[verdict.tone], padding: "16px" } as const;
  const words = lines([
    paragraph(`${verdict.glyph} ${verdict.word}`, { size: 24, bold: true, color: "verdict-fg" }),
    paragraph(verdict.headline, { size: 18, color: "verdict-fg" }),
    paragraph(`${title} · ${subject.window}, ${subject.completeDays}`, { color: "verdict-fg" }),
  ]);
  return table([[cell(words, style)]]);
}

function reasons(view: View, { rows }: Budget): Markup {
  return lines([
    paragraph(view.verdict.reason, { size: 16, bold: true }),
    ...shortened(reasonsBesides(view), rows, "the report").map((reason) => paragraph(`• ${reason}`)),
  ]);
}

function whatToDo({ next, report }: View, { showsCommands }: Budget): Markup {
  const place = report.place ?? "report.html";
  return lines([
    heading("What to do now"),
    ...(showsCommands
      ? next.steps.flatMap(stepMarkup)
      : [paragraph(`The lines to type are too long for a mail: they are in ${place}`)]),
    paragraph(expectText(next)),
  ]);
}

function stepMarkup({ number, text: what, edits, commands, shell }: StepView): readonly Markup[] {
  return [
    paragraph(`${number}. ${what}`),
    ...(edits.length === 0 ? [] : [preformatted(edits.map((edit) => edit.text).join("\n"))]),
    ...(commands.length === 0 ? [] : [preformatted(shell)]),
  ];
}

function guardrails({ guardrails: own, informational, ...view }: View, { rows }: Budget): Markup {
  const all = [...own, ...informational];
  const shown = all.slice(0, rows);
  const against = view.subject.comparison === null ? "" : `, ${view.subject.comparison}`;
  const head = [
    "class",
    "metric",
    `change${against}`,
    "95% interval",
    "before rollback",
    `by ${view.days.slot}`,
  ];
  return lines([
    heading(`Guardrails: ${view.guardrailSummary}`),
    table(
      [head.map((word) => cell(text(word), { bold: true, isHead: true })), ...shown.map(metricRow)],
      true,
    ),
    ...(all.length > shown.length ? [paragraph(`${all.length - shown.length} more are in the report.`)] : []),
  ]);
}

/** Dimensions with a value that stands out; the report has all of them. */
const STANDING = 2;

function metricRow(metric: MetricView) {
  const { classification, title, reads, judgedOn, delta, interval, adjusted, room } = metric;
  const { sparkline, unavailable } = metric;
  const standing = metric.dimensions.filter(({ standsOut }) => standsOut).slice(0, STANDING);
  const cuts = standing.map((dimension) => `by ${dimension.title}: ${dimension.sentence}`);
  const notes = [reads, judgedOn, unavailable, metric.error?.message ?? null, ...cuts].filter(
    (note) => note !== null,
  );
  return [
    badgeCell(classification),
    cell(lines([text(title), ...notes.map((note) => paragraph(note, { color: "muted" }))])),
    cell(lines([text(delta), ...(adjusted === null ? [] : [paragraph(`adjusted ${adjusted.delta}`)])]), {
      align: "right",
    }),
    cell(lines([text(interval), ...(adjusted === null ? [] : [paragraph(adjusted.interval)])]), {
      align: "right",
    }),
    cell(text(room ?? "–")),
    cell(text(sparkline ?? "–")),
  ];
}

function badgeCell({ glyph, word, tone }: Badge) {
  const [color, background] = toneTokens[tone];
  return cell(text(`${glyph} ${word}`), { color, background, bold: true });
}

/** Checks and settings that are not as they should be. */
function findings({ health, preflight, checklist }: View, { rows }: Budget): Markup {
  const checks = health.open.map(({ badge, title, detail, effect }) => ({
    badge,
    title,
    detail: `${detail} (${effect})`,
  }));
  const settings = preflight.open.map(({ badge, key, note }) => ({ badge, title: key, detail: note ?? "" }));
  const all = [...checks, ...settings];
  const shown = all.slice(0, rows);
  const more = all.length - shown.length;
  return lines([
    heading(`Checks: ${health.summary}`),
    ...(shown.length === 0
      ? []
      : [
          table(
            shown.map((line) => [badgeCell(line.badge), cell(text(line.title)), cell(text(line.detail))]),
            true,
          ),
        ]),
    ...(more === 0 ? [] : [paragraph(`${more} more are in the report.`)]),
    paragraph(`Preflight: ${preflight.summary}. Checklist: ${checklist.summary}.`),
  ]);
}

function changes({ changes: { title, items, nothing } }: View, { rows }: Budget): Markup {
  const texts = items.length === 0 ? [nothing] : items.map((item) => item.text);
  return lines([heading(title), ...shortened(texts, rows, "the report").map((line) => paragraph(line))]);
}

function foot({ report, tool, subject, generatedAt }: View): Markup {
  const about = `${subject.candidate} against ${subject.baseline} at ${subject.gate}, ${subject.exposure} of traffic; judged: ${subject.judge}, as of ${subject.asOf}`;
  const place = report.place === null ? [] : [paragraph(`The whole report: ${report.place}`)];
  return lines([
    ...(report.url === null ? place : [link(report.url, "Open the whole report")]),
    paragraph(`${about}. ${tool}, ${generatedAt}`, { color: "muted" }),
  ]);
}
