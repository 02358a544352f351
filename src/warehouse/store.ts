/**
 * The store on disk. What comes in: the workspace and limits. What goes out: the private database that a run works on
 * (`.gatebook/store.duckdb`, held by one process), and at the end of a run the published `.gatebook/warehouse.duckdb`: a
 * copy put in place by rename, so that a client that keeps last night's file open never stops tonight's run and never
 * sees half a warehouse.
 */
import { constants } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { openDuckDb } from "../engine/duckdb/open.ts";
import type { Engine } from "../engine/engine.ts";
import { GatebookError } from "../model/error.ts";

export interface StorePaths {
  readonly folder: string;
  /** Private: one process at a time. */
  readonly store: string;
  /** Published: any DuckDB client, any time. */
  readonly warehouse: string;
  /** Spill files and decompressed exports of the run that holds the store. */
  readonly temporary: string;
}

export interface Store {
  readonly engine: Engine;
  readonly paths: StorePaths;
  /** Closes the store and puts a copy of it in the warehouse's place. */
  readonly publish: () => Promise<void>;
  readonly close: () => void;
}

export interface StoreLimits {
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  readonly temporaryDirectory?: string | undefined;
  readonly waitMs: number;
  readonly onWait: (message: string) => void;
}

export function storePaths(root: string, temporaryDirectory?: string): StorePaths {
  const folder = join(root, ".gatebook");
  return {
    folder,
    store: join(folder, "store.duckdb"),
    warehouse: join(folder, "warehouse.duckdb"),
    temporary:
      temporaryDirectory === undefined ? join(folder, "tmp") : join(temporaryDirectory, "gatebook-tmp"),
  };
}

/** Opens the store behind its fence: only `allowedPaths` and the temporary folder stay readable. */
export async function openStore(
  root: string,
  allowedPaths: readonly string[],
  limits: StoreLimits,
): Promise<Store> {
  const paths = storePaths(root, limits.temporaryDirectory);
  await mkdir(paths.folder, { recursive: true });
  const engine = await openDuckDb({
    file: paths.store,
    allowedPaths,
    allowedDirectories: [paths.temporary],
    temporaryDirectory: paths.temporary,
    memoryLimit: limits.memoryLimit,
    threads: limits.threads,
    waitMs: limits.waitMs,
    onWait: limits.onWait,
  });
  try {
    await sweep(paths);
    await engine.fence();
  } catch (error) {
    engine.close();
    throw error;
  }
  return { engine, paths, close: () => engine.close(), publish: () => publish(engine, paths) };
}

/** Opens the published warehouse to read; a GatebookError says how to make one when there is none. */
export async function openWarehouse(root: string): Promise<Engine> {
  const { warehouse } = storePaths(root);
  const exists = await stat(warehouse).then(
    () => true,
    () => false,
  );
  if (!exists) {
    throw new GatebookError("input", "there is no warehouse yet", {
      where: { file: warehouse },
      hint: "run `gatebook run` first",
    });
  }
  const engine = await openDuckDb({ file: warehouse, readOnly: true });
  await engine.fence();
  return engine;
}

/** Whoever holds the store holds its temporary files: what a killed run left behind goes now. */
async function sweep(paths: StorePaths): Promise<void> {
  await rm(paths.temporary, { recursive: true, force: true });
  await mkdir(paths.temporary, { recursive: true });
  for (const name of await readdir(paths.folder)) {
    if (/^(warehouse\.duckdb\.tmp|store\.duckdb\.compact)/.test(name))
      await rm(join(paths.folder, name), { force: true });
  }
}

async function publish(engine: Engine, paths: StorePaths): Promise<void> {
  await engine.checkpoint();
  engine.close();
  const temporary = `${paths.warehouse}.tmp`;
  try {
    await copyFile(paths.store, temporary, constants.COPYFILE_FICLONE);
    const handle = await open(temporary, "r+");
    await handle.sync();
    await handle.close();
    await rename(temporary, paths.warehouse);
  } catch (error) {
    await rm(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatebookError("store", `the warehouse could not be published: ${reason}`, {
      where: { file: paths.warehouse },
      hint: "last night's warehouse is untouched; free some disk space and run again",
      cause: error,
    });
  }
  await rm(paths.temporary, { recursive: true, force: true });
}
