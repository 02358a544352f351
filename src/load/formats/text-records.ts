/** Physical lines and records of a file, as text in which one character is one byte (Latin-1): whatever the bytes mean is left alone. */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import type { PreparedFile } from "../files/prepare.ts";
import { refusal } from "../files/refusal.ts";
import { type CsvRecord, csvRecords } from "./csv-records.ts";
import { dialectOf } from "./csv-scanner.ts";

/**
 * Calls `take` with each record after the header, in order: CSV records, or the lines of JSON that are not empty.
 * Throws a refusal when a quote is left open.
 */
export async function eachRecord(
  prepared: PreparedFile,
  take: (record: CsvRecord) => void,
  flush?: () => Promise<void>,
): Promise<void> {
  const { maxLine } = prepared.file.source;
  const lines = { path: prepared.path, longest: maxLine, flush };
  if (prepared.file.format === "jsonl") {
    await forEachLine(lines, (line, number) => {
      const raw = line.endsWith("\r") ? line.slice(0, -1) : line;
      if (raw.trim() !== "") take({ line: number, raw, shape: null });
    });
    return;
  }
  const dialect = dialectOf(prepared);
  let headerSeen = !dialect.header;
  const records = csvRecords(dialect, maxLine, (record) => {
    if (headerSeen) take(record);
    headerSeen = true;
  });
  await forEachLine(lines, records.take);
  const open = records.end();
  if (open === null) return;
  throw refusal(
    prepared.file.file,
    `line ${open.line}: a quote ${open.problem}, so the rows after it are unknown`,
    `fix line ${open.line}, or set options.quote when this export does not quote its values`,
  );
}

interface LineSource {
  readonly path: string;
  /** Of a longer line only so much is handed over that it shows. */
  readonly longest: number;
  /** Awaited now and then, so that what `take` collects does not outgrow memory. */
  readonly flush?: (() => Promise<void>) | undefined;
}

/** Calls `take` with each line, without its line feed but with a carriage return if it has one; numbers start at 1. */
async function forEachLine(
  { path, longest, flush }: LineSource,
  take: (line: string, number: number) => void,
): Promise<void> {
  let rest = "";
  let number = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const lines = (rest + (chunk as Buffer).toString("latin1")).split("\n");
    rest = (lines.pop() ?? "").slice(0, longest + 2);
    for (const line of lines) take(line, ++number);
    await flush?.();
  }
  if (rest !== "") take(rest, ++number);
  await flush?.();
}

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** True when the bytes are valid UTF-8; plain ASCII is not looked at twice. */
export function isValidUtf8(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is not ASCII
  return !/[^\x00-\x7f]/.test(text) || isUtf8(bytesOf(text));
}
