/** A packed file must not fill the disk: what it unpacks to is counted while it is written, and past the limit it is refused. */
import { stat } from "node:fs/promises";
import type { Engine } from "../../engine/engine.ts";
import type { DiscoveredFile } from "./discover.ts";
import { passingRefusal } from "./refusal.ts";

const always = 1_000_000_000;
const ratio = 100;

/** In bytes. Logs shrink to a tenth or a fiftieth; a hundredth is more likely an accident or an attack. */
export function unpackedLimit({ source, bytes }: DiscoveredFile): number {
  return source.maxUnpacked ?? Math.max(always, ratio * bytes);
}

export function refuseUnpacked(file: DiscoveredFile, unpackedBytes: number): void {
  if (unpackedBytes > unpackedLimit(file)) throw tooLarge(file);
}

function tooLarge(file: DiscoveredFile): Error {
  const limit = unpackedLimit(file);
  const times = file.source.maxUnpacked === null && limit > always ? `, ${ratio} times its size` : "";
  return passingRefusal(
    file.file,
    `unpacks to more than ${Math.round(limit / 1e6).toLocaleString("en")} MB${times}`,
    `if that is right, set max_unpacked on source ${file.source.name}, e.g. max_unpacked: 10GB`,
  );
}

const LOOK_MS = 100;

/** While the engine writes the text itself. Throws the refusal when `target` grows past the limit. */
export async function writingWithin(
  engine: Engine,
  file: DiscoveredFile,
  target: string,
  write: () => Promise<void>,
): Promise<void> {
  const limit = unpackedLimit(file);
  const sizeNow = async (): Promise<number> => (await stat(target).catch(() => ({ size: 0 }))).size;
  let isOver = false;
  const timer = setInterval(() => {
    void sizeNow().then((size) => {
      isOver ||= size > limit;
      if (isOver) engine.interrupt();
    });
  }, LOOK_MS);
  try {
    await write();
  } catch (error) {
    throw isOver ? tooLarge(file) : error;
  } finally {
    clearInterval(timer);
  }
  refuseUnpacked(file, await sizeNow());
}
