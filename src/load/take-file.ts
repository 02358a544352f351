import { stat } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import type { GatebookError } from "../model/error.ts";
import { markDirtyDays } from "./days/dirty-days.ts";
import { keepPreviousDays } from "./days/pruned-days.ts";
import { releaseRows, resolveDuplicates } from "./events/duplicates.ts";
import { dropStage } from "./events/staging.ts";
import type { DiscoveredFile } from "./files/discover.ts";
import type { ReadyFile, ReadyGroup } from "./files/read-ahead.ts";
import { isBroken, isRefusal, ReaderBroke, refusal } from "./files/refusal.ts";
import { loadEventFile } from "./load-file.ts";
import { type GroupPlan, loadTogether } from "./load-together.ts";
import type { LoadPlan } from "./plan.ts";
import { isoOfNanoseconds, writeKnownFile } from "./records/loads-table.ts";

export interface FileTask {
  readonly file: DiscoveredFile;
  readonly fileId: number;
  readonly recipe: string;
  /** It was loaded before: its old rows have to go. */
  readonly hadRows: boolean;
}

/** Loads one file or records its refusal. */
export async function takeFile(
  engine: Engine,
  { task, prepared }: Pick<ReadyFile, "task" | "prepared">,
  plan: LoadPlan,
  onRead: () => void,
): Promise<void> {
  await refusing(engine, task, async () => {
    await loadEventFile(engine, await prepared, plan, { ...task, onRead });
    await checkStill(task.file);
  });
  await dropStage(engine, task.file.source);
}

/** Loads as many of them at once as go together and returns the others; all of them when nothing was changed. */
export async function takeGroup(
  engine: Engine,
  group: ReadyGroup,
  plan: GroupPlan,
): Promise<readonly ReadyFile[]> {
  const taken = await loadTogether(engine, group, plan).catch((error: unknown) => {
    const names = group.files.map(({ task }) => task.file.file);
    throw isBroken(error) ? new ReaderBroke(names, error) : error;
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
    return refusal(file.file, `cannot be read (${code})`, "check the file and its rights", error);
  }
  throw isBroken(error) ? new ReaderBroke([file.file], error) : error;
}

interface Refused {
  readonly refused: GatebookError;
  /** The file as it stands will be refused every time; a disk's fault or a right may be mended while the file stays as it is. */
  readonly isLasting: boolean;
}

/** The warehouse says what the files say: rows of an earlier version of a file that is now unreadable go, too. */
async function recordRefusal(engine: Engine, task: FileTask, { refused, isLasting }: Refused): Promise<void> {
  const { file, fileId } = task;
  await keepPreviousDays(engine, fileId);
  await markDirtyDays(engine, "SELECT event_date FROM previous_days");
  await releaseRows(engine, fileId);
  await writeKnownFile(engine, {
    fileId,
    kind: "events",
    modifiedNs: isLasting ? file.modifiedNs : "0",
    recipe: task.recipe,
    retryFrom: null,
    present: [],
    record: {
      source: file.source.name,
      file: file.file,
      status: "refused",
      lines: null,
      read: 0,
      loaded: 0,
      duplicates: 0,
      conflicts: 0,
      rejected: 0,
      rejectedByReason: {},
      bytes: file.bytes,
      modifiedAt: isoOfNanoseconds(file.modifiedNs),
      sha256: "",
      firstDay: null,
      lastDay: null,
      columns: [],
      notes: [refused.message, refused.hint ?? ""].filter((note) => note !== ""),
    },
  });
  await resolveDuplicates(engine, [fileId], true);
}
