/** Finds the comment lines at the head of a SQL file: keys with their places, and the prose between them. Pure text. */

export interface HeaderLine {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Where `@key` begins. */
  readonly column: number;
  readonly valueColumn: number;
}

export interface HeaderLines {
  readonly keys: readonly HeaderLine[];
  /** Plain comment lines, joined into paragraphs; an empty comment line parts two. */
  readonly prose: string;
  /** `-- @word` lines further down, where no header is read. */
  readonly stray: readonly HeaderLine[];
}

const COMMENT = /^\s*--(.*)$/;
const KEY = /^(\s*--\s*)@([A-Za-z_]+)(\s*)(.*?)\s*$/;

export function readHeaderLines(sql: string): HeaderLines {
  const lines = sql.replace(/^\uFEFF/, "").split(/\r?\n/);
  const head = headLength(lines);
  const found = lines.flatMap((line, index) => readKey(line, index + 1));
  const prose = lines
    .slice(0, head)
    .filter((line) => COMMENT.test(line) && !KEY.test(line))
    .map((line) => COMMENT.exec(line)?.[1]?.trim() ?? "");
  return {
    keys: found.filter(({ line }) => line <= head),
    prose: paragraphs(prose),
    stray: found.filter(({ line }) => line > head),
  };
}

/** Where the query itself begins, below its header; both from 1. */
export function queryPlace(sql: string): { readonly line: number; readonly column: number } {
  const lines = sql.split(/\r?\n/);
  const line = Math.min(headLength(lines) + 1, lines.length);
  return { line, column: Math.max(0, (lines[line - 1] ?? "").search(/\S/)) + 1 };
}

function headLength(lines: readonly string[]): number {
  const end = lines.findIndex((line) => line.trim() !== "" && !COMMENT.test(line));
  return end < 0 ? lines.length : end;
}

function readKey(line: string, number: number): readonly HeaderLine[] {
  const match = KEY.exec(line);
  if (match === null) return [];
  const [, lead = "", key = "", gap = "", value = ""] = match;
  const column = lead.length + 1;
  return [{ key, value, line: number, column, valueColumn: column + 1 + key.length + gap.length }];
}

/** ["a", "b", "", "c"] → "a b\n\nc" */
function paragraphs(lines: readonly string[]): string {
  return lines
    .map((line) => (line === "" ? "\n\n" : `${line} `))
    .join("")
    .split(/\s*\n\n\s*/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}
