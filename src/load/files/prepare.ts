/**
 * A discovered file in; out a path that DuckDB can read, unpacked and in UTF-8, and the file's fingerprint. Refuses what is not what
 * its name says; never looks at rows.
 */
import { copyFile, link, open, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import type { DiscoveredFile } from "./discover.ts";
import { type Magic, magicOf, recodingOf } from "./encoding.ts";
import { fingerprint } from "./fingerprint.ts";
import { passingRefusal, refusal } from "./refusal.ts";
import { rewriteFile } from "./rewrite.ts";
import { unpackZstd } from "./unpack-zstd.ts";

export interface PreparedFile {
  readonly file: DiscoveredFile;
  /** Plain text (or Parquet): the file itself or a temporary one. */
  readonly path: string;
  /** What the strict reader reads: `path`, a zstd file that does not survive unpacking byte for byte, or `copy`. */
  readonly strictPath: string;
  /** CSV in a dialect that the engine does not read: its values unescaped; null where a record is broken. */
  readonly copy?: string | null;
  /** Size of the file at `path`. */
  readonly plainBytes: number;
  /** First bytes of the text, for the header. */
  readonly head: Buffer;
  readonly notes: readonly string[];
  /** May run beside the load: it only reads. Asked again, it is the same. */
  readonly fingerprint: () => Promise<Fingerprint>;
}

export interface Fingerprint {
  /** Of the file on disk. */
  readonly sha256: string;
  /** Physical lines of its text; null for Parquet. */
  readonly lines: number | null;
  readonly hasNul: boolean;
}

const headBytes = 1 << 18;
const globCharacters = /[*?[\]{}\\]/;

/** `temporary` is a folder of this file's own; what is put there is the caller's to remove. */
export async function prepareFile(
  engine: Engine,
  file: DiscoveredFile,
  temporary: string,
): Promise<PreparedFile> {
  if (file.problem !== null)
    throw passingRefusal(file.file, file.problem, "take it out of the pattern, or fix it");
  const head = await readHead(file.path);
  checkCompression(file, magicOf(head));
  const text = join(temporary, "text");
  if (file.compression === "zstd") {
    refusePackedParquet(file);
    const readable = await plainName(file.path, temporary);
    const unpacked = await unpackZstd(engine, file, readable, text);
    const measured = (): Promise<Fingerprint> => Promise.resolve(unpacked);
    return { ...(await textAt(text, file, measured)), strictPath: unpacked.isExact ? text : readable };
  }
  if (file.compression === "gzip" || recodingOf(file, head) !== null) {
    const rewritten = await rewriteFile(file, text);
    return { ...(await textAt(text, file, () => Promise.resolve(rewritten))), notes: rewritten.notes };
  }
  return textAt(await plainName(file.path, temporary), file, () => fingerprint(file.path));
}

/** The text of the file, at a path that DuckDB can read. */
async function textAt(
  path: string,
  file: DiscoveredFile,
  measure: () => Promise<Fingerprint>,
): Promise<PreparedFile> {
  const head = await readHead(path);
  checkText(file, magicOf(head));
  const { size } = await stat(path);
  const find = async (): Promise<Fingerprint> => {
    const found = await measure();
    return file.format === "parquet" ? { ...found, lines: null, hasNul: false } : found;
  };
  let found: Promise<Fingerprint> | null = null;
  return {
    file,
    path,
    strictPath: path,
    plainBytes: size,
    head,
    notes: [],
    fingerprint: () => {
      found ??= find();
      return found;
    },
  };
}

/** DuckDB takes `*`, `?` and `[` in a path for a pattern: such a file is read through a link with a plain name. */
async function plainName(path: string, temporary: string): Promise<string> {
  if (!globCharacters.test(path)) return path;
  const plain = join(temporary, "link");
  // Windows makes symbolic links for administrators only, and hard links on one drive
  await symlink(path, plain)
    .catch(() => link(path, plain))
    .catch(() => copyFile(path, plain));
  return plain;
}

function checkCompression(file: DiscoveredFile, magic: Magic): void {
  if (file.compression === "none" || magic === file.compression || magic === "empty") return;
  const ending = file.compression === "gzip" ? ".gz" : ".zst";
  const seen = magic === "text" ? "" : `; it looks like ${magic}`;
  throw refusal(
    file.file,
    `is named ${ending} but is not ${file.compression}-compressed${seen}`,
    "rename it after what it is, or export it again",
  );
}

/** zstd is unpacked as lines of text, which Parquet is not. */
function refusePackedParquet(file: DiscoveredFile): void {
  if (file.format !== "parquet") return;
  throw refusal(
    file.file,
    "is Parquet packed once more with zstd",
    "unpack it: Parquet is compressed inside, with zstd, gzip or snappy",
  );
}

function checkText(file: DiscoveredFile, magic: Magic): void {
  if (magic === "empty") {
    throw refusal(file.file, "is empty", "has the export finished? a day without events still has a header");
  }
  if (magic === "gzip" || magic === "zstd") {
    const ending = magic === "gzip" ? ".gz" : ".zst";
    throw refusal(
      file.file,
      `is ${magic}-compressed, but its name does not end in ${ending}`,
      "rename it, so that it is unpacked and verified",
    );
  }
  if (magic === "zip" || magic === "bzip2" || magic === "xz") {
    throw refusal(file.file, `is ${magic}-compressed`, "unpack it, or compress it with gzip or zstd instead");
  }
  if ((magic === "parquet") !== (file.format === "parquet")) {
    const [is, as] = magic === "parquet" ? ["is Parquet", file.format] : ["is not Parquet", "Parquet"];
    throw refusal(
      file.file,
      `${is}, but is read as ${as}`,
      "rename it after what it is, or set format for this source",
    );
  }
}

export async function readHead(path: string): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const buffer = Buffer.alloc(headBytes);
    const { bytesRead } = await handle.read(buffer, 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
