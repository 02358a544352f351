/** One CSV record: how many values it has and what they are, by the rules of DuckDB's strict reader. */
import type { PreparedFile } from "../files/prepare.ts";
import { type EscapedDialect, eachEscapedValue } from "./escaped-scanner.ts";

export interface CsvDialect {
  readonly delimiter: string;
  /** Empty: values are never quoted. */
  readonly quote: string;
  readonly escape: string;
  readonly header: boolean;
  /** Lines before the first record: 1 where a spreadsheet wrote `sep=;` there. */
  readonly skip?: number;
  /** Bytes of the longest record, where it may be beyond the engine's own limit. */
  readonly longest?: number;
  /** Known to have line feeds and no carriage returns between its lines. */
  readonly endsInFeeds?: boolean;
  /** An escape may stand before any character, also outside of quotes. */
  readonly escapes?: EscapedDialect["escapes"];
  /** With `escapes`: records end in a carriage return and a line feed, and a line feed alone is part of a value. */
  readonly endsInReturns?: boolean;
}

/** `head`: the first bytes of the text, which show how its lines end, and may name the delimiter. */
export function dialectOf({ file, head }: Pick<PreparedFile, "file" | "head">): CsvDialect {
  const { options } = file.source;
  if (options.escapes !== undefined) {
    const { escapes, delimiter, quote, escape: escaping, header } = options;
    const written = { delimiter: delimiter ?? "\t", quote: quote ?? "", escape: escaping ?? "\\" };
    return { ...written, header, escapes, endsInReturns: mostlyReturns(head) };
  }
  const separator = separatorLine(head);
  const byName = /\.tsv(\.(gz|zst))?$/i.test(file.path) ? "\t" : ",";
  const quote = options.quote ?? '"';
  return {
    delimiter: separator ?? options.delimiter ?? byName,
    quote,
    escape: options.escape ?? quote,
    header: options.header,
    skip: separator === null ? 0 : 1,
  };
}

/** The delimiter that a first line `sep=;` names, as spreadsheets write and read it; it holds for this file whatever its source says. */
function separatorLine(head: Buffer): string | null {
  const start = head.subarray(0, 16).toString("utf8");
  return /^\ufeff?"?sep=(.)"?\r?\n/i.exec(start)?.[1] ?? null;
}

function mostlyReturns(head: Buffer): boolean {
  const text = head.toString("latin1");
  return 2 * text.split("\r\n").length > text.split("\n").length + 1;
}

/** What the engine's reader refuses or reads otherwise: values are unescaped first, by `copyForReader`. */
export function needsCopy(dialect: CsvDialect, nullText: readonly string[]): boolean {
  const special = [dialect.delimiter, dialect.quote, dialect.escape].filter((each) => each !== "");
  return (
    dialect.escapes !== undefined || nullText.some((text) => special.some((each) => text.includes(each)))
  );
}

export interface RecordShape {
  readonly width: number;
  /** Number of values up to the last one that is not empty: `a,,b,,` has 3 of 5. */
  readonly filled: number;
  /** What `valuesOf` gives, where counting values takes reading them. */
  readonly values?: readonly string[];
}

/**
 * "open": the text ends within a quoted value. "continues": the line break after it is escaped. "misplaced": text comes after a
 * closing quote.
 */
export function scanRecord(
  text: string,
  dialect: CsvDialect,
): RecordShape | "open" | "continues" | "misplaced" {
  if (isEscaped(dialect)) return scanEscaped(text, dialect);
  let width = 0;
  let filled = 0;
  const problem = eachValue(text, dialect, (start, end) => {
    width++;
    if (end > start) filled = width;
  });
  return problem ?? { width, filled };
}

function scanEscaped(text: string, dialect: EscapedDialect): ReturnType<typeof scanRecord> {
  const values: string[] = [];
  const problem = eachEscapedValue(text, dialect, (value) => values.push(value ?? ""));
  return (
    problem ?? { width: values.length, filled: values.findLastIndex((value) => value !== "") + 1, values }
  );
}

export function isEscaped(dialect: CsvDialect): dialect is CsvDialect & EscapedDialect {
  return dialect.escapes !== undefined;
}

/** The values of a record that `scanRecord` found valid, quotes and escapes taken off; empty where there is no value. */
export function valuesOf(text: string, dialect: CsvDialect): readonly string[] {
  if (isEscaped(dialect)) {
    const shape = scanEscaped(text, dialect);
    return (typeof shape === "string" ? undefined : shape.values) ?? [];
  }
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
