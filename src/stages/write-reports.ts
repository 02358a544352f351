/**
 * Reports onto the disk. Every file is written beside its place and renamed into it: whoever opens a report sees the old
 * one or the new one, never half of one.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { GatebookError } from "../model/error.ts";

export interface ReportFile {
  /** Relative to the report's folder, e.g. "report.html" or "charts/ctr.svg". */
  readonly path: string;
  readonly content: string;
}

export async function writeFiles(folder: string, files: readonly ReportFile[]): Promise<void> {
  try {
    for (const file of files) await writeAtomically(join(folder, file.path), file.content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatebookError("store", `the report could not be written: ${reason}`, {
      where: { file: folder },
      hint: "what stood there before is untouched; free some disk space or pass another --out, and run again",
      cause: error,
    });
  }
}

async function writeAtomically(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
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

export function relativePath(from: string, to: string): string {
  return relative(from, to).split(sep).join("/");
}
