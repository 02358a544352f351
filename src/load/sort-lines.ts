/**
 * The tolerant reading of a text file: sound records go to one temporary file with their line and raw text, the rest
 * to another with the reason. Says nothing about values; only whether a record is one.
 */
import { join } from "node:path";
import { createCleanCsv } from "./clean-csv.ts";
import { dialectOf } from "./csv-header.ts";
import { type CsvRecord, csvRecords } from "./csv-records.ts";
import type { PreparedFile } from "./prepare.ts";
import { refusal } from "./refusal.ts";
import { bytesOf, forEachLine, isValidUtf8 } from "./text-lines.ts";

export interface SortedLines {
  /** Columns: line, raw, then the fields of CSV; JSONL has its text in raw alone. */
  readonly sound: string;
  /** Columns: line, reason, raw. */
  readonly broken: string;
  readonly soundRows: number;
  readonly brokenRows: number;
  readonly lines: number;
}

/** Throws a refusal when a quote is left open: what it swallows cannot be told. */
export async function sortLines(
  prepared: PreparedFile,
  header: readonly string[],
  temporary: string,
): Promise<SortedLines> {
  const [sound, broken] = [join(temporary, "sound"), join(temporary, "broken")];
  const [soundCsv, brokenCsv] = [await createCleanCsv(sound), await createCleanCsv(broken)];
  let soundRows = 0;
  let brokenRows = 0;
  const accept = (line: number, raw: string, fields: readonly string[]): void => {
    soundCsv.add([String(line), raw, ...fields]);
    soundRows++;
  };
  const reject = (line: number, raw: string, reason: string): void => {
    // what is not UTF-8 is shown with replacement characters, a NUL as its picture
    const shown = bytesOf(raw).toString("utf8").replaceAll("\0", "\u2400");
    brokenCsv.add([String(line), reason, Buffer.from(shown).toString("latin1")]);
    brokenRows++;
  };
  const reader = lineReader(prepared, header, accept, reject);
  try {
    const flush = async (): Promise<void> => {
      await soundCsv.flush();
      await brokenCsv.flush();
    };
    const lines = await forEachLine(prepared.path, reader.take, flush);
    reader.end();
    return { sound, broken, soundRows, brokenRows, lines };
  } finally {
    await soundCsv.close();
    await brokenCsv.close();
  }
}

type Accept = (line: number, raw: string, fields: readonly string[]) => void;
type Reject = (line: number, raw: string, reason: string) => void;

interface LineReader {
  readonly take: (line: string, number: number) => void;
  readonly end: () => void;
}

function lineReader(
  prepared: PreparedFile,
  header: readonly string[],
  accept: Accept,
  reject: Reject,
): LineReader {
  if (prepared.file.format === "jsonl") {
    return {
      take: (line, number) => {
        if (line.trim() === "") return;
        const reason = textProblem(line);
        if (reason === null) accept(number, line, []);
        else reject(number, line, reason);
      },
      end: () => {},
    };
  }
  const dialect = dialectOf(prepared.file);
  let headerSeen = !dialect.header;
  const records = csvRecords(dialect, (record) => {
    const { line, raw } = record;
    if (!headerSeen) {
      headerSeen = true;
      return;
    }
    const reason = recordProblem(record, header);
    if (reason === null) accept(line, raw, (record.fields ?? []).slice(0, header.length));
    else reject(line, raw, reason);
  });
  return {
    take: records.take,
    end: () => {
      records.end();
      const open = records.openQuote();
      if (open === null) return;
      throw refusal(
        prepared.file.file,
        `line ${open.line}: a quote ${open.problem}, so the rows after it cannot be told apart`,
        `mend line ${open.line}, or set options.quote when this export does not quote its values`,
      );
    },
  };
}

function recordProblem(record: CsvRecord, header: readonly string[]): string | null {
  if (record.fields === null) return "bad_quotes";
  const problem = textProblem(record.raw);
  if (problem !== null) return problem;
  if (record.fields.length < header.length) return "too_few_columns";
  if (record.fields.slice(header.length).some((field) => field !== "")) return "too_many_columns";
  return record.fields.every((field, index) => field.trim() === header[index]) ? "repeated_header" : null;
}

/** A line DuckDB would not read either is longer than its own limit. */
const longestLine = 2_000_000;

function textProblem(text: string): string | null {
  if (text.includes("\0")) return "nul_byte";
  if (text.length > longestLine) return "line_too_long";
  return isValidUtf8(text) ? null : "bad_encoding";
}
