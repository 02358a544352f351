/** View in, summary.txt out: at most 25 lines of plain ASCII (more only where the commands need them), to paste where nothing else survives. */
import { notAvailable } from "../../text/numbers.ts";
import { shortened } from "../../text/words.ts";
import type { MetricView } from "../view/metric.ts";
import type { View } from "../view/view.ts";

const lineLimit = 25;
const columnLimit = 400;
const reasonLimit = 3;

export function renderText(view: View): string {
  const { verdict, subject, next } = view;
  const reasons = [verdict.reason, ...verdict.moreReasons].slice(0, reasonLimit);
  const flags = verdict.flags.map(({ word, text }) => `${word}: ${text}`);
  const head = [
    view.title,
    verdict.headline,
    ...reasons,
    ...flags,
    verdict.literal.text,
    `${subject.window}, ${subject.completeDays}, ${subject.exposure} of traffic; judged: ${subject.judge}, as of ${subject.asOf}`,
    ...(subject.comparison === null ? [] : [`Every change below is ${subject.comparison}.`]),
    "Do now:",
    ...next.commands.text.split("\n").map((line) => `  ${line}`),
    `${capital(next.when)}: ${next.expect}`,
    `Guardrails: ${view.guardrailSummary}`,
  ];
  const foot = [
    `Checks: ${view.health.summary}. Preflight: ${view.preflight.summary}. Checklist: ${view.checklist.summary}.`,
    changes(view),
    `Cells: ${view.cellSummary}. Evidence: report.html and result.json. ${view.tool}`,
  ];
  const room = Math.max(1, lineLimit - head.length - foot.length);
  const metrics = shortened(metricLines([...view.guardrails, ...view.informational]), room, "report.html");
  const lines = [...head, ...metrics.map((line) => `  ${line}`), ...foot];
  // A command that is cut would be run as it is.
  const isCommand = (line: string): boolean => next.commands.lines.some(({ text }) => line === `  ${text}`);
  const plainLines = lines.map((line) => (isCommand(line) ? asciiLine(line) : clipped(asciiLine(line))));
  return `${plainLines.join("\n")}\n`;
}

function metricLines(metrics: readonly MetricView[]): readonly string[] {
  const word = Math.max(0, ...metrics.map((metric) => metric.classification.word.length));
  const title = Math.max(0, ...metrics.map((metric) => metric.title.length));
  return metrics.map((metric) => {
    const start = `${metric.classification.word.padEnd(word)}  ${metric.title.padEnd(title)}  ${metric.delta}`;
    const range = metric.interval === notAvailable ? "" : ` (${metric.interval})`;
    const adjusted = metric.adjusted === null ? "" : `, adjusted ${metric.adjusted.delta}`;
    const distance = metric.distance === null ? "" : `, ${metric.distance}`;
    const reads = metric.reads === null ? "" : `, ${metric.reads}`;
    const judgedOn = metric.judgedOn === null ? "" : `, ${metric.judgedOn}`;
    const clock = metric.clock === null ? "" : `, ${uncapital(metric.clock.replace(/\.$/, ""))}`;
    return start + range + adjusted + distance + reads + judgedOn + clock;
  });
}

function uncapital(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}

/** "tomorrow" → "Tomorrow" */
function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** The words of html and Markdown, on one line. */
function changes({ changes: { title, items, nothing } }: View): string {
  if (items.length === 0) return nothing;
  const texts = items.map((item) => item.text);
  return `${title}: ${shortened(texts, 4, "report.html").join("; ")}`;
}

const plain: readonly (readonly [RegExp, string])[] = [
  [/[−–—]/g, "-"],
  [/→/g, "->"],
  [/…/g, "..."],
  [/·/g, "-"],
  [/[“”]/g, '"'],
  [/[‘’]/g, "'"],
  [/[\u00a0\t\n]/g, " "],
  [/\p{M}/gu, ""],
];

/** "−7.4 %" → "-7.4 %", "é" → "e"; a letter that has no ASCII form is spelled "\u3042". */
function asciiLine(text: string): string {
  const folded = plain.reduce((line, [from, to]) => line.normalize("NFD").replace(from, to), text);
  const spelled = [...folded].map((character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return codePoint < 127 ? character : `\\u${codePoint.toString(16).padStart(4, "0")}`;
  });
  return spelled.join("").trimEnd();
}

/** A cut sentence must not pass for a whole one. */
function clipped(line: string): string {
  return line.length <= columnLimit ? line : `${line.slice(0, columnLimit - 4).trimEnd()} ...`;
}
