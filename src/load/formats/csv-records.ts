/**
 * CSV records from physical lines, by the rules of DuckDB's strict reader, with the line of each. What a quote swallows is never
 * guessed: a value that is left open, or closed by what opens another, ends the reading.
 */
import type { DiscoveredFile } from "../files/discover.ts";
import { refusal } from "../files/refusal.ts";
import { type CsvDialect, isEscaped, type RecordShape, scanRecord, valuesOf } from "./csv-scanner.ts";
import { endsInEscape } from "./escaped-scanner.ts";
import { looksLikeHeader } from "./header-words.ts";

export interface CsvRecord {
  /** First line of the record, starting at 1. */
  readonly line: number;
  /** Without the line end. */
  readonly raw: string;
  /** Or why it is none: a quote is misplaced within the line, the text ends in an escape, the line is too long. Null in JSON. */
  readonly shape: RecordShape | "bad_quotes" | "cut_off" | "line_too_long" | null;
}

/** Of a record that has a shape. */
export function recordValues({ raw, shape }: CsvRecord, dialect: CsvDialect): readonly string[] {
  return (typeof shape === "object" ? shape?.values : undefined) ?? valuesOf(raw, dialect);
}

/** Its text has no NUL, its values do. */
export function hasEscapedNul({ shape }: CsvRecord): boolean {
  const values = typeof shape === "object" ? shape?.values : undefined;
  return values?.some((value) => value.includes("\0")) ?? false;
}

/** A quote whose extent cannot be known: nothing after its line may be trusted. */
interface OpenQuote {
  readonly line: number;
  /** e.g. "is not closed before the end of the file". */
  readonly problem: string;
}

/** As one character, or as three of Latin-1. */
export const byteOrderMark = /^(\ufeff|\u00ef\u00bb\u00bf)/;

/** A quoted value is scanned once more for each of its lines with a quote: past so many times the longest record it is a lost quote. */
const mostScans = 100;

interface OpenRecord {
  readonly line: number;
  text: string;
  readonly lines: string[];
  /** Characters that were looked at so far. */
  scanned: number;
}

/** `longest`: bytes that a record may have; a longer line is a record by itself, a longer quoted value a lost quote. */
export function csvRecords(dialect: CsvDialect, longest: number, onRecord: (record: CsvRecord) => void) {
  let open: OpenRecord | null = null;
  let failure: OpenQuote | null = null;
  let awaitsHeader = dialect.header;

  const takeFirst = (line: string, number: number): void => {
    const raw = withoutReturn(line);
    if (raw === "" || (awaitsHeader && raw.trim() === "")) return;
    awaitsHeader = false;
    const shape = raw.length > longest ? "line_too_long" : shapeOf(line, dialect);
    if (shape === "open" || shape === "continues")
      open = { line: number, text: line, lines: [line], scanned: 0 };
    else onRecord({ line: number, raw, shape: shape === "misplaced" ? "bad_quotes" : shape });
  };
  const takeNext = (line: string, record: OpenRecord): void => {
    record.text += `\n${line}`;
    record.lines.push(line);
    const shape = shapeSoFar(record, line, dialect, longest);
    if (typeof shape === "string") failure = { line: record.line, problem: shape };
    else if (shape !== null) {
      open = null;
      onRecord({ line: record.line, raw: withoutReturn(record.text), shape });
    }
  };
  const endOpen = ({ line, text }: OpenRecord): void => {
    const shape = scanRecord(withoutReturn(text), dialect);
    if (shape === "open") failure ??= { line, problem: "is not closed before the end of the file" };
    else onRecord({ line, raw: withoutReturn(text), shape: typeof shape === "string" ? "cut_off" : shape });
  };
  return {
    take: (line: string, number: number): void => {
      if (failure !== null || number <= (dialect.skip ?? 0)) return;
      if (open === null) takeFirst(number === 1 ? line.replace(byteOrderMark, "") : line, number);
      else takeNext(line, open);
    },
    /** After the last line. */
    end: (): OpenQuote | null => {
      if (open !== null && failure === null) endOpen(open);
      return failure;
    },
  };
}

function shapeOf(text: string, dialect: CsvDialect): ReturnType<typeof scanRecord> {
  if (dialect.endsInReturns === true && !text.endsWith("\r")) return "continues";
  return scanRecord(withoutReturn(text), dialect);
}

/** False when whatever is before this line leaves the record open: it need not be scanned again. */
function mayEnd(last: string, dialect: CsvDialect): boolean {
  if (!isEscaped(dialect)) return last.includes(dialect.quote);
  if (dialect.endsInReturns === true && !last.endsWith("\r")) return false;
  return !endsInEscape(withoutReturn(last), dialect);
}

/** Null while the quote is open, then the record's shape, or what is wrong with the quote. */
function shapeSoFar(
  record: OpenRecord,
  last: string,
  dialect: CsvDialect,
  longest: number,
): RecordShape | string | null {
  const below = record.lines.length - 1;
  if (record.text.length > longest || record.scanned > mostScans * longest)
    return `is not closed within ${below} lines`;
  if (!mayEnd(last, dialect)) return null;
  record.scanned += record.text.length;
  const shape = shapeOf(record.text, dialect);
  if (shape === "open" || shape === "continues") return null;
  const upTo = `line ${record.line + below}`;
  if (shape === "misplaced") return `is closed by a quote in ${upTo} that opens another value`;
  return swallowsRows(record.lines, shape, dialect) ? `swallows whole rows up to ${upTo}` : shape;
}

/** A line inside the value that is a row by itself: two stray quotes look like one long value otherwise. */
function swallowsRows(lines: readonly string[], { width }: RecordShape, dialect: CsvDialect): boolean {
  // an escape says that the value goes on, and before a quote that it does not close
  if (width < 3 || (isEscaped(dialect) && dialect.escape !== "")) return false;
  return lines.slice(1, -1).some((line) => {
    const shape = scanRecord(withoutReturn(line), dialect);
    return typeof shape !== "string" && shape.width === width;
  });
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/**
 * The first record: DuckDB binds given columns by position and would accept any order. `columns`: as found, trimmed; an unnamed one
 * is `column0`, counted from 0. `startsBlank`: it is not in the first line, so that DuckDB would take it for a row. Throws a refusal
 * when there is no header, a name is there twice, or the delimiter is plainly another.
 */
export function readCsvHeader(file: DiscoveredFile, head: Buffer, dialect: CsvDialect) {
  const first = firstRecord(head, dialect);
  if (first === undefined || typeof first.shape === "string") {
    const problem =
      first === undefined
        ? "has a quote in its header that is not closed"
        : "has text after a closing quote in its header";
    throw refusal(file.file, problem, "fix the header, or set options.quote");
  }
  const values = valuesOf(first.raw, dialect).map((value) => value.trim());
  const columns = values.map((value, index) => (dialect.header && value !== "" ? value : `column${index}`));
  checkNames(file, columns, first.raw, dialect);
  return { columns, startsBlank: first.line > 1 + (dialect.skip ?? 0) };
}

function firstRecord(head: Buffer, dialect: CsvDialect): CsvRecord | undefined {
  const found: CsvRecord[] = [];
  const records = csvRecords(dialect, head.length, (record) => found.push(record));
  for (const [index, line] of head.toString("utf8").split("\n").entries()) {
    records.take(line, index + 1);
    if (found.length > 0) return found[0];
  }
  records.end();
  return found[0];
}

function checkNames(
  file: DiscoveredFile,
  columns: readonly string[],
  raw: string,
  dialect: CsvDialect,
): void {
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    const name = looksLikeHeader(columns, file.source) ? `column "${twice}"` : "a column";
    throw refusal(file.file, `has ${name} twice in its header`, "rename one of them in the export");
  }
  const other = [";", "\t", "|", ","].find((each) => each !== dialect.delimiter && raw.includes(each));
  if (columns.length === 1 && other !== undefined) {
    const isHeader = looksLikeHeader(raw.split(other), file.source);
    throw refusal(
      file.file,
      `has a header of one column${isHeader ? `: "${raw.slice(0, 80)}"` : ""}`,
      `set options: { delimiter: "${other === "\t" ? "\\t" : other}" } for this source`,
    );
  }
}
