/**
 * View in, summary.txt out: at most 25 lines of 79 columns of plain ASCII (more only where the commands to type need them), to paste
 * where nothing else survives. Where it is too long, guardrails are left out and counted, then reasons are cut; what is to be typed never is.
 */
import { notAvailable } from "../../text/numbers.ts";
import { shortened } from "../../text/words.ts";
import type { MetricView } from "../view/metric.ts";
import { expectText, plainSteps } from "../view/next.ts";
import type { View } from "../view/view.ts";

const lineLimit = 25;
const columnLimit = 79;
const textLimit = 400;
const titleLimit = 28;
const reasonLimit = 3;
/** Of the verdict's reasons, however full the page is. */
const fewestReasonLines = 3;
const changeLines = 2;

export function renderText(view: View): string {
  const { verdict, subject, next } = view;
  const reasons = [verdict.reason, ...verdict.moreReasons]
    .slice(0, reasonLimit)
    .flatMap((line) => folded(line));
  const flags = verdict.flags.map(({ word, text }) => `${word}: ${text}`);
  const titles = [...folded(view.title), ...folded(verdict.headline)];
  const typed = plainSteps(next.steps);
  const commands = typed.filter(({ isCommand }) => isCommand).length;
  const steps = [
    ...flags.flatMap((line) => folded(line)),
    ...(verdict.literal.differs ? folded(verdict.literal.text) : []),
    "Do now:",
    ...typed.flatMap(({ text, isCommand }) => (isCommand ? [asciiLine(text)] : folded(text, "   "))),
    ...folded(expectText(next)),
  ];
  const foot = [
    ...folded(`${subject.window}, ${subject.completeDays}, ${subject.exposure} of traffic`),
    ...(subject.comparison === null ? [] : folded(`Every change is ${subject.comparison}.`)),
    ...folded(`Checks: ${view.health.summary}. Preflight: ${view.preflight.summary}.`),
    ...cut(folded(changes(view)), changeLines),
    ...folded(`Report: ${view.report.place ?? "report.html"}`),
  ];
  const title = folded(`Guardrails: ${view.guardrailSummary}`);
  const room = lineLimit - [titles, steps, title, foot].flat().length;
  const rows = metricRows([...view.guardrails, ...view.informational]);
  // the first metric, and how many more there are
  const fewestRows = Math.min(rows.flat().length, (rows[0]?.length ?? 0) + 1);
  const why = cut(reasons, Math.max(fewestReasonLines, room + commands - fewestRows));
  const metrics = withinRoom(rows, room - why.length);
  return `${[...titles, ...why, ...steps, ...title, ...metrics, ...foot].join("\n")}\n`;
}

/** Of each a row of at most 79 columns, and what must be read beside it. */
function metricRows(metrics: readonly MetricView[]): readonly (readonly string[])[] {
  const rows = metrics.map((metric) => ({ ...metric, short: clipped(asciiLine(metric.title), titleLimit) }));
  const word = Math.max(0, ...rows.map((metric) => metric.classification.word.length));
  const title = Math.max(0, ...rows.map((metric) => metric.short.length));
  return rows.map((metric) => {
    const start = `  ${metric.classification.word.padEnd(word)}  ${metric.short.padEnd(title)}  ${metric.delta}`;
    const interval = metric.interval === notAvailable ? "" : ` (${metric.interval})`;
    const room = metric.room === null ? "" : `, ${metric.room}`;
    const fits = (line: string) => line.length <= columnLimit;
    const row = [start + interval + room, start + room].find(fits) ?? start;
    const adjusted = metric.adjusted === null ? null : `adjusted ${metric.adjusted.delta}`;
    const notes = [adjusted, metric.reads, metric.judgedOn].filter((note) => note !== null);
    return [asciiLine(row), ...(notes.length === 0 ? [] : folded(`    ${notes.join(", ")}`, "    "))];
  });
}

/** As many rows as there is room for, at least one, and how many more there are. */
function withinRoom(rows: readonly (readonly string[])[], room: number): readonly string[] {
  const all = rows.flat();
  if (all.length <= room) return all;
  let many = rows.length;
  while (many > 1 && rows.slice(0, many).flat().length >= room) many -= 1;
  return [...rows.slice(0, many).flat(), `  ... ${rows.length - many} more in report.html`];
}

/** The first lines, the last of which then shows that there were more. */
function cut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const last = (lines[most - 1] ?? "").slice(0, columnLimit - 3).replace(/ \S*$/, "");
  return [...lines.slice(0, most - 1), `${last} ...`];
}

/** At spaces, after the first line indented; a text of more than four hundred characters is cut, and ends in "...". */
function folded(text: string, indent = "  "): readonly string[] {
  const lines: string[] = [];
  const words = clipped(asciiLine(text), textLimit).split(" ");
  // A path or a value may be longer than a line.
  for (const word of words.flatMap((one) => one.match(/.{1,70}/g) ?? [""])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columnLimit)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `${indent}${word}`);
  }
  return lines;
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

/** A cut text must not pass for a whole one. */
function clipped(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 4).trimEnd()} ...`;
}
