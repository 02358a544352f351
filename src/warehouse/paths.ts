/** Where the files of a workspace's store are. */
import { createHash } from "node:crypto";
import { join } from "node:path";

export interface StorePaths {
  readonly folder: string;
  /** Private: one process at a time. */
  readonly store: string;
  /** The store of a run that changes nothing until it is published. */
  readonly aside: string;
  /** Published: any DuckDB client, any time. */
  readonly warehouse: string;
  /** Held by the run that has the store, from before it is opened until its copy is published and its report written. */
  readonly lock: string;
  /** Spill files and decompressed exports of the run that holds the store. */
  readonly temporary: string;
}

export function storePaths(root: string, temporaryDirectory?: string): StorePaths {
  const folder = join(root, ".gatebook");
  return {
    folder,
    store: join(folder, "store.duckdb"),
    aside: join(folder, "store.aside.duckdb"),
    warehouse: join(folder, "warehouse.duckdb"),
    lock: join(folder, "run.lock"),
    temporary:
      temporaryDirectory === undefined
        ? join(folder, "tmp")
        : join(temporaryDirectory, `gatebook-tmp-${shortHash(folder)}`),
  };
}

/** Several workspaces may share one temporary directory: each has a folder of its own there. */
function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Where the copy stands until it takes its place. */
export function copyOf({ warehouse }: Pick<StorePaths, "warehouse">): string {
  return `${warehouse}.tmp`;
}
