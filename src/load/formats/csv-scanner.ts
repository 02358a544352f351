/** One CSV record: how many values it has and what they are, by the rules of DuckDB's strict reader. */
import type { DiscoveredFile } from "../files/discover.ts";

export interface CsvDialect {
  readonly delimiter: string;
  /** Empty: values are never quoted. */
  readonly quote: string;
  readonly escape: string;
  readonly header: boolean;
  /** Known to have line feeds and no carriage returns between its lines. */
  readonly endsInFeeds?: boolean;
}

export function dialectOf(file: DiscoveredFile): CsvDialect {
  const { options } = file.source;
  const byName = /\.tsv(\.(gz|zst))?$/i.test(file.path) ? "\t" : ",";
  const quote = options.quote ?? '"';
  return {
    delimiter: options.delimiter ?? byName,
    quote,
    escape: options.escape ?? quote,
    header: options.header,
  };
}

export interface RecordShape {
  readonly width: number;
  /** Number of values up to the last one that is not empty: `a,,b,,` has 3 of 5. */
  readonly filled: number;
}

/** "open": the text ends within a quoted value. "misplaced": text comes after a closing quote. */
export function scanRecord(text: string, dialect: CsvDialect): RecordShape | "open" | "misplaced" {
  let width = 0;
  let filled = 0;
  const problem = eachValue(text, dialect, (start, end) => {
    width++;
    if (end > start) filled = width;
  });
  return problem ?? { width, filled };
}

/** The values of a record that `scanRecord` found valid, quotes and escapes taken off. */
export function valuesOf(text: string, dialect: CsvDialect): readonly string[] {
  const values: string[] = [];
  eachValue(text, dialect, (start, end, quoted) => {
    const value = text.slice(start, end);
    values.push(quoted ? unescaped(value, dialect) : value);
  });
  return values;
}

/** Calls `take` with where each value begins and ends, inside its quotes if it has any. */
function eachValue(
  text: string,
  dialect: CsvDialect,
  take: (start: number, end: number, quoted: boolean) => void,
): "open" | "misplaced" | null {
  const { delimiter, quote } = dialect;
  const mayQuote = quote !== "" && text.includes(quote);
  let at = 0;
  for (;;) {
    const start = mayQuote ? skipSpaces(text, at) : at;
    if (mayQuote && text[start] === quote) {
      const end = closingQuote(text, start + 1, dialect);
      if (end === -1) return "open";
      take(start + 1, end, true);
      at = skipSpaces(text, end + 1);
      if (at < text.length && !text.startsWith(delimiter, at)) return "misplaced";
    } else {
      const end = text.indexOf(delimiter, at);
      take(at, end === -1 ? text.length : end, false);
      at = end === -1 ? text.length : end;
    }
    if (at >= text.length) return null;
    at += delimiter.length;
  }
}

/** −1 when the value does not end within the text. */
function closingQuote(text: string, start: number, { quote, escape: escaping }: CsvDialect): number {
  let at = start;
  for (;;) {
    const end = text.indexOf(quote, at);
    if (end === -1) return -1;
    if (escaping === quote) {
      if (text[end + 1] !== quote) return end;
      at = end + 2;
    } else {
      let escapes = 0;
      while (end - escapes > start && text[end - escapes - 1] === escaping) escapes++;
      if (escapes % 2 === 0) return end;
      at = end + 1;
    }
  }
}

function unescaped(value: string, { quote, escape: escaping }: CsvDialect): string {
  if (!value.includes(escaping)) return value;
  if (escaping === quote) return value.replaceAll(quote + quote, quote);
  let text = "";
  for (let at = 0; at < value.length; at++) {
    const next = value[at + 1];
    if (value[at] === escaping && (next === quote || next === escaping)) at++;
    text += value[at] ?? "";
  }
  return text;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === " ") at++;
  return at;
}
