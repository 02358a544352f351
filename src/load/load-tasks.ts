/** The files that have to be read, in their order: small ones together as far as that goes, the others one by one. */
import type { Engine } from "../engine/engine.ts";
import { type ReadyFile, readyGroups } from "./files/read-ahead.ts";
import { groupTasks } from "./groups.ts";
import type { FileTask, LoadPlan } from "./plan.ts";
import { takeFile, takeGroup } from "./take-file.ts";

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
  const load = async (files: readonly ReadyFile[], onRead: () => void): Promise<void> => {
    const [first, ...others] = files;
    if (first === undefined) return;
    if (others.length === 0) {
      report(first.task, 0);
      await takeFile(engine, first, plan, onRead);
      return;
    }
    const { name } = first.task.file.source;
    const failed = failures.get(name) ?? 0;
    if (failed < MOST_FAILURES) {
      report(first.task, others.length);
      const left = await takeGroup(engine, { files, onRead }, plan);
      const isTaken = left.length < files.length;
      failures.set(name, isTaken ? Math.max(0, failed - 1) : failed + 1);
      if (isTaken) return await load(left, onRead);
    }
    const half = Math.ceil(files.length / 2);
    await load(files.slice(0, half), () => {});
    await load(files.slice(half), onRead);
  };
  for await (const { files, onRead } of readyGroups(engine, groupTasks(tasks), temporary))
    await load(files, onRead);
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
