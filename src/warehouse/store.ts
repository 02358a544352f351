/**
 * The store on disk. In: a workspace and limits. Out: the private database that a run works on, and what becomes of it at the end:
 * a published copy, put in place by rename, so that a client that has last night's open neither stops a run nor sees half a
 * warehouse. Where its files are is nobody else's business.
 */
import { existsSync, rmSync, statSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { holdLock } from "../engine/duckdb/lock.ts";
import { type OpenOptions, openDuckDb } from "../engine/duckdb/open.ts";
import type { Engine } from "../engine/engine.ts";
import { fileReason, GatebookError } from "../model/error.ts";
import type { StatementProfile } from "../model/profile.ts";
import { compactFiles, compactStore } from "./compact.ts";
import { copyWhole, fileError, isHeldOpen, moveOver, syncFile } from "./files.ts";
import { refuseNewer } from "./format.ts";
import { copyOf, type StorePaths, storePaths } from "./paths.ts";
import {
  filesSetAside,
  recoverStore,
  refuseToForget,
  type StoreOrigin,
  settleCopy,
  unsettledCopy,
} from "./recover.ts";

export interface Store {
  readonly engine: Engine;
  readonly origin: StoreOrigin;
  /** To be called in the transaction that writes into the ledger where the store comes from. */
  readonly settleOrigin: () => Promise<void>;
  /** For files that are kept beside the store. */
  readonly folder: string;
  /** For files of this run: what is left in it goes with the next one. */
  readonly temporaryFolder: string;
  /** Files that could not be read and were set aside, relative to the workspace. */
  readonly setAside: readonly string[];
  /** Closes the store and puts a copy of it in the warehouse's place. The next run still waits. */
  readonly publish: () => Promise<void>;
  /** `publish`, and the store itself without the room of deleted rows. */
  readonly compact: () => Promise<void>;
  /** To be called when nothing can go wrong any more: the copy that was worked on takes the store's place, and is published. */
  readonly swapIn: () => Promise<void>;
  /** Lets the next run in. */
  readonly close: () => void;
}

export interface StoreLimits extends Pick<OpenOptions, "memoryLimit" | "threads" | "temporaryDirectory"> {
  readonly waitMs: number;
  readonly onWait: (message: string) => void;
  /** Works on a copy that takes the store's place at the end (`swapIn`): a run that ends before leaves the store as it was. */
  readonly aside?: boolean | undefined;
  /** Leaves the settings open that loading changes; whoever loads calls `fence` when it is done. */
  readonly loads?: boolean | undefined;
  /** Will call `compact`. */
  readonly compacts?: boolean | undefined;
  /** Makes the store that is opened, in place of `recoverStore`. */
  readonly recover?: typeof recoverStore | undefined;
  /** Is called with what every statement took. */
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
  const { waitMs, onWait, aside } = limits;
  const started = Date.now();
  const release = await holdLock({ file: paths.lock, guarded: paths.store, waitMs, onWait });
  try {
    await sweep(paths);
    const published = await stampOf(paths.warehouse);
    const left = Math.max(0, waitMs - (Date.now() - started));
    const origin = await (limits.recover ?? recoverStore)(paths, left);
    if (aside) await copyAside(paths);
    const file = aside ? paths.aside : paths.store;
    const readable = [...allowedPaths, ...(limits.compacts ? compactFiles(paths) : [])];
    const engine = await openFenced(file, paths, readable, { ...limits, waitMs: left });
    return {
      engine,
      origin: (await unsettledCopy(engine)) ?? origin,
      settleOrigin: () => settleCopy(engine),
      folder: paths.folder,
      temporaryFolder: paths.temporary,
      setAside: filesSetAside(paths),
      publish: () => publish(engine, paths, file, published),
      compact: () => compactStore(engine, paths),
      swapIn: async () => {
        if (aside) await swapIn(paths);
      },
      close: () => {
        engine.close();
        for (const each of [paths.aside, `${paths.aside}.wal`, copyOf(paths)]) rmSync(each, { force: true });
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function copyAside(paths: StorePaths): Promise<void> {
  if (!existsSync(paths.store)) return;
  await copyWhole(paths.store, paths.aside).catch((error: unknown) => {
    const hint = "with keep_events: 0 a run works on a copy of the store; free some disk space and run again";
    throw fileError("the store could not be copied", error, paths.aside, hint);
  });
}

/** Somebody who is no run may have the store open, too: a client that was pointed at it rather than at the warehouse. */
async function openFenced(
  file: string,
  { temporary }: StorePaths,
  allowedPaths: readonly string[],
  { loads, onStatement, memoryLimit, threads, waitMs, onWait }: StoreLimits,
): Promise<Engine> {
  const options = { allowedPaths, allowedDirectories: [temporary], temporaryDirectory: temporary };
  const profile = onStatement && { file: join(temporary, "profile.json"), onStatement };
  const engine = await openDuckDb({ file, ...options, memoryLimit, threads, waitMs, onWait, profile });
  return await orClosed(engine, () => (loads ? engine.disableExternalAccess() : engine.fence()));
}

async function orClosed(engine: Engine, prepare: () => Promise<void>): Promise<Engine> {
  try {
    await prepare();
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

/**
 * Opens the published warehouse to read; a GatebookError says how to make one when there is none. Spills into
 * `temporaryDirectory`.
 */
export async function openWarehouse(root: string, temporaryDirectory?: string): Promise<Engine> {
  const { warehouse } = storePaths(root);
  if (!isThere(warehouse)) throw nothingYet("warehouse", warehouse);
  const engine = await openDuckDb({ file: warehouse, readOnly: true, temporaryDirectory });
  return await orClosed(engine, async () => {
    await refuseNewer(engine, warehouse);
    await engine.fence();
  });
}

/** Changes when another warehouse is published; "" where there is none. */
export async function warehouseStamp(root: string): Promise<string> {
  return await stampOf(storePaths(root).warehouse);
}

async function stampOf(file: string): Promise<string> {
  return await stat(file).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => "",
  );
}

/** What store and published copy take together; 0: there are none. */
export async function storedBytes(root: string): Promise<number> {
  const { store, warehouse } = storePaths(root);
  const sizes = [store, warehouse].map((file) =>
    stat(file).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

export function noStoreYet(root: string): GatebookError {
  return nothingYet("store", storePaths(root).store);
}

/** A folder of another user is no missing warehouse: nobody should make a second one. */
function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    const hint = "it is another user's: ask whoever runs gatebook here, or for a copy of it";
    throw new GatebookError("store", `may not be read: ${fileReason(error)}`, {
      where: { file },
      hint,
      cause: error,
    });
  }
}

function nothingYet(what: "store" | "warehouse", file: string): GatebookError {
  const hint = "run `gatebook run` first";
  return new GatebookError("input", `there is no ${what} yet`, { where: { file }, hint });
}

/** Whoever holds the lock holds the temporary files: what a killed run left behind goes now. */
async function sweep(paths: StorePaths): Promise<void> {
  await rm(paths.temporary, { recursive: true, force: true });
  await mkdir(paths.temporary, { recursive: true, mode: 0o700 });
  for (const name of await readdir(paths.folder)) {
    if (
      /^(warehouse\.duckdb\.tmp|store\.duckdb\.compact|store\.aside\.duckdb)|\.\d+\.tmp(\.wal)?$/.test(name)
    )
      await rm(join(paths.folder, name), { force: true });
  }
}

/** `published`: the stamp of the warehouse that the store was compared with when it was opened. */
async function publish(engine: Engine, paths: StorePaths, worked: string, published: string): Promise<void> {
  if ((await stampOf(paths.warehouse)) !== published) await refuseToForget(engine, paths);
  await engine.checkpoint();
  engine.close();
  const temporary = copyOf(paths);
  try {
    await copyWhole(worked, temporary);
    if (worked === paths.store) await moveOver(temporary, paths.warehouse);
    else await syncFile(worked);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unpublished(paths, error);
  }
  await rm(paths.temporary, { recursive: true, force: true });
}

async function swapIn(paths: StorePaths): Promise<void> {
  try {
    await moveOver(paths.aside, paths.store);
    await moveOver(copyOf(paths), paths.warehouse);
  } catch (error) {
    throw unpublished(paths, error);
  }
}

function unpublished({ warehouse }: StorePaths, error: unknown): GatebookError {
  const remedy = isHeldOpen(error)
    ? "close the programs that have it open (on Windows an open file cannot be replaced) or mend its rights"
    : "free some disk space";
  const hint = `last night's warehouse is untouched; ${remedy} and run again`;
  return fileError("the warehouse could not be published", error, warehouse, hint);
}
