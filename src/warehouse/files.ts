/** Files of the store are copied whole or not at all. */
import { constants } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { GatebookError, messageOf } from "../model/error.ts";

/** A copy that is on the disk when this returns; none where it fails. */
export async function copyWhole(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await syncFile(to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** The same over a file that is there, which is the old or the new one at any moment. */
export async function replaceBy(from: string, to: string): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`;
  await copyWhole(from, temporary);
  await moveOver(temporary, to);
}

const PATIENCE_MS = 10_000;
const RETRY_MS = 100;

interface MoveOptions {
  readonly platform?: NodeJS.Platform;
  readonly move?: (from: string, to: string) => Promise<void>;
  readonly patienceMs?: number;
}

/**
 * Puts a file in the place of another, which is the old or the new one at any moment. Elsewhere a file that is open can be replaced; on
 * Windows it may not, and virus scanners open every new file for a moment: there it is tried again for ten seconds.
 */
export async function moveOver(from: string, to: string, options: MoveOptions = {}): Promise<void> {
  const { platform = process.platform, move = rename, patienceMs = PATIENCE_MS } = options;
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await move(from, to);
      return;
    } catch (error) {
      if (platform !== "win32" || !isHeldOpen(error) || Date.now() >= deadline) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

/** What Windows answers where another program has the file open. */
export function isHeldOpen(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(EPERM|EACCES|EBUSY)$/.test(String(error.code));
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** "the store could not be copied: no space left on device" */
export function fileError(what: string, error: unknown, file: string, hint: string): GatebookError {
  const reason = messageOf(error);
  return new GatebookError("store", `${what}: ${reason}`, { where: { file }, hint, cause: error });
}
