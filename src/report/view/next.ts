/** What to do now, step by step, what to expect of the next run, and every other way out. */
import type { Result, Step } from "../../model/result.ts";
import { editText, whereText } from "../../text/edit.ts";
import { capital } from "../../text/words.ts";
import type { Made } from "./text.ts";

export interface StepView extends Made<typeof stepView> {}

/** Of steps written one below the other: a command is never cut and never wrapped. */
export interface PlainLine {
  readonly text: string;
  readonly isCommand: boolean;
}

export function nextView({ decision, phase }: Pick<Result, "decision" | "phase">) {
  const { promote, immediate, standard, steps } = decision.runbook;
  const { action } = decision;
  // The one to do now is not repeated.
  const present = action === "promote" ? "promote" : action === "rollback" ? decision.preset : null;
  const presets = [
    preset("immediate", "Immediate rollback", "Forces the baseline for everyone, at once.", immediate),
    preset("standard", "Standard rollback", "Takes the candidate back by one gate.", standard),
    preset("promote", "Promote", "Only when the verdict says so, or against it with a reason.", promote),
  ];
  const others = presets
    .filter((entry) => entry !== null)
    .filter(({ kind }) => kind !== present)
    .map(({ kind, title, note, lines }) => ({ title, note, steps: stepsView(steps?.[kind] ?? [], lines) }));
  const when = phase === "daily" ? "tomorrow" : "next";
  return { steps: stepsView(decision.steps, decision.next), when, expect: decision.expect, others };
}

function preset(
  kind: "promote" | "immediate" | "standard",
  title: string,
  note: string,
  lines: readonly string[] | null,
) {
  return lines === null ? null : { kind, title, note, lines };
}

/** A result of an earlier version has lines alone. */
function stepsView(steps: readonly Step[], lines: readonly string[]) {
  const all =
    steps.length > 0 ? steps : [{ text: "As an earlier version wrote it:", edits: [], commands: lines }];
  return all.map(stepView);
}

function stepView({ text, edits, commands }: Step, index: number) {
  return {
    number: String(index + 1),
    text,
    /** Lines to change by hand, and where: "exports/app.env:2, was true", or null. */
    edits: edits.map((edit) => ({ line: edit.line, where: whereText(edit), text: editText(edit) })),
    /** Lines for a shell, one by one and as one text. */
    commands,
    shell: commands.join("\n"),
  };
}

export function plainSteps(steps: readonly StepView[]): readonly PlainLine[] {
  return steps.flatMap(({ number, text, edits, commands }) => [
    { text: `${number}. ${text}`, isCommand: false },
    ...edits.map((edit) => ({ text: `   ${edit.text}`, isCommand: true })),
    ...commands.map((command) => ({ text: `   ${command}`, isCommand: true })),
  ]);
}

export function plainText(steps: readonly StepView[]): string {
  return plainSteps(steps)
    .map(({ text }) => text)
    .join("\n");
}

/** "tomorrow" → "What to expect tomorrow: Expect hold." */
export function expectText({ when, expect }: { readonly when: string; readonly expect: string }): string {
  return `${capital(when)}: ${expect}`;
}
