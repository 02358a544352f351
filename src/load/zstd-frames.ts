/**
 * Walks the frames and blocks of a zstd file without decompressing it (RFC 8878, section 3.1.1): a file cut at a block
 * or frame boundary decompresses without a word, so its end has to be found by counting.
 */
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";

const frameMagic = 0xfd2fb528;

/** Null when the file ends where its last frame ends, else what is wrong. */
export async function zstdProblem(path: string): Promise<string | null> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    let at = 0;
    while (at < size) {
      const next = await frameEnd(handle, at, size);
      if (typeof next === "string") return next;
      at = next;
    }
    return null;
  } finally {
    await handle.close();
  }
}

async function frameEnd(handle: FileHandle, start: number, size: number): Promise<number | string> {
  const cut = "is cut off: its last zstd frame has no end";
  const head = await bytesAt(handle, start, 18);
  if (head.length < 5) return cut;
  const magic = head.readUInt32LE(0);
  if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
    if (head.length < 8) return cut;
    const end = start + 8 + head.readUInt32LE(4);
    return end > size ? cut : end;
  }
  if (magic !== frameMagic) return "has bytes between or after its zstd frames that are no frame";
  const { headerBytes, hasChecksum } = frameHeader(head[4] ?? 0);
  let at = start + headerBytes;
  for (let last = false; !last; ) {
    const header = await bytesAt(handle, at, 3);
    if (header.length < 3) return cut;
    const word = header.readUIntLE(0, 3);
    last = (word & 1) === 1;
    const type = (word >> 1) & 3; // 0 raw, 1 one byte repeated, 2 compressed, 3 reserved
    if (type === 3) return "has a damaged zstd block";
    at += 3 + (type === 1 ? 1 : word >> 3);
    if (at > size) return cut;
  }
  at += hasChecksum ? 4 : 0;
  return at > size ? cut : at;
}

function frameHeader(descriptor: number): { readonly headerBytes: number; readonly hasChecksum: boolean } {
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return {
    headerBytes: 5 + (singleSegment ? 0 : 1) + dictionaryBytes + contentBytes,
    hasChecksum: (descriptor & 4) !== 0,
  };
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
