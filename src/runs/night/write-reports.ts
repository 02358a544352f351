/**
 * Reports onto the disk. All files of a report are written before the first is renamed into its place: whoever opens one sees the old
 * one or the new one, and a disk that fills up leaves the old report whole.
 */

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { isAlive } from "../../engine/process.ts";
import { GatebookError, messageOf } from "../../model/error.ts";
import { moveOver } from "../../warehouse/files.ts";

export interface ReportFile {
  /** Relative to the report's folder, e.g. "report.html" or "charts/ctr.svg". */
  readonly path: string;
  readonly content: string;
  /** What the content is written in; absent: plain text. */
  readonly encoding?: "base64";
}

export async function writeFiles(folder: string, files: readonly ReportFile[]): Promise<void> {
  const places = files.map((file) => ({ ...file, path: join(folder, file.path) }));
  try {
    for (const { path, content, encoding = "utf8" } of places) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporaryName(path), content, encoding);
    }
    for (const { path } of places) await moveOver(temporaryName(path), path);
  } catch (error) {
    for (const { path } of places) await rm(temporaryName(path), { force: true }).catch(() => undefined);
    const reason = messageOf(error);
    throw new GatebookError("store", `the report could not be written: ${reason}`, {
      where: { file: folder },
      hint: "the report that was there before is untouched; free some disk space or pass another --out, and run again",
      cause: error,
    });
  }
}

/** Removes what is named, by paths relative to the folder, `/` separated. */
export async function removeFiles(folder: string, isGone: (path: string) => boolean): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const name of names)
    if (isGone(name.split(sep).join("/"))) await rm(join(folder, name), { force: true });
}

/** "report.html" → "report.html.4711.tmp", so that two processes never write the same one. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Removes what a killed process left half written; one that is still running is not disturbed. */
export async function sweepTemporaries(out: string, rollout: string): Promise<void> {
  const [top, below] = await Promise.all([
    readdir(out).catch(() => []),
    readdir(join(out, rollout), { recursive: true }).catch(() => []),
  ]);
  for (const name of [...top, ...below.map((path) => join(rollout, path))]) {
    const pid = /\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(out, name), { force: true });
  }
}

/** Paths of every `result.json` below a folder, relative to it, `/` separated, in order; `latest/` copies left out. */
export async function findResults(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith("/result.json") && name.split("/").at(-2) !== "latest")
    .sort();
}

export async function readReport(folder: string, path: string): Promise<string> {
  return await readFile(join(folder, path), "utf8");
}
