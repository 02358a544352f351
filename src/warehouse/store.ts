/**
 * The store on disk. What comes in: the workspace and limits. What goes out: the private database that a run works on
 * (`.gatebook/store.duckdb`, held by one process), and at the end of a run the published `.gatebook/warehouse.duckdb`: a
 * copy put in place by rename, so that a client that keeps last night's file open never stops tonight's run and never
 * sees half a warehouse.
 */
import { constants, existsSync, rmSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { holdLock } from "../engine/duckdb/lock.ts";
import { openDuckDb } from "../engine/duckdb/open.ts";
import type { ProfileOptions } from "../engine/duckdb/profile.ts";
import type { Engine } from "../engine/engine.ts";
import { GatebookError } from "../model/error.ts";
import type { StatementProfile } from "../model/profile.ts";
import { reasonOf, syncFile } from "./files.ts";
import { refuseNewer } from "./format.ts";
import { copyOf, type StorePaths, storePaths } from "./paths.ts";
import { recoverStore, refuseToForget, type StoreOrigin } from "./recover.ts";

export interface Store {
  readonly engine: Engine;
  readonly paths: StorePaths;
  readonly origin: StoreOrigin;
  /** Closes the store and puts a copy of it in the warehouse's place. The next run still waits. */
  readonly publish: () => Promise<void>;
  /** To be called when nothing can go wrong any more: what was worked on aside takes its place, and so does its copy. */
  readonly swapIn: () => Promise<void>;
  /** Lets the next run in. */
  readonly close: () => void;
}

export interface StoreLimits {
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  readonly temporaryDirectory?: string | undefined;
  readonly waitMs: number;
  readonly onWait: (message: string) => void;
  /** Works on a copy that takes the store's place at the end (`swapIn`): a run that ends before leaves the store as it was. */
  readonly aside?: boolean | undefined;
  /** Leaves the settings open that loading changes; whoever loads calls `fence` when it is done. */
  readonly loads?: boolean | undefined;
  /** Makes the store that is opened, in place of `recoverStore`. */
  readonly recover?: typeof recoverStore | undefined;
  /** Is told of every statement what it took. */
  readonly onStatement?: ((statement: StatementProfile) => void) | undefined;
}

/**
 * Opens the store with its door closed: only `allowedPaths` and the temporary folder stay readable. Its settings are
 * locked too, unless it `loads`.
 */
export async function openStore(
  root: string,
  allowedPaths: readonly string[],
  limits: StoreLimits,
): Promise<Store> {
  const paths = storePaths(root, limits.temporaryDirectory);
  const { waitMs, onWait } = limits;
  const started = Date.now();
  const release = await holdLock({ file: paths.lock, guarded: paths.store, waitMs, onWait });
  try {
    await sweep(paths);
    const left = Math.max(0, waitMs - (Date.now() - started));
    const origin = await (limits.recover ?? recoverStore)(paths, left);
    if (limits.aside === true) await copyAside(paths);
    const file = limits.aside === true ? paths.aside : paths.store;
    const engine = await openFenced({ ...paths, store: file }, allowedPaths, { ...limits, waitMs: left });
    const close = (): void => {
      engine.close();
      for (const each of [paths.aside, `${paths.aside}.wal`, copyOf(paths)]) rmSync(each, { force: true });
      release();
    };
    return {
      engine,
      paths,
      origin,
      close,
      publish: () => publish(engine, paths, file),
      swapIn: () => (limits.aside === true ? swapIn(paths) : Promise.resolve()),
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function copyAside(paths: StorePaths): Promise<void> {
  if (!existsSync(paths.store)) return;
  try {
    await copyFile(paths.store, paths.aside, constants.COPYFILE_FICLONE);
  } catch (error) {
    await rm(paths.aside, { force: true });
    throw new GatebookError("store", `the store could not be copied: ${reasonOf(error)}`, {
      where: { file: paths.aside },
      hint: "with keep_events: 0 a run works on a copy of the store; free some disk space and run again",
      cause: error,
    });
  }
}

/** Somebody who is no run may have the store open, too: a client that was pointed at it rather than at the warehouse. */
async function openFenced(
  paths: StorePaths,
  allowedPaths: readonly string[],
  limits: StoreLimits,
): Promise<Engine> {
  const engine = await openDuckDb({
    file: paths.store,
    allowedPaths,
    allowedDirectories: [paths.temporary],
    temporaryDirectory: paths.temporary,
    memoryLimit: limits.memoryLimit,
    threads: limits.threads,
    waitMs: limits.waitMs,
    onWait: limits.onWait,
    profile: profileOptions(paths, limits.onStatement),
  });
  try {
    await (limits.loads === true ? engine.disableExternalAccess() : engine.fence());
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

function profileOptions(
  { temporary }: StorePaths,
  onStatement: StoreLimits["onStatement"],
): ProfileOptions | undefined {
  return onStatement === undefined ? undefined : { file: join(temporary, "profile.json"), onStatement };
}

/**
 * Opens the published warehouse to read; a GatebookError says how to make one when there is none. Spills into
 * `temporaryDirectory`.
 */
export async function openWarehouse(root: string, temporaryDirectory?: string): Promise<Engine> {
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
  const engine = await openDuckDb({ file: warehouse, readOnly: true, temporaryDirectory });
  try {
    await refuseNewer(engine, warehouse);
    await engine.fence();
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** Whoever holds the lock holds the temporary files: what a killed run left behind goes now. */
async function sweep(paths: StorePaths): Promise<void> {
  await rm(paths.temporary, { recursive: true, force: true });
  await mkdir(paths.temporary, { recursive: true });
  for (const name of await readdir(paths.folder)) {
    if (/^(warehouse\.duckdb\.tmp|store\.duckdb\.compact|store\.aside\.duckdb)|\.\d+\.tmp$/.test(name))
      await rm(join(paths.folder, name), { force: true });
  }
}

async function publish(engine: Engine, paths: StorePaths, worked: string): Promise<void> {
  await refuseToForget(engine, paths);
  await engine.checkpoint();
  engine.close();
  const temporary = copyOf(paths);
  try {
    await copyFile(worked, temporary, constants.COPYFILE_FICLONE);
    await syncFile(temporary);
    if (worked === paths.store) await rename(temporary, paths.warehouse);
    else await syncFile(worked);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unpublished(paths, error);
  }
  await rm(paths.temporary, { recursive: true, force: true });
}

async function swapIn(paths: StorePaths): Promise<void> {
  try {
    await rename(paths.aside, paths.store);
    await rename(copyOf(paths), paths.warehouse);
  } catch (error) {
    throw unpublished(paths, error);
  }
}

function unpublished({ warehouse }: StorePaths, error: unknown): GatebookError {
  return new GatebookError("store", `the warehouse could not be published: ${reasonOf(error)}`, {
    where: { file: warehouse },
    hint: "last night's warehouse is untouched; free some disk space and run again",
    cause: error,
  });
}
