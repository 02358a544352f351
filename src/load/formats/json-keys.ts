/** The keys of a JSONL file, sampled at its beginning, middle and end: an exporter changes its mind at a deploy. */
import { open } from "node:fs/promises";
import type { PreparedFile } from "../files/prepare.ts";
import { refusal } from "../files/refusal.ts";

const sampleBytes = 1 << 16;

/** In order of first appearance. Throws a refusal when the file is a JSON array or nothing in it is an object. */
export async function sampleKeys(prepared: PreparedFile): Promise<readonly string[]> {
  const start = prepared.head.toString("utf8").trimStart();
  if (start.startsWith("[")) {
    throw refusal(
      prepared.file.file,
      "is a JSON array; one object per line is expected",
      "export JSON lines, e.g. with jq -c '.[]'",
    );
  }
  const keys = new Set<string>();
  for (const text of [prepared.head.toString("utf8"), ...(await laterSamples(prepared.path))]) {
    for (const line of text.split("\n")) for (const key of keysOf(line)) keys.add(key);
  }
  // a first line longer than the sample says nothing: the reader will
  if (keys.size === 0 && prepared.head.includes(0x0a)) {
    throw refusal(prepared.file.file, "has no line that is a JSON object", "export one JSON object per line");
  }
  return [...keys];
}

function keysOf(line: string): string[] {
  if (!line.trimStart().startsWith("{")) return [];
  try {
    return Object.keys(JSON.parse(line) as object);
  } catch {
    return []; // a line the sample cut, or a broken one: the reader's to judge
  }
}

async function laterSamples(path: string): Promise<string[]> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const texts: string[] = [];
    for (const at of [Math.floor((size - sampleBytes) / 2), size - sampleBytes]) {
      if (at <= 0) continue;
      const buffer = Buffer.alloc(sampleBytes);
      const { bytesRead } = await handle.read(buffer, 0, sampleBytes, at);
      texts.push(buffer.subarray(0, bytesRead).toString("utf8"));
    }
    return texts;
  } finally {
    await handle.close();
  }
}
