/**
 * Gets the next file ready while the engine has the present one: unpacked from the moment its turn is the next, hashed when the
 * engine has read the present one and settles its books, which leaves a core idle. Files come out in their order.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { type PreparedFile, prepareFile } from "./prepare.ts";
import type { FileTask } from "./take-file.ts";

interface Begun {
  /** Rejects as prepareFile does. */
  readonly prepared: Promise<PreparedFile>;
  /** Folder for temporary files of this file alone. */
  readonly temporary: string;
}

export interface ReadyFile extends Begun {
  readonly task: FileTask;
  /** To be called when the engine has read the rows: the next file may be hashed. */
  readonly onRead: () => void;
}

/** One file at a time; what was unpacked for it is cleared away when the next is asked for, or the loop ends. */
export async function* readyFiles(
  engine: Engine,
  tasks: readonly FileTask[],
  parent: string,
): AsyncGenerator<ReadyFile> {
  const begin = async ({ file }: FileTask): Promise<Begun> => {
    const temporary = await mkdtemp(join(parent, "file-"));
    const prepared = prepareFile(engine, file, temporary);
    prepared.catch(() => undefined); // told when it is the file's turn
    return { prepared, temporary };
  };
  let ahead: Begun | null = null;
  try {
    for (const [index, task] of tasks.entries()) {
      const present: Begun = ahead ?? (await begin(task));
      const next = tasks[index + 1];
      // zstd is unpacked by the engine, which is busy
      ahead = next === undefined || next.file.compression === "zstd" ? null : await begin(next);
      yield { ...present, task, onRead: () => void measure(ahead) };
      await rm(present.temporary, { recursive: true, force: true });
    }
  } finally {
    await ahead?.prepared.catch(() => undefined); // or it would write into a folder that goes
  }
}

async function measure(begun: Begun | null): Promise<void> {
  await begun?.prepared.then((file) => file.fingerprint()).catch(() => undefined);
}
