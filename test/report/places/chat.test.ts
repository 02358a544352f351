import { describe, expect, it } from "vitest";
import { step } from "../../../src/judge/checklist/steps.ts";
import type { Result } from "../../../src/model/result.ts";
import { renderChat } from "../../../src/report/chat/chat.ts";
import { buildView } from "../../../src/report/view/view.ts";
import { reportStates } from "../../helpers/report-states.ts";
import { sampleDecision, sampleResult, stepsOf } from "../../helpers/sample-result.ts";

type Json = Readonly<Record<string, unknown>>;

const isPlainText = (value: unknown, limit: number): boolean => {
  const { type, text, emoji } = value as Json;
  return (
    type === "plain_text" &&
    emoji === false &&
    typeof text === "string" &&
    text.length >= 1 &&
    text.length <= limit
  );
};

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

/** By Slack's reference of blocks: what each type needs, and its limits. */
const rules: Readonly<Record<string, (block: Json) => boolean>> = {
  header: ({ text }) => isPlainText(text, 150),
  section: ({ text }) => isPlainText(text, 3000),
  divider: () => true,
  context: ({ elements }) =>
    listOf(elements).length >= 1 &&
    listOf(elements).length <= 10 &&
    listOf(elements).every((text) => isPlainText(text, 3000)),
  actions: ({ elements }) =>
    listOf(elements).length >= 1 &&
    listOf(elements).length <= 25 &&
    listOf(elements).every(
      ({ type, text, url, action_id }) =>
        type === "button" &&
        isPlainText(text, 75) &&
        typeof url === "string" &&
        url.length <= 3000 &&
        typeof action_id === "string" &&
        action_id.length <= 255,
    ),
  rich_text: ({ elements }) =>
    listOf(elements).every(
      ({ type, elements: inner }) =>
        type === "rich_text_preformatted" &&
        listOf(inner).every(
          ({ type: kind, text }) =>
            kind === "text" && typeof text === "string" && text.length >= 1 && text.length <= 3000,
        ),
    ),
};

interface Message {
  readonly text: string;
  readonly blocks: readonly Json[];
}

const message = (result: Result) => JSON.parse(renderChat(buildView(result))) as Message;
const typed = ({ blocks }: Message) =>
  blocks
    .filter(({ type }) => type === "rich_text")
    .flatMap(({ elements }) =>
      listOf(elements).flatMap(({ elements: inner }) => listOf(inner).map(({ text }) => text)),
    )
    .join("\n");

const long = `gatebook record promote --reason "${"x".repeat(2900)}"`;
const withLines = (commands: readonly string[]) =>
  sampleResult({ decision: sampleDecision(stepsOf(step("Type:", { commands }))) });

describe.each([
  ...Object.entries(reportStates),
  ["forty long lines", withLines(Array.from({ length: 15 }, () => long))],
  [
    "long texts everywhere",
    sampleResult({
      decision: sampleDecision({ reasons: Array.from({ length: 30 }, () => "🛑".repeat(3000)) }),
    }),
  ],
] as const)("chat.json of %s", (_, result) => {
  const sent = message(result);

  it("is within Slack's limits", () => {
    expect(sent.text.length).toBeLessThanOrEqual(4000);
    expect(sent.blocks.length).toBeLessThanOrEqual(50);
    const bad = sent.blocks.filter((block) => rules[String(block["type"])]?.(block) !== true);
    expect(bad).toEqual([]);
    expect(JSON.stringify(sent)).not.toMatch(/\\ud[89ab]/i);
  });

  it("has the verdict first and every line to type, whole", () => {
    expect(JSON.stringify(sent.blocks[0])).toContain(buildView(result).verdict.word);
    const lines = buildView(result).next.steps.flatMap(({ edits, commands }) => [
      ...edits.map(({ text }) => text),
      ...commands,
    ]);
    expect(typed(sent)).toBe(lines.join("\n"));
  });
});

it("cuts no line to type: it says where one is that does not fit", () => {
  const sent = message(withLines(["a", `gatebook ${"x".repeat(3001)}`]));
  expect(typed(sent)).toBe("");
  expect(JSON.stringify(sent)).toContain(
    "do not fit into a message: see reports/clip-cosine-v2/2026-02-07/report.html",
  );
});

it("says of a reason that is too long that it was cut, below the verdict, and of no other", () => {
  const reasoned = (reason: string) =>
    message(sampleResult({ decision: sampleDecision({ reasons: [reason] }) })).blocks[1];
  const long = JSON.stringify(reasoned("why ".repeat(800)));
  expect(long).toMatch(/^.{0,120}(why ){300}/);
  expect(long).toContain("…\\nWhat ends in … is whole in the report.");
  expect(JSON.stringify(reasoned("why ".repeat(300)))).not.toContain("…");
});

it("has a button where the report is published, else its path", () => {
  const url = "https://reports.example.org/clip/report.html";
  const { blocks } = message(sampleResult({ reportAt: url }));
  expect(blocks.at(-1)).toMatchObject({ type: "actions", elements: [{ url }] });
  expect(JSON.stringify(message(sampleResult()))).toContain(
    "Report: reports/clip-cosine-v2/2026-02-07/report.html",
  );
});

it("shows the worst guardrails, and says how many more there are", () => {
  const sent = JSON.stringify(message(reportStates["sixty metrics"] ?? sampleResult()));
  expect(sent).toContain("✕ rollback: Click-through rate 0");
  expect(sent).toMatch(/… \d+ more in the report/);
});
