/** From whatever encoding the export has to UTF-8 without a byte order mark and with line feeds. */
import type { DiscoveredFile } from "./discover.ts";
import { hasBareReturns, magicOf } from "./magic.ts";

export interface Recoding {
  readonly notes: readonly string[];
  recode(chunk: Buffer): Buffer;
  /** What is left at the end of the file; throws when it ends within a character. */
  end(): Buffer;
}

/** Null when the text is taken as it is. `head` are the first bytes of the text. */
export function recodingOf(file: DiscoveredFile, head: Buffer): Recoding | null {
  if (file.format === "parquet") return null;
  const magic = magicOf(head);
  if (magic === "utf-16le" || magic === "utf-16be") {
    return decoding(magic, "UTF-16, by its byte order mark");
  }
  const { encoding } = file.source.options;
  if (encoding === "utf-16") return decoding("utf-16le", "read as UTF-16");
  // browsers and this decoder read Latin-1 as Windows-1252, which it is a part of
  if (encoding === "latin-1") return decoding("windows-1252", "read as Latin-1");
  if (hasBareReturns(head)) return bareReturns();
  // DuckDB skips the mark in CSV and stumbles over it in JSON
  return magic === "utf-8-bom" && file.format === "jsonl" ? withoutMark() : null;
}

function decoding(label: string, note: string): Recoding {
  const decoder = new TextDecoder(label, { fatal: true });
  return {
    notes: [note],
    recode: (chunk) => Buffer.from(decoder.decode(chunk, { stream: true })),
    end: () => Buffer.from(decoder.decode()),
  };
}

function withoutMark(): Recoding {
  let first = true;
  return {
    notes: [],
    recode: (chunk) => {
      const rest = first ? chunk.subarray(3) : chunk;
      first = false;
      return rest;
    },
    end: () => Buffer.alloc(0),
  };
}

function bareReturns(): Recoding {
  return {
    notes: ["lines end in a bare carriage return"],
    recode: (chunk) => {
      const copy = Buffer.from(chunk);
      for (let at = copy.indexOf(0x0d); at !== -1; at = copy.indexOf(0x0d, at + 1)) copy[at] = 0x0a;
      return copy;
    },
    end: () => Buffer.alloc(0),
  };
}
