/** One save in the terminal: what was run, what it changed, and what is wrong, each with its place. */
import type { Note } from "../../preview/follow.ts";
import { noteText } from "../../preview/page/page.ts";
import { type Pass, statusText } from "../../preview/pass.ts";
import { type Problem, problemLines } from "../terminal/errors.ts";

export function passText(pass: Pass, columns: number): string {
  const { notes, problems, files } = pass;
  const quiet = notes.length === 0 && problems.length === 0 && files.length > 0;
  const lines = [
    statusText(pass),
    ...problems.flatMap((problem) => indented(problem, "  ")),
    ...notes.flatMap((note) => noteLines(note, columns)),
    ...(quiet ? ["  every number is as before"] : []),
  ];
  return lines.join("\n");
}

function indented(problem: Problem, by: string): readonly string[] {
  return problemLines(problem).map((line) => `${by}${line}`);
}

function noteLines(note: Note, columns: number): readonly string[] {
  const { subject, error, differences, edits } = note;
  const head = `  ${subject} ${noteText(note)}`;
  if (error !== null) {
    const where = { file: error.file, line: error.line ?? undefined, column: error.column ?? undefined };
    const problem = indented({ level: "error", ...error, where }, "    ");
    return [head, ...problem, ...edits.map((line) => `        ${line}`)];
  }
  const isFixed = note.kind === "fixed";
  const short = `  ${subject}  ${differences.join(", ")}`;
  if (differences.length === 0) return [head];
  if (short.length <= columns && !isFixed) return [short];
  return [isFixed ? head : `  ${subject}`, ...differences.map((line) => `    ${line}`)];
}
