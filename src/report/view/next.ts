/** What to type now, what to expect of the next run, and every other way out. */
import type { Result } from "../../model/result.ts";

export interface NextView {
  readonly commands: CommandsView;
  /** "tomorrow", "next" */
  readonly when: string;
  readonly expect: string;
  /** The runbook's other presets; the one to type now is not repeated. */
  readonly others: readonly PresetView[];
}

export interface CommandsView {
  readonly lines: readonly CommandLine[];
  /** All lines as one text, to be copied. */
  readonly text: string;
}

export interface CommandLine {
  readonly text: string;
  readonly isComment: boolean;
}

export interface PresetView extends CommandsView {
  readonly title: string;
  readonly note: string;
}

export function nextView({ decision, phase }: Pick<Result, "decision" | "phase">): NextView {
  const { promote, immediate, standard } = decision.runbook;
  const presets = [
    preset("Immediate rollback", "Forces the baseline for everyone, at once.", immediate),
    preset("Standard rollback", "Takes the candidate back to controlled validation traffic.", standard),
    preset("Promote", "Only when the verdict says so, or with a recorded override.", promote),
  ];
  const now = commands(decision.next);
  const others = presets.filter((entry): entry is PresetView => entry !== null && entry.text !== now.text);
  return { commands: now, when: phase === "daily" ? "tomorrow" : "next", expect: decision.expect, others };
}

function preset(title: string, note: string, lines: readonly string[] | null): PresetView | null {
  return lines === null ? null : { title, note, ...commands(lines) };
}

function commands(lines: readonly string[]): CommandsView {
  return {
    lines: lines.map((text) => ({ text, isComment: text.trimStart().startsWith("#") })),
    text: lines.join("\n"),
  };
}
