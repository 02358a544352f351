/**
 * CSV records from physical lines, by the rules DuckDB's strict reader has, with the line of each. What a quote swallows
 * is never guessed: a value left open past the end of a line, and not closed as a value is, ends the reading.
 */
import type { CsvDialect } from "./csv-header.ts";

export interface CsvRecord {
  /** First line of the record, starting at 1, and how many it covers. */
  readonly line: number;
  readonly lines: number;
  readonly raw: string;
  /** Null when a quote is misplaced within the line. */
  readonly fields: readonly string[] | null;
}

export interface OpenQuote {
  readonly line: number;
  /** e.g. "is not closed before the end of the file". */
  readonly problem: string;
}

export interface CsvRecords {
  take(line: string, number: number): void;
  /** After the last line. */
  end(): void;
  /** A quote whose extent cannot be known: nothing after its line may be trusted. */
  openQuote(): OpenQuote | null;
  blankLines(): number;
}

/** A quoted value longer than this is a lost quote; the first is DuckDB's own limit for a line. */
const longestRecord = 2_000_000;
const mostLines = 5000;

export function csvRecords(dialect: CsvDialect, onRecord: (record: CsvRecord) => void): CsvRecords {
  let open: { readonly line: number; text: string; lines: string[] } | null = null;
  let failure: OpenQuote | null = null;
  let blank = 0;

  const takeFirst = (line: string, number: number): void => {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text === "") blank++;
    else if (dialect.quote === "" || !text.includes(dialect.quote)) {
      onRecord({ line: number, lines: 1, raw: text, fields: text.split(dialect.delimiter) });
    } else {
      const fields = splitQuoted(text, dialect);
      if (fields === "open") open = { line: number, text: line, lines: [line] };
      else onRecord({ line: number, lines: 1, raw: text, fields: fields === "misplaced" ? null : fields });
    }
  };
  const takeNext = (line: string, current: NonNullable<typeof open>): void => {
    current.text += `\n${line}`;
    current.lines.push(line);
    if (current.text.length > longestRecord || current.lines.length > mostLines) {
      failure = { line: current.line, problem: `is not closed within ${current.lines.length - 1} lines` };
    }
    if (!line.includes(dialect.quote)) return;
    const text = line.endsWith("\r") ? current.text.slice(0, -1) : current.text;
    const fields = splitQuoted(text, dialect);
    if (fields === "open") return;
    const upTo = `line ${current.line + current.lines.length - 1}`;
    if (fields === "misplaced") {
      failure = { line: current.line, problem: `is closed by a quote in ${upTo} that opens another value` };
      return;
    }
    if (swallowsRows(current.lines, fields.length, dialect)) {
      failure = { line: current.line, problem: `swallows whole rows up to ${upTo}` };
      return;
    }
    open = null;
    onRecord({ line: current.line, lines: current.lines.length, raw: text, fields });
  };
  return {
    take: (line, number) => {
      if (failure !== null) return;
      if (open === null) takeFirst(line, number);
      else takeNext(line, open);
    },
    end: () => {
      if (open !== null) failure ??= { line: open.line, problem: "is not closed before the end of the file" };
    },
    openQuote: () => failure,
    blankLines: () => blank,
  };
}

/** A line inside the value that is a row by itself: two stray quotes look like one long value otherwise. */
function swallowsRows(lines: readonly string[], width: number, dialect: CsvDialect): boolean {
  if (width < 3) return false;
  return lines.slice(1, -1).some((line) => {
    const fields = splitQuoted(line.endsWith("\r") ? line.slice(0, -1) : line, dialect);
    return typeof fields !== "string" && fields.length === width;
  });
}

function splitQuoted(text: string, dialect: CsvDialect): string[] | "open" | "misplaced" {
  const { delimiter, quote } = dialect;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const start = skipSpaces(text, at);
    if (text.startsWith(quote, start)) {
      const value = quotedValue(text, start + 1, dialect);
      if (value === null) return "open";
      fields.push(value.text);
      at = skipSpaces(text, value.end);
      if (at < text.length && !text.startsWith(delimiter, at)) return "misplaced";
    } else {
      const end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end === -1 ? text.length : end));
      at = end === -1 ? text.length : end;
    }
    if (at >= text.length) return fields;
    at += delimiter.length;
  }
}

/** Null when the text ends before the value does. `start` is after the opening quote, `end` after the closing one. */
function quotedValue(
  text: string,
  start: number,
  { quote, escape: escaping }: CsvDialect,
): { readonly text: string; readonly end: number } | null {
  let value = "";
  let from = start;
  for (let at = start; at < text.length; at++) {
    const next = text[at + 1];
    if (text[at] === escaping && (next === quote || (escaping !== quote && next === escaping))) {
      value += text.slice(from, at);
      from = ++at;
    } else if (text[at] === quote) return { text: value + text.slice(from, at), end: at + 1 };
  }
  return null;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === " ") at++;
  return at;
}
