/** One save in the terminal: what was run, what it changed, and what is wrong, each with its place. */
import { formatPlace } from "../../model/error.ts";
import type { QueryError } from "../../model/measurement.ts";
import type { Note } from "../../preview/follow.ts";
import { noteText } from "../../preview/page/page.ts";
import { type Pass, statusText } from "../../preview/pass.ts";
import type { Finding } from "../../queries/validation/finding.ts";

export function passText(pass: Pass, columns: number): string {
  const { notes, problems, files } = pass;
  const quiet = notes.length === 0 && problems.length === 0 && files.length > 0;
  const lines = [
    statusText(pass),
    ...problems.flatMap(problemLines),
    ...notes.flatMap((note) => noteLines(note, columns)),
    ...(quiet ? ["  every number is as before"] : []),
  ];
  return lines.join("\n");
}

function problemLines({ level, message, where, excerpt, hint }: Finding): readonly string[] {
  return [`  ${level}: ${message}`, ...placeLines(formatPlace(where), excerpt, hint)];
}

function placeLines(place: string, excerpt: string | null, hint: string | null): readonly string[] {
  const shown = excerpt === null ? [] : excerpt.split("\n").map((line) => `        ${line}`);
  return [`    at ${place}`, ...shown, ...(hint === null ? [] : [`    hint: ${hint}`])];
}

function noteLines(note: Note, columns: number): readonly string[] {
  const { subject, error, differences, edits } = note;
  if (error !== null) {
    return [
      `  ${subject} ${noteText(note)}`,
      `    error: ${error.message}`,
      ...placeLines(placeOf(error), error.excerpt, error.hint),
      ...edits.map((line) => `        ${line}`),
    ];
  }
  if (differences.length === 0) return [`  ${subject} ${noteText(note)}`];
  const short = `  ${subject}  ${differences.join(", ")}`;
  const fixed = note.kind === "fixed" ? [`  ${subject} ${noteText(note)}`] : [];
  if (short.length <= columns && fixed.length === 0) return [short];
  const head = fixed.length > 0 ? fixed : [`  ${subject}`];
  return [...head, ...differences.map((line) => `    ${line}`)];
}

function placeOf({ file, line, column }: QueryError): string {
  return formatPlace({ file, line: line ?? undefined, column: column ?? undefined });
}
