/**
 * A store that is gone or damaged is made again from its published copy, which holds all that the last night left. In: the files
 * of a workspace, under its lock. Out: a store that can be opened, and where it comes from. What cannot be read is set aside and
 * never deleted; what neither side holds alone is never written over.
 */
import { constants, existsSync } from "node:fs";
import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isCutShort } from "../engine/duckdb/cut-short.ts";
import { openDuckDb } from "../engine/duckdb/open.ts";
import type { Engine } from "../engine/engine.ts";
import { sqlName } from "../engine/sql-text.ts";
import { GatebookError } from "../model/error.ts";
import { reasonOf, syncFile } from "./files.ts";
import { refuseNewer } from "./format.ts";
import { type HeldLedger, missingFrom, readHeld } from "./held-ledger.ts";
import type { StorePaths } from "./paths.ts";

/** As the last run left it; copied from a file; or new, where there was nothing to make it from. */
export type StoreOrigin =
  | { readonly kind: "whole" | "new" }
  | { readonly kind: "copied"; readonly from: string };

/** What a database file holds of the ledger; a word when there is none to be had. */
export type Look = HeldLedger | "missing" | "damaged";

export async function recoverStore(paths: StorePaths, waitMs: number): Promise<StoreOrigin> {
  return recoverBy(readHeld, paths, waitMs);
}

/** The same after every block of both files was read: damage that a night would come upon in its middle counts as well. */
export async function recoverThoroughly(paths: StorePaths, waitMs: number): Promise<StoreOrigin> {
  return recoverBy(readEverything, paths, waitMs);
}

type Reading = (engine: Engine) => Promise<HeldLedger>;

async function recoverBy(read: Reading, paths: StorePaths, waitMs: number): Promise<StoreOrigin> {
  const store = await lookInto(paths.store, waitMs, read);
  const copy = await lookInto(paths.warehouse, "readOnly", read);
  if (isWhole(store) && (!isWhole(copy) || missingFrom(store, copy).length === 0)) return { kind: "whole" };
  if (isWhole(store) && isWhole(copy) && missingFrom(copy, store).length > 0)
    throw divergence(paths, missingFrom(store, copy));
  await setAside(paths.store);
  if (isWhole(copy)) {
    await copyInto(paths.warehouse, paths.store);
    return { kind: "copied", from: paths.warehouse };
  }
  // it would be written over tonight, and is the last that is left of what was
  if (copy === "damaged") await setAside(paths.warehouse);
  return { kind: "new" };
}

export function isWhole(look: Look): look is HeldLedger {
  return typeof look !== "string";
}

/** Throws what `openDuckDb` throws of a file that is sound and cannot be opened, and refuses one of a newer gatebook. */
export async function lookInto(
  file: string,
  access: number | "readOnly",
  read: Reading = readHeld,
): Promise<Look> {
  if (!existsSync(file)) return "missing";
  const options = access === "readOnly" ? { readOnly: true } : { waitMs: access };
  try {
    // what a killed run has left in the write-ahead log goes into the file that is looked at
    if (existsSync(`${file}.wal`)) (await openDuckDb({ file, waitMs: options.waitMs })).close();
    const engine = await openDuckDb({ file, ...options });
    try {
      await refuseNewer(engine, file);
      return (await isCutShort(engine, file)) ? "damaged" : await read(engine);
    } finally {
      engine.close();
    }
  } catch (error) {
    if (error instanceof GatebookError && error.code === "damaged") return "damaged";
    if (error instanceof GatebookError && error.code === "busy" && access === "readOnly")
      return await lookIntoCopy(file, read);
    throw error;
  }
}

/** A client may hold the warehouse open to write, and stops no run by it. */
async function lookIntoCopy(file: string, read: Reading): Promise<Look> {
  const copy = `${file}.${process.pid}.tmp`;
  try {
    await copyFile(file, copy, constants.COPYFILE_FICLONE);
    return await lookInto(copy, "readOnly", read);
  } finally {
    await rm(copy, { force: true });
  }
}

async function readEverything(engine: Engine): Promise<HeldLedger> {
  const tables = await engine.rows("SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary");
  for (const { name } of tables)
    await engine.rows(`SELECT bit_xor(hash(t)) AS sum FROM ${sqlName(String(name))} t`);
  return readHeld(engine);
}

/** "store.duckdb" → "store.set-aside.duckdb", over what was set aside before; its log goes with it. */
export async function setAside(file: string): Promise<void> {
  for (const each of [file, `${file}.wal`]) {
    const place = each.replace(/\.duckdb/, `${SET_ASIDE}.duckdb`);
    await rm(place, { force: true });
    if (existsSync(each)) await rename(each, place);
  }
}

const SET_ASIDE = ".set-aside";

/** Names of the files that were set aside, as they stand in the workspace's folder. */
export function filesSetAside({ folder, store, warehouse }: StorePaths): readonly string[] {
  return [store, warehouse]
    .map((file) => file.replace(/\.duckdb$/, `${SET_ASIDE}.duckdb`))
    .filter((file) => existsSync(file))
    .map((file) => join(".gatebook", file.slice(folder.length + 1)));
}

/** Whole or not at all. */
export async function copyInto(from: string, to: string): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    await syncFile(temporary);
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new GatebookError("store", `the store could not be made from ${from}: ${reasonOf(error)}`, {
      where: { file: to },
      hint: "the copy is untouched; free some disk space and run again",
      cause: error,
    });
  }
}

/** Before a warehouse is written over. One that cannot be read has nothing to lose; the store was held against it when it was opened. */
export async function refuseToForget(engine: Engine, { warehouse, store }: StorePaths): Promise<void> {
  const copy = await lookInto(warehouse, "readOnly");
  const missing = isWhole(copy) ? missingFrom(await readHeld(engine), copy) : [];
  if (missing.length > 0) throw divergence({ warehouse, store }, missing);
}

export function divergence(
  { warehouse }: Pick<StorePaths, "warehouse" | "store">,
  missing: readonly string[],
): GatebookError {
  const more = missing.length === 1 ? "" : ` and ${missing.length - 1} more`;
  return new GatebookError("store", `the warehouse holds what the store lacks: ${missing[0]}${more}`, {
    where: { file: warehouse },
    hint: "nothing was written over it; gatebook restore --from .gatebook/warehouse.duckdb takes it over and keeps what the store alone holds",
  });
}
