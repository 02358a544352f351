/** Files of the store are copied whole or not at all. */
import { constants } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
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
  await rename(temporary, to);
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
