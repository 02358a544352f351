/**
 * One pass over a file that DuckDB must not read as it is: unpack gzip (Node's zlib verifies length and checksum, DuckDB loads a
 * damaged file silently), recode to UTF-8, hash what is on disk, count the lines of the text.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { GatebookError } from "../../model/error.ts";
import type { DiscoveredFile } from "./discover.ts";
import { type Recoding, recodingOf } from "./encoding.ts";
import { lineCounter } from "./fingerprint.ts";
import { refusal } from "./refusal.ts";
import { refuseUnpacked } from "./unpacked-size.ts";

const chunkBytes = 1 << 20;

/** Writes the text of `file` to `target`. Throws a refusal for a damaged file, GatebookError `store` for a full disk. */
export async function rewriteFile(file: DiscoveredFile, target: string) {
  const hash = createHash("sha256");
  const counter = lineCounter();
  let recoding: Recoding | null | undefined;
  const output = await open(target, "w");
  let written = 0;
  let size = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    counter.add(bytes);
    written += bytes.length;
    if (file.compression !== "none") refuseUnpacked(file, written);
    await writeAll(output, bytes, target);
  };
  async function* onDisk(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(file.path, { highWaterMark: chunkBytes })) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  }
  const toText = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      recoding ??= recodingOf(file, chunk);
      await write(recoding === null ? chunk : recoding.recode(chunk));
    }
    if (recoding) await write(recoding.end());
  };
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  try {
    if (file.compression === "gzip") {
      await pipeline(onDisk, gunzip, toText);
      if (gunzip.bytesWritten < size) throw afterGzip(file);
    } else await pipeline(onDisk, toText);
  } catch (error) {
    throw readError(file, error);
  } finally {
    await output.close();
  }
  return { sha256: hash.digest("hex"), notes: recoding?.notes ?? [], ...counter.result() };
}

/** Throws GatebookError `store` for a full disk. */
export async function writeAll(output: FileHandle, bytes: Buffer, target: string): Promise<void> {
  try {
    await output.writeFile(bytes);
  } catch (error) {
    throw new GatebookError("store", "the folder for temporary files is full or not writable", {
      where: { file: target },
      hint: "free some space, or name another folder with --temp-dir",
      cause: error,
    });
  }
}

/** It may be padding, or all that was packed after a member whose first bytes are damaged. */
function afterGzip(file: DiscoveredFile, cause?: unknown): Error {
  return refusal(
    file.file,
    "has bytes after its gzip data that are not gzip: more rows may have been packed there",
    "copy or export it again",
    cause,
  );
}

function readError(file: DiscoveredFile, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GatebookError) return error;
  const code = "code" in error ? String(error.code) : "";
  // unpacking ended with bytes left, which Node takes for nothing
  if (code === "ABORT_ERR") return afterGzip(file, error);
  if (code === "Z_BUF_ERROR") {
    const message = "is cut off: the gzip data has no end";
    return refusal(file.file, message, "copy it again when the export is done", error);
  }
  if (code.startsWith("Z_")) {
    return refusal(file.file, `is damaged: gzip reports ${error.message}`, "copy or export it again", error);
  }
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    const label = file.source.options.encoding === "latin-1" ? "Latin-1" : "UTF-16";
    return refusal(file.file, `is not valid ${label}`, "set options.encoding of this source", error);
  }
  return error;
}
