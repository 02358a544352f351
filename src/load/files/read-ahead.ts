/**
 * Prepares the next files while the engine loads the present ones: unpacked when their turn is the next, hashed when the engine has
 * read the present ones and records their loads, which leaves a core idle. Groups come out in their order.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { copyForReader } from "../formats/copy-for-reader.ts";
import { splitObjects, startsUnlined } from "../formats/json-objects.ts";
import type { FileTask } from "../plan.ts";
import { type PreparedFile, prepareFile } from "./prepare.ts";

export interface ReadyFile {
  readonly task: FileTask;
  /** Rejects as prepareFile does. */
  readonly prepared: Promise<PreparedFile>;
  /** Folder for temporary files of this file alone. */
  readonly temporary: string;
  /** To be called when the engine has read its rows: of the last in a group it has the next ones hashed. */
  readonly onRead: () => void;
}

/** One group at a time; what was unpacked for it is cleared away when the next is asked for, or the loop ends. */
export async function* readyGroups(
  engine: Engine,
  groups: readonly (readonly FileTask[])[],
  parent: string,
): AsyncGenerator<readonly ReadyFile[]> {
  let ahead: readonly StartedFile[] | null = null;
  try {
    for (const [index, group] of groups.entries()) {
      const files: readonly StartedFile[] = ahead ?? (await start(engine, group, parent));
      const next = groups[index + 1];
      // zstd is unpacked by the engine, which is busy
      const waits = next === undefined || next.some(({ file }) => file.compression === "zstd");
      ahead = waits ? null : await start(engine, next, parent);
      const hashNext = (): void => void hash(ahead ?? []);
      yield files.map((file) => ({ ...file, onRead: file === files.at(-1) ? hashNext : () => {} }));
      for (const { temporary } of files) await rm(temporary, { recursive: true, force: true });
    }
  } finally {
    // or they would write into a folder that goes
    await Promise.allSettled((ahead ?? []).map(({ prepared }) => prepared));
  }
}

type StartedFile = Omit<ReadyFile, "onRead">;

/** One after the other: a group of a hundred packed files would else be unpacked all at once. */
async function start(
  engine: Engine,
  group: readonly FileTask[],
  parent: string,
): Promise<readonly StartedFile[]> {
  const files: StartedFile[] = [];
  for (const task of group) {
    const temporary = await mkdtemp(join(parent, "file-"));
    const before = files.at(-1)?.prepared.catch(() => undefined);
    const prepared = Promise.resolve(before)
      .then(() => prepareFile(engine, task.file, temporary))
      .then((file) => toOneRecordPerLine(file, temporary))
      .then((file) => copyForReader(file, temporary));
    prepared.catch(() => undefined); // thrown when it is the file's turn
    files.push({ task, prepared, temporary });
  }
  return files;
}

async function toOneRecordPerLine(file: PreparedFile, temporary: string): Promise<PreparedFile> {
  const isUnlined = file.file.format === "jsonl" && startsUnlined(file.head);
  return isUnlined ? await splitObjects(file, temporary) : file;
}

async function hash(files: readonly StartedFile[]): Promise<void> {
  for (const { prepared } of files) await prepared.then((file) => file.fingerprint()).catch(() => undefined);
}
