/** The first records of an export as a file of their own, so that looking at one costs the same however large it is. */
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Engine } from "../../engine/engine.ts";
import type { DiscoveredFile } from "../files/discover.ts";
import { type Recoding, recodingOf } from "../files/encoding.ts";
import { prepareFile } from "../files/prepare.ts";
import { csvRecords } from "./csv-records.ts";
import { dialectOf } from "./csv-scanner.ts";
import { bytesOf } from "./text-records.ts";

/** Bytes of text after which no further record is asked for. */
const MOST_BYTES = 1 << 24;

/** In `folder`; Parquet, which knows where its rows are, is taken as it is. Throws what reading the file throws. */
export async function firstRecords(
  engine: Engine,
  file: DiscoveredFile,
  { folder, records }: { readonly folder: string; readonly records: number },
): Promise<DiscoveredFile> {
  if (file.format === "parquet") return file;
  const kept: string[] = [];
  let isEnough: ((line: string) => boolean) | null = null;
  let rest = "";
  let bytes = 0;
  for await (const chunk of await textOf(engine, file, folder)) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    bytes += chunk.length;
    isEnough ??= recordCounter(file, records, chunk);
    const end = lines.findIndex(isEnough);
    kept.push(...(end === -1 ? lines : lines.slice(0, end + 1)));
    if (end !== -1 || bytes > MOST_BYTES) {
      rest = "";
      break;
    }
  }
  if (rest !== "") kept.push(rest);
  const path = join(folder, basename(file.path).replace(/\.(gz|zst)$/i, ""));
  const text = bytesOf(kept.map((line) => `${line}\n`).join(""));
  await writeFile(path, text);
  const options = { ...file.source.options, encoding: "utf-8" } as const;
  const source = { ...file.source, options };
  return { ...file, source, path, realPath: path, compression: "none", bytes: text.length };
}

/** Takes line by line; true with the line that ends the last record asked for, the header not counted. */
function recordCounter(file: DiscoveredFile, most: number, head: Buffer): (line: string) => boolean {
  let found = 0;
  if (file.format === "jsonl") return (line) => line.trim() !== "" && ++found >= most;
  const dialect = dialectOf({ file, head });
  const records = csvRecords(dialect, file.source.maxLine, () => {
    found++;
  });
  let lines = 0;
  return (line) => {
    records.take(line, ++lines);
    return found >= most + (dialect.header ? 1 : 0);
  };
}

async function textOf(engine: Engine, file: DiscoveredFile, folder: string): Promise<AsyncIterable<Buffer>> {
  if (file.compression === "zstd") return createReadStream((await prepareFile(engine, file, folder)).path);
  const bytes = createReadStream(file.path);
  // whoever reads it learns of an error
  const plain = file.compression === "gzip" ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
  return recoded(file, plain);
}

async function* recoded(file: DiscoveredFile, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let recoding: Recoding | null | undefined;
  for await (const chunk of chunks) {
    recoding ??= recodingOf(file, chunk);
    yield recoding === null ? chunk : recoding.recode(chunk);
  }
  if (recoding) yield recoding.end();
}
