/** What a file is by its first bytes, whatever its name; and from its encoding to UTF-8 with line feeds and no byte order mark. */
import type { DiscoveredFile } from "./discover.ts";

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
  if (magic === "utf-16le" || magic === "utf-16be") return decoding(magic, "UTF-16, by its byte order mark");
  const { encoding } = file.source.options;
  if (encoding === "utf-16") return decoding("utf-16le", "read as UTF-16");
  // browsers and this decoder read Latin-1 as Windows-1252, which it is a part of
  if (encoding === "latin-1") return decoding("windows-1252", "read as Latin-1");
  // old Mac: no line feed at all, but carriage returns
  if (!head.includes(0x0a) && head.includes(0x0d)) return bareReturns();
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

const signatures = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["bzip2", [0x42, 0x5a, 0x68]], // "BZh"
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["parquet", [0x50, 0x41, 0x52, 0x31]], // "PAR1"
  ["utf-8-bom", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
] as const;

export type Magic = (typeof signatures)[number][0] | "text" | "empty";

export function magicOf(head: Buffer): Magic {
  if (head.length === 0) return "empty";
  const found = signatures.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (found !== undefined) return found[0];
  // a skippable zstd frame may come first: 50–5f 2a 4d 18
  const skippable =
    head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18 && ((head[0] ?? 0) & 0xf0) === 0x50;
  return skippable ? "zstd" : "text";
}
