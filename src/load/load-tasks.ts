/**
 * The files that have to be read, in their order: small ones together as far as possible, the others one by one. Each is loaded or
 * recorded as refused; a file of which nothing can be taken never stops the others.
 */
import { stat } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import type { GatebookError } from "../model/error.ts";
import { dropStage } from "./events/staging.ts";
import { readerFault } from "./files/broken-reader.ts";
import type { DiscoveredFile } from "./files/discover.ts";
import { type ReadyFile, readyGroups } from "./files/read-ahead.ts";
import { isLasting, isRefusal, refusal } from "./files/refusal.ts";
import { groupTasks } from "./groups.ts";
import { loadEventFile } from "./load-file.ts";
import { loadTogether } from "./load-together.ts";
import type { FileTask, LoadPlan } from "./plan.ts";
import { recordRefusal } from "./records/record-load.ts";

/** `done` of `total` bytes were read before this file. */
export type LoadProgress = (step: {
  readonly stage: "load";
  readonly text: string;
  readonly done: number;
  readonly total: number;
}) => void;

export interface TaskOptions {
  readonly plan: LoadPlan;
  /** Folder for temporary files. */
  readonly temporary: string;
  readonly progress: LoadProgress;
}

/**
 * So many more groups of a source may fail than succeed, before each of its files is read by itself at once: one bad file among
 * two hundred is found by halves, a source whose every file is odd is not tried again and again.
 */
const MOST_FAILURES = 12;

export async function loadTasks(
  engine: Engine,
  tasks: readonly FileTask[],
  { plan, temporary, progress }: TaskOptions,
): Promise<void> {
  const report = progressReporter(tasks, progress);
  const failures = new Map<string, number>();
  const load = async (files: readonly ReadyFile[]): Promise<void> => {
    const [first, ...others] = files;
    if (first === undefined) return;
    if (others.length === 0) {
      report(first.task, 0);
      await loadOrRefuse(engine, first, plan);
      return;
    }
    const { name } = first.task.file.source;
    const failed = failures.get(name) ?? 0;
    if (failed < MOST_FAILURES) {
      report(first.task, others.length);
      const left = await loadGroup(engine, files, plan);
      const isTaken = left.length < files.length;
      failures.set(name, isTaken ? Math.max(0, failed - 1) : failed + 1);
      if (isTaken) return await load(left);
    }
    const half = Math.ceil(files.length / 2);
    await load(files.slice(0, half));
    await load(files.slice(half));
  };
  for await (const files of readyGroups(engine, groupTasks(tasks), temporary)) await load(files);
}

/** Reports which file is next and how far it is, in bytes: rows are not known before they are read. */
function progressReporter(
  tasks: readonly FileTask[],
  progress: LoadProgress,
): (task: FileTask, more: number) => void {
  const before = new Map<FileTask, number>();
  let total = 0;
  for (const task of tasks) {
    before.set(task, total);
    total += task.file.bytes;
  }
  return (task, more) => {
    const text = more === 0 ? task.file.file : `${task.file.file} and ${more} more`;
    progress({ stage: "load", text, done: before.get(task) ?? 0, total });
  };
}

async function loadOrRefuse(engine: Engine, ready: ReadyFile, plan: LoadPlan): Promise<void> {
  const { task } = ready;
  await refusing(engine, task, async () => {
    await loadEventFile(engine, ready, plan);
    await checkUnchanged(task.file);
  });
  await dropStage(engine, task.file.source);
}

/** Loads as many of them at once as go together and returns the others; all of them when nothing was changed. */
async function loadGroup(
  engine: Engine,
  files: readonly ReadyFile[],
  plan: LoadPlan,
): Promise<readonly ReadyFile[]> {
  const taken = await loadTogether(engine, files, plan).catch((error: unknown) => {
    const names = files.map(({ task }) => task.file.file);
    throw readerFault(names, error);
  });
  for (const { task } of taken) {
    await refusing(engine, { ...task, hadRows: true }, () => checkUnchanged(task.file));
  }
  return files.filter((file) => !taken.includes(file));
}

/** A file of which nothing can be taken is recorded as refused, and its rows go. */
async function refusing(engine: Engine, task: FileTask, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const refused = asRefusal(task.file, error);
    await engine.transaction(() => recordRefusal(engine, task, { refused, isLasting: isLasting(error) }));
  }
}

/** A file that was written to while it was read may have been read half old and half new. */
async function checkUnchanged(file: DiscoveredFile): Promise<void> {
  const now = await stat(file.path, { bigint: true });
  if (String(now.mtimeNs) === file.modifiedNs && Number(now.size) === file.bytes) return;
  throw refusal(file.file, "changed while it was read", "run again when the export is done");
}

function asRefusal(file: DiscoveredFile, error: unknown): GatebookError {
  if (isRefusal(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return refusal(file.file, "vanished before it was read", "run again", error);
  if (["EACCES", "EPERM", "EISDIR", "EIO"].includes(code))
    return refusal(file.file, `cannot be read (${code})`, "check the file and its permissions", error);
  throw readerFault([file.file], error);
}
