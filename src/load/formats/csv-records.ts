/**
 * CSV records from physical lines, by the rules DuckDB's strict reader has, with the line of each. What a quote swallows
 * is never guessed: a value left open past the end of a line, and not closed as a value is, ends the reading.
 */
import type { CsvDialect } from "./csv-header.ts";
import { type RecordShape, scanRecord } from "./csv-scan.ts";

export interface CsvRecord {
  /** First line of the record, starting at 1. */
  readonly line: number;
  /** Without the line end. */
  readonly raw: string;
  /** Null when a quote is misplaced within the line. */
  readonly shape: RecordShape | null;
}

interface OpenQuote {
  readonly line: number;
  /** e.g. "is not closed before the end of the file". */
  readonly problem: string;
}

interface CsvRecords {
  take(line: string, number: number): void;
  /** After the last line. */
  end(): void;
  /** A quote whose extent cannot be known: nothing after its line may be trusted. */
  openQuote(): OpenQuote | null;
}

/** A quoted value longer than this is a lost quote; the first is DuckDB's own limit for a line. */
const longestRecord = 2_000_000;
const mostLines = 5000;

interface OpenRecord {
  readonly line: number;
  text: string;
  readonly lines: string[];
}

export function csvRecords(dialect: CsvDialect, onRecord: (record: CsvRecord) => void): CsvRecords {
  let open: OpenRecord | null = null;
  let failure: OpenQuote | null = null;

  const takeFirst = (line: string, number: number): void => {
    const raw = withoutReturn(line);
    if (raw === "") return;
    const shape = scanRecord(raw, dialect);
    if (shape === "open") open = { line: number, text: line, lines: [line] };
    else onRecord({ line: number, raw, shape: shape === "misplaced" ? null : shape });
  };
  const takeNext = (line: string, record: OpenRecord): void => {
    record.text += `\n${line}`;
    record.lines.push(line);
    const shape = shapeSoFar(record, line, dialect);
    if (typeof shape === "string") failure = { line: record.line, problem: shape };
    else if (shape !== null) {
      open = null;
      onRecord({ line: record.line, raw: withoutReturn(record.text), shape });
    }
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
  };
}

/** Null while the quote is open, then the record's shape, or what is wrong with the quote. */
function shapeSoFar(record: OpenRecord, last: string, dialect: CsvDialect): RecordShape | string | null {
  const below = record.lines.length - 1;
  if (record.text.length > longestRecord || below >= mostLines) return `is not closed within ${below} lines`;
  if (!last.includes(dialect.quote)) return null;
  const shape = scanRecord(withoutReturn(record.text), dialect);
  if (shape === "open") return null;
  const upTo = `line ${record.line + below}`;
  if (shape === "misplaced") return `is closed by a quote in ${upTo} that opens another value`;
  return swallowsRows(record.lines, shape, dialect) ? `swallows whole rows up to ${upTo}` : shape;
}

/** A line inside the value that is a row by itself: two stray quotes look like one long value otherwise. */
function swallowsRows(lines: readonly string[], { width }: RecordShape, dialect: CsvDialect): boolean {
  if (width < 3) return false;
  return lines.slice(1, -1).some((line) => {
    const shape = scanRecord(withoutReturn(line), dialect);
    return typeof shape !== "string" && shape.width === width;
  });
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
