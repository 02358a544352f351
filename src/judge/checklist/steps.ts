/** Instructions step by step: what to change by hand and where, and lines for a shell that run as they are. */

import type { PreflightLine, SettingEdit, Step } from "../../model/result.ts";
import { editText } from "../../text/edit.ts";

type Parts = Partial<Omit<Step, "text">>;

export function step(text: string, { edits = [], commands = [] }: Parts = {}): Step {
  return { text, edits, commands };
}

/** A setting of the app, with the place and the value that preflight read. */
export function settingEdit(key: string, value: string, preflight: readonly PreflightLine[]): SettingEdit {
  const read = preflight.find((line) => line.key === key);
  return { place: read?.source ?? null, line: `${key}=${value}`, was: read?.actual ?? null };
}

/** Steps as lines that a shell may be given whole: all but the commands are comments. */
export function stepLines(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ text, edits, commands }) => [
    `# ${oneLine(text)}`,
    ...edits.map((edit) => `#   ${oneLine(editText(edit))}`),
    ...commands,
  ]);
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
