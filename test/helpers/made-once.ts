/** What is the same for many tests and costs seconds: made by the first that asks, found by the others of the same run. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";

/** The folder of that name, filled by `make`. Nobody changes what is in it. */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const shared = join(inject("runFolder"), "shared");
  const folder = join(shared, name);
  if (existsSync(folder)) return folder;
  mkdirSync(shared, { recursive: true });
  const draft = mkdtempSync(join(shared, "draft-"));
  await make(draft);
  try {
    renameSync(draft, folder);
  } catch (error) {
    // another worker was done before this one
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true });
  }
  return folder;
}
