/**
 * View in, chat.json out: one Slack message, ready for an incoming webhook or chat.postMessage. The verdict, why, the lines to
 * type, the guardrails, what else is wrong, and where the report is. Lines to type are never cut: where they do not fit, the
 * message says where they are. The verdict comes first and whole; a sentence that is too long says that it was cut.
 */
import { notAvailable } from "../../text/numbers.ts";
import { shortened } from "../../text/words.ts";
import type { MetricView } from "../view/metric.ts";
import { expectText } from "../view/next.ts";
import { reasonsBesides } from "../view/verdict.ts";
import type { View } from "../view/view.ts";
import { type Block, codeBlock, cut, packed, plainText, slackLimits } from "./slack.ts";

const mostReasons = 5;
const mostGuardrails = 20;
const mostChecks = 8;
/** Blocks that code may take of the fifty. */
const mostCode = 20;
const lineLimit = 300;
/** Of the reason: half of a block. */
const reasonLimit = 1500;
const CUT = "What ends in … is whole in the report.";

export function renderChat(view: View): string {
  const { verdict, next, title } = view;
  const message = {
    text: cut(`${verdict.glyph} ${title}: ${verdict.reason}`, slackLimits.fallback),
    blocks: [
      { type: "header", text: plainText(`${verdict.glyph} ${title}`, slackLimits.header) },
      section([verdict.headline, ...shortLines([verdict.reason], reasonLimit)]),
      ...listed(reasonsBesides(view).map(bullet), mostReasons),
      section(["Do now:"]),
      ...commands(view),
      section([expectText(next)]),
      { type: "divider" },
      ...listed(guardrails(view), mostGuardrails),
      ...listed(openLines(view), mostChecks),
      context(view),
      ...link(view),
    ] satisfies readonly Block[],
  };
  return `${JSON.stringify(message, null, 2)}\n`;
}

function section(lines: readonly string[]): Block {
  return { type: "section", text: plainText(lines.join("\n")) };
}

function bullet(text: string): string {
  return `• ${text}`;
}

function listed(lines: readonly string[], most: number): readonly Block[] {
  const all = shortened(lines, most, "the report");
  return (packed(shortLines(all, lineLimit)) ?? []).map((text) => section([text]));
}

function shortLines(lines: readonly string[], limit: number): readonly string[] {
  const isCut = lines.some(({ length }) => length > limit);
  return [...lines.map((line) => cut(line, limit)), ...(isCut ? [CUT] : [])];
}

/** A sentence for each step, with lines to copy in blocks of their own. */
function commands({ next, report }: View): readonly Block[] {
  const steps = next.steps.map(({ number, text, edits, commands: shell }) => {
    const lines = [edits.map((edit) => edit.text), shell].flatMap((own) =>
      own.length === 0 ? [] : [packed(own)],
    );
    return { text: `${number}. ${text}`, lines };
  });
  const codes = steps.flatMap(({ lines }) => lines);
  const isShort = codes.flat().length <= mostCode && steps.length <= mostCode / 2;
  if (isShort && codes.every((own) => own !== null))
    return steps.flatMap(({ text, lines }) => [
      section([text]),
      ...lines.flatMap((own) => own ?? []).map(codeBlock),
    ]);
  return [section([`The lines to type do not fit into a message: see ${report.place ?? "report.html"}`])];
}

function guardrails({ guardrails: shown, guardrailSummary, subject }: View): readonly string[] {
  const against = subject.comparison === null ? "" : ` (${subject.comparison})`;
  return [`Guardrails: ${guardrailSummary}${against}`, ...shown.map(guardrail)];
}

function guardrail({
  classification,
  title,
  delta,
  interval,
  adjusted,
  distance,
  reads,
  judgedOn,
}: MetricView): string {
  const range = interval === notAvailable ? "" : ` (${interval})`;
  const besides = adjusted === null ? null : `adjusted ${adjusted.delta} (${adjusted.interval})`;
  const more = [besides, distance, reads, judgedOn].filter((text) => text !== null);
  return [`${classification.glyph} ${classification.word}: ${title} ${delta}${range}`, ...more].join(", ");
}

/** Checks and settings that are not as they should be. */
function openLines({ health, preflight }: View): readonly string[] {
  const checks = health.open.map(
    ({ badge, title, detail }) => `${badge.glyph} ${badge.word}: ${title}: ${detail}`,
  );
  const settings = preflight.open.map(
    ({ badge, key, note }) => `${badge.glyph} ${badge.word}: ${key}${note === null ? "" : `: ${note}`}`,
  );
  return [...checks, ...settings];
}

function context({ subject, health, preflight, checklist, tool, report }: View): Block {
  const place = report.url === null && report.place !== null ? [`Report: ${report.place}`] : [];
  const texts = [
    `${subject.candidate} against ${subject.baseline}, ${subject.window}, ${subject.completeDays}, ${subject.exposure} of traffic`,
    `Checks: ${health.summary}. Preflight: ${preflight.summary}. Checklist: ${checklist.summary}. ${tool}`,
    ...place,
  ];
  return { type: "context", elements: texts.map((text) => plainText(text)) };
}

function link({ report: { url } }: View): readonly Block[] {
  if (url === null || url.length > slackLimits.url) return [];
  return [
    {
      type: "actions",
      elements: [{ type: "button", text: plainText("Open the report"), url, action_id: "open_report" }],
    },
  ];
}
