/**
 * The frames and blocks of a zstd file, walked without decompressing them (RFC 8878, section 3.1.1): a file cut at a block or frame
 * boundary decompresses without a word, so its end has to be found by counting.
 */
import { type FileHandle, open } from "node:fs/promises";

const frameMagic = 0xfd2fb528;

/** What is wrong, or the bytes of the text; null when a frame does not say how many, since a compressor that streams does not know. */
export async function walkZstd(path: string): Promise<string | number | null> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    let textBytes: number | null = 0;
    for (let at = 0; at < size; ) {
      const frame = await readFrame(handle, at, size);
      if (typeof frame === "string") return frame;
      textBytes = textBytes === null || frame.textBytes === null ? null : textBytes + frame.textBytes;
      at = frame.end;
    }
    return textBytes;
  } finally {
    await handle.close();
  }
}

interface Frame {
  readonly end: number;
  readonly textBytes: number | null;
}

async function readFrame(handle: FileHandle, start: number, size: number): Promise<Frame | string> {
  const cut = "is cut off: its last zstd frame has no end";
  const head = await bytesAt(handle, start, 18);
  if (head.length < 5) return cut;
  const magic = head.readUInt32LE(0);
  if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
    if (head.length < 8) return cut;
    const end = start + 8 + head.readUInt32LE(4);
    return end > size ? cut : { end, textBytes: 0 };
  }
  if (magic !== frameMagic) return "has bytes between or after its zstd frames that are no frame";
  const { headerBytes, hasChecksum, textBytes } = frameHeader(head);
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
  return at > size ? cut : { end: at, textBytes };
}

/** `head`: magic number, descriptor, window (unless the frame is one segment), dictionary id, size of the text. */
function frameHeader(head: Buffer) {
  const descriptor = head[4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const sizeAt = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  return {
    headerBytes: sizeAt + sizeBytes,
    hasChecksum: (descriptor & 4) !== 0,
    textBytes: head.length < sizeAt + sizeBytes ? null : textSize(head, sizeAt, sizeBytes),
  };
}

function textSize(head: Buffer, at: number, bytes: number): number | null {
  if (bytes === 0) return null;
  if (bytes === 8) return Number(head.readBigUInt64LE(at));
  return head.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
