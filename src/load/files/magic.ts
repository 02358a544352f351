/** What the first bytes of a file say it is, whatever its name says. */

export type Magic =
  | "gzip"
  | "zstd"
  | "zip"
  | "bzip2"
  | "xz"
  | "parquet"
  | "utf-8-bom"
  | "utf-16le"
  | "utf-16be"
  | "text"
  | "empty";

const signatures: readonly (readonly [Magic, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["bzip2", [0x42, 0x5a, 0x68]], // "BZh"
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["parquet", [0x50, 0x41, 0x52, 0x31]], // "PAR1"
  ["utf-8-bom", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

export function magicOf(head: Buffer): Magic {
  if (head.length === 0) return "empty";
  const found = signatures.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (found !== undefined) return found[0];
  // a skippable zstd frame may stand first: 50–5f 2a 4d 18
  const skippable =
    head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18 && ((head[0] ?? 0) & 0xf0) === 0x50;
  return skippable ? "zstd" : "text";
}

/** Line ends are bare carriage returns (old Mac): there is no line feed at all, but carriage returns. */
export function hasBareReturns(head: Buffer): boolean {
  return !head.includes(0x0a) && head.includes(0x0d);
}
