/** One file or one group: loaded, or recorded as refused. A file of which nothing can be taken never stops the others. */
import { stat } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import type { GatebookError } from "../model/error.ts";
import { dropStage } from "./events/staging.ts";
import { readerFault } from "./files/broken-reader.ts";
import type { DiscoveredFile } from "./files/discover.ts";
import type { ReadyFile, ReadyGroup } from "./files/read-ahead.ts";
import { isRefusal, refusal } from "./files/refusal.ts";
import { loadEventFile } from "./load-file.ts";
import { loadTogether } from "./load-together.ts";
import type { FileTask, LoadPlan } from "./plan.ts";
import { recordRefusal } from "./records/record-load.ts";

/** Loads one file or records its refusal. */
export async function takeFile(
  engine: Engine,
  ready: ReadyFile,
  plan: LoadPlan,
  onRead: () => void,
): Promise<void> {
  const { task } = ready;
  await refusing(engine, task, async () => {
    await loadEventFile(engine, ready, plan, onRead);
    await checkStill(task.file);
  });
  await dropStage(engine, task.file.source);
}

/** Loads as many of them at once as go together and returns the others; all of them when nothing was changed. */
export async function takeGroup(
  engine: Engine,
  group: ReadyGroup,
  plan: LoadPlan,
): Promise<readonly ReadyFile[]> {
  const taken = await loadTogether(engine, group, plan).catch((error: unknown) => {
    const names = group.files.map(({ task }) => task.file.file);
    throw readerFault(names, error);
  });
  for (const { task } of taken) {
    await refusing(engine, { ...task, hadRows: true }, () => checkStill(task.file));
  }
  return group.files.filter((file) => !taken.includes(file));
}

/** A file of which nothing can be taken is recorded as refused, and its rows go. */
async function refusing(engine: Engine, task: FileTask, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const refused = asRefusal(task.file, error);
    const isLasting = isRefusal(error);
    await engine.transaction(() => recordRefusal(engine, task, { refused, isLasting }));
  }
}

/** A file that was written to while it was read may have been read half old and half new. */
async function checkStill(file: DiscoveredFile): Promise<void> {
  const now = await stat(file.path, { bigint: true });
  if (String(now.mtimeNs) === file.modifiedNs && Number(now.size) === file.bytes) return;
  throw refusal(file.file, "changed while it was read", "run again when the export is done");
}

function asRefusal(file: DiscoveredFile, error: unknown): GatebookError {
  if (isRefusal(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return refusal(file.file, "vanished before it was read", "run again", error);
  if (code === "EACCES" || code === "EPERM" || code === "EISDIR" || code === "EIO") {
    return refusal(file.file, `cannot be read (${code})`, "check the file and its permissions", error);
  }
  throw readerFault([file.file], error);
}
