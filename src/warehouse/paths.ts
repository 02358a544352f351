/** Where the files of a workspace's store are (README.md). */
import { createHash } from "node:crypto";
import { join } from "node:path";

export type StorePaths = ReturnType<typeof storePaths>;

export function storePaths(root: string, temporaryDirectory?: string) {
  const folder = join(root, ".gatebook");
  return {
    folder,
    /** Private: one process at a time. */
    store: join(folder, "store.duckdb"),
    /** The copy that a run with `aside` works on. */
    aside: join(folder, "store.aside.duckdb"),
    /** Published: any DuckDB client, any time. */
    warehouse: join(folder, "warehouse.duckdb"),
    /** What `calibrate` found, for the reports after it. */
    calibrations: join(folder, "calibrations.json"),
    /** Held from before the store is opened until its copy is published and the report written. */
    lock: join(folder, "run.lock"),
    /** Spill files and decompressed exports of the run that has the store. */
    temporary:
      temporaryDirectory === undefined
        ? join(folder, "tmp")
        : join(temporaryDirectory, `gatebook-tmp-${shortHash(folder)}`),
  } as const;
}

/** Several workspaces may share one temporary directory: each has a folder of its own there. */
function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Where the copy is until it takes its place. */
export function copyOf({ warehouse }: Pick<StorePaths, "warehouse">): string {
  return `${warehouse}.tmp`;
}
