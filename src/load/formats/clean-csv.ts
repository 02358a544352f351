/** A temporary file for DuckDB to read: text as it came, or CSV whose values are quoted by need, which it always accepts. */
import { open } from "node:fs/promises";
import { writeAll } from "../files/rewrite.ts";
import type { CsvDialect } from "./csv-scanner.ts";
import { csvRead } from "./readers.ts";
import { bytesOf } from "./text-records.ts";

// DuckDB refuses a null_text with the delimiter or the quote in it; nobody writes these two
const [delimiter, quote] = ["\u001f", "\u001e"];

const cleanDialect: CsvDialect = {
  delimiter,
  quote,
  escape: quote,
  header: false,
  endsInFeeds: true,
};

export type CleanCsv = Awaited<ReturnType<typeof createCleanCsv>>;

export async function createCleanCsv(path: string) {
  const handle = await open(path, "w");
  let pending: string[] = [];
  let longest = 0;
  const addText = (text: string): void => {
    longest = Math.max(longest, text.length);
    pending.push(text);
  };
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    const bytes = bytesOf(pending.join(""));
    pending = [];
    await writeAll(handle, bytes, path);
  };
  return {
    /** Values in which one character is one byte. */
    add: (values: readonly string[]): void => {
      addText(`${values.map(quoted).join(delimiter)}\n`);
    },
    addText,
    /** Bytes of the longest record so far. */
    longest: (): number => longest,
    flush,
    close: async (): Promise<void> => {
      await flush();
      await handle.close();
    },
  };
}

export function cleanRead(
  path: string | readonly string[],
  columns: readonly string[],
  nullText: readonly string[],
  longest = 0,
): string {
  return csvRead(path, { ...cleanDialect, longest }, columns, nullText);
}

/** An empty line would be no record. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the delimiter and the quote are such
const needsQuotes = /^$|[\u001e\u001f\r\n]/;

function quoted(value: string): string {
  return needsQuotes.test(value) ? quote + value.replaceAll(quote, quote + quote) + quote : value;
}
