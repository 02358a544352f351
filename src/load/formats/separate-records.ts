/**
 * The tolerant reading of a text file: valid records go to one temporary file with their line in front, the rest to another with the
 * reason. Values are not looked at, only whether a record is one.
 */
import { join } from "node:path";
import type { PreparedFile } from "../files/prepare.ts";
import { needsSplitting, refusal } from "../files/refusal.ts";
import { type CleanCsv, createCleanCsv } from "./clean-csv.ts";
import { byteOrderMark, type CsvRecord, hasEscapedNul, recordValues } from "./csv-records.ts";
import { type CsvDialect, dialectOf, valuesOf } from "./csv-scanner.ts";
import { countObjects, parseJson } from "./json-objects.ts";
import { bytesOf, eachRecord, isValidUtf8 } from "./text-records.ts";

/**
 * "lines": CSV as it is after `line,`, JSON with the line as its first member. "values": CSV with every value
 * quoted, JSON as text in CSV: slower, and whatever the text is, DuckDB takes it.
 */
export type RewriteMode = "lines" | "values";

/** The member of a JSON object with its line. */
export const lineMember = "gatebook line";

interface SeparateRequest {
  /** Columns of a CSV header; empty for JSON. */
  readonly header: readonly string[];
  readonly mode: RewriteMode;
  readonly temporary: string;
}

/**
 * Returns where the valid records are, where the others (as CSV of line, reason, raw), and how many of each. Throws a refusal when a
 * quote is left open: what it swallows is unknown; `needsSplitting` when a line has several JSON objects.
 */
export async function separateRecords(prepared: PreparedFile, request: SeparateRequest) {
  const [path, brokenPath] = [join(request.temporary, "valid"), join(request.temporary, "broken")];
  const [validFile, brokenFile] = [await createCleanCsv(path), await createCleanCsv(brokenPath)];
  let [valid, broken] = [0, 0];
  const dialect = dialectOf(prepared);
  const isJson = prepared.file.format === "jsonl";
  const write = isJson ? jsonWriter(request, validFile) : csvWriter(dialect, request, validFile);
  try {
    await eachRecord(
      prepared,
      (record) => {
        const reason =
          textProblem(record.raw, prepared.file.source.maxLine) ??
          (isJson ? null : problemOf(dialect, record, request.header));
        if (reason === "other_header") throw otherHeader(prepared.file.file, record.line);
        if (reason === null && write(record)) valid++;
        else {
          brokenFile.add([String(record.line), reason ?? "bad_json", shownText(record.raw)]);
          broken++;
        }
      },
      async () => {
        await validFile.flush();
        await brokenFile.flush();
      },
    );
    return { path, brokenPath, valid, broken, longest: validFile.longest() };
  } finally {
    await validFile.close();
    await brokenFile.close();
  }
}

/** Returns false when the record turns out to be no JSON object. */
type Write = (record: CsvRecord) => boolean;

function csvWriter(dialect: CsvDialect, { header, mode }: SeparateRequest, target: CleanCsv): Write {
  if (mode === "lines") return csvLineWriter(dialect, target, header.length);
  return (record) => {
    target.add([String(record.line), ...recordValues(record, dialect).slice(0, header.length)]);
    return true;
  };
}

function jsonWriter({ mode }: SeparateRequest, target: CleanCsv): Write {
  if (mode === "lines") return jsonLineWriter(target);
  return ({ line, raw }) => {
    isJsonObject(raw.trim()); // the engine has the last word, but on several in one line
    target.add([String(line), raw]);
    return true;
  };
}

function csvLineWriter(dialect: CsvDialect, target: CleanCsv, width: number): Write {
  return ({ line, raw }) => {
    // a carriage return within a line would be taken for its end
    const text = raw.includes("\r") ? requoted(raw, dialect, width) : raw;
    target.addText(`${line}${dialect.delimiter}${text}\n`);
    return true;
  };
}

function requoted(raw: string, dialect: CsvDialect, width: number): string {
  const { quote, escape: escaping, delimiter } = dialect;
  const values = valuesOf(raw, dialect).slice(0, width);
  return values.map((value) => quote + value.replaceAll(quote, escaping + quote) + quote).join(delimiter);
}

function jsonLineWriter(target: CleanCsv): Write {
  return ({ line, raw }) => {
    const text = raw.trim();
    if (!isJsonObject(text)) return false;
    const rest = text.slice(1).trimStart();
    target.addText(`{"${lineMember}":${line}${rest === "}" ? "" : ","}${rest}\n`);
    return true;
  };
}

/** Throws `needsSplitting` when it is several. */
function isJsonObject(text: string): boolean {
  if (!text.startsWith("{")) return false;
  if (parseJson(text) !== undefined) return true;
  if (countObjects(text) > 1) throw needsSplitting;
  return false;
}

function problemOf(dialect: CsvDialect, record: CsvRecord, header: readonly string[]): string | null {
  if (repeatsHeader(record.raw, dialect, header)) return "repeated_header";
  if (isOtherHeader(record.raw, dialect, header)) return "other_header";
  if (typeof record.shape === "string" || record.shape === null) return record.shape;
  if (record.shape.width < header.length) return "too_few_columns";
  if (record.shape.filled > header.length) return "too_many_columns";
  return hasEscapedNul(record) ? "nul_byte" : null;
}

/** Where exports are put one behind the other, the second header may have a byte order mark. */
function repeatsHeader(raw: string, dialect: CsvDialect, header: readonly string[]): boolean {
  const [first = ""] = header;
  if (!dialect.header || !raw.includes(bytesOfName(first))) return false;
  const values = valuesOf(raw.replace(byteOrderMark, ""), dialect);
  return (
    values.length === header.length &&
    values.every((value, index) => (value.trim() || `column${index}`) === bytesOfName(header[index] ?? ""))
  );
}

/** Most of its values are names of columns: rows of another order begin here, of which one column would be taken for another. */
function isOtherHeader(raw: string, dialect: CsvDialect, header: readonly string[]): boolean {
  const names = header.map(bytesOfName);
  const isMost = (found: readonly string[]): boolean => found.length > 1 && found.length * 2 > header.length;
  if (!dialect.header || !isMost(names.filter((name) => raw.includes(name)))) return false;
  const values = new Set(valuesOf(raw.replace(byteOrderMark, ""), dialect).map((value) => value.trim()));
  return isMost(names.filter((name) => values.has(name)));
}

function otherHeader(file: string, line: number): Error {
  return refusal(
    file,
    `has a second header in line ${line}, with other columns or in another order: one column would be taken for another`,
    "export it as one, or split it before that line",
  );
}

function bytesOfName(name: string): string {
  return Buffer.from(name).toString("latin1");
}

function textProblem(text: string, longest: number): string | null {
  if (text.length > longest) return "line_too_long";
  if (text.includes("\0")) return "nul_byte";
  return isValidUtf8(text) ? null : "bad_encoding";
}

/** Bytes of a rejected row that are kept. */
export const MOST_SHOWN = 10_000;

/** What is not UTF-8 is shown with replacement characters, a NUL as its picture, a long row by its beginning. */
export function shownText(raw: string): string {
  const text = bytesOf(raw.slice(0, MOST_SHOWN)).toString("utf8").replaceAll("\0", "\u2400");
  return Buffer.from(raw.length > MOST_SHOWN ? `${text}…` : text).toString("latin1");
}
