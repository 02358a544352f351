/** What to type now, what to expect of the next run, and every other way out. */
import type { Result } from "../../model/result.ts";

export function nextView({ decision, phase }: Pick<Result, "decision" | "phase">) {
  const { promote, immediate, standard } = decision.runbook;
  const presets = [
    preset("Immediate rollback", "Forces the baseline for everyone, at once.", immediate),
    preset("Standard rollback", "Takes the candidate back to controlled validation traffic.", standard),
    preset("Promote", "Only when the verdict says so, or with a recorded override.", promote),
  ];
  const now = commands(decision.next);
  // The one to type now is not repeated.
  const others = presets.filter((entry) => entry !== null).filter((entry) => entry.text !== now.text);
  return { commands: now, when: phase === "daily" ? "tomorrow" : "next", expect: decision.expect, others };
}

function preset(title: string, note: string, lines: readonly string[] | null) {
  return lines === null ? null : { title, note, ...commands(lines) };
}

function commands(lines: readonly string[]) {
  return {
    lines: lines.map((text) => ({ text, isComment: text.trimStart().startsWith("#") })),
    /** All lines as one text, to be copied. */
    text: lines.join("\n"),
  };
}
