/** Report folders that are old by the day in their name. `latest/` and index.html are no nights and stay. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { addDays } from "../../model/calendar.ts";
import { findResults } from "../night/write-reports.ts";

export interface OldReports {
  /** Relative to the folder of all reports, `/` separated, in order. */
  readonly folders: readonly string[];
  readonly bytes: number;
}

const FOLDER = /^[^/]+\/(?:\d{4}-\d\d-\d\d_)?(\d{4}-\d\d-\d\d)(?:-first-24h-\d+)?$/;

/** Keeps, per rollout, the reports of the last `days` days before its newest report. */
export async function findOldReports(reports: string, days: number): Promise<OldReports> {
  const found = (await findResults(reports)).flatMap((path) => {
    const folder = path.replace(/\/result\.json$/, "");
    const day = FOLDER.exec(folder)?.[1];
    return day === undefined ? [] : [{ folder, day, rollout: folder.split("/")[0] ?? "" }];
  });
  const newest = new Map<string, string>();
  for (const { rollout, day } of found) if (day > (newest.get(rollout) ?? "")) newest.set(rollout, day);
  const folders = found
    .filter(({ rollout, day }) => day <= addDays(newest.get(rollout) ?? day, -days))
    .map(({ folder }) => folder);
  let bytes = 0;
  for (const folder of folders) bytes += await sizeOf(join(reports, folder));
  return { folders, bytes };
}

export async function removeReports(reports: string, { folders }: OldReports): Promise<void> {
  for (const folder of folders) await rm(join(reports, folder), { recursive: true, force: true });
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}
