/**
 * A store that is gone or damaged is made again from its published copy, which has all that the last night left. In: the files of a
 * workspace, under its lock. Out: a store that can be opened, and where it comes from. What cannot be read is set aside, and nights
 * or records that only one of the two knows are never written over.
 */
import { constants, existsSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { isCutShort } from "../engine/duckdb/cut-short.ts";
import { openDuckDb } from "../engine/duckdb/open.ts";
import type { Engine } from "../engine/engine.ts";
import { sqlName, sqlText } from "../engine/sql-text.ts";
import { GatebookError } from "../model/error.ts";
import { copyWhole, fileError, moveOver, syncFile } from "./files.ts";
import { refuseNewer } from "./format.ts";
import type { StorePaths } from "./paths.ts";

/**
 * As the last run left it, and whether its ledger is ahead of the published copy, as a command leaves it that was killed before it
 * published; copied from a file, named relative to the workspace; or new, where there was nothing to make it from.
 */
export type StoreOrigin =
  | { readonly kind: "whole"; readonly isAhead: boolean }
  | { readonly kind: "new" }
  | { readonly kind: "copied"; readonly from: string };

/** By night its revision, by rollout the number of its last record. */
type KnownLedger = ReadonlyMap<string, number>;

/** What a database file knows of the ledger; a word when it says nothing. */
export type Look = KnownLedger | "missing" | "damaged";

export async function recoverStore(paths: StorePaths, waitMs: number): Promise<StoreOrigin> {
  return recoverBy(readLedger, paths, waitMs);
}

/** The same after every block of both files was read: damage that a night would come upon in its middle counts as well. */
export async function recoverThoroughly(paths: StorePaths, waitMs: number): Promise<StoreOrigin> {
  return recoverBy(readEverything, paths, waitMs);
}

type Reading = (engine: Engine) => Promise<KnownLedger>;

async function recoverBy(read: Reading, paths: StorePaths, waitMs: number): Promise<StoreOrigin> {
  const store = await lookInto(paths.store, waitMs, read);
  const copy = await lookInto(paths.warehouse, "readOnly", read);
  if (isWhole(store) && (!isWhole(copy) || missingFrom(store, copy).length === 0))
    return { kind: "whole", isAhead: !isWhole(copy) || missingFrom(copy, store).length > 0 };
  if (isWhole(store) && isWhole(copy) && missingFrom(copy, store).length > 0)
    throw divergence(paths, missingFrom(store, copy));
  await setAside(paths.store);
  if (isWhole(copy)) return await copyInto(paths, paths.warehouse);
  // it would be written over tonight, and is the last that is left of what was
  if (copy === "damaged") await setAside(paths.warehouse);
  return { kind: "new" };
}

/** None of what is there: it is set aside. */
export async function startEmpty({ store, warehouse }: StorePaths): Promise<StoreOrigin> {
  await setAside(store);
  await setAside(warehouse);
  return { kind: "new" };
}

export function isWhole(look: Look): look is KnownLedger {
  return typeof look !== "string";
}

/** Throws what `openDuckDb` throws of a file that is sound and cannot be opened, and refuses one of a newer gatebook. */
export async function lookInto(
  file: string,
  access: number | "readOnly",
  read: Reading = readLedger,
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

async function readEverything(engine: Engine): Promise<KnownLedger> {
  const tables = await engine.rows("SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary");
  for (const { name } of tables)
    await engine.rows(`SELECT bit_xor(hash(t)) AS sum FROM ${sqlName(String(name))} t`);
  return readLedger(engine);
}

const SET_ASIDE = ".set-aside";

/**
 * "store.duckdb" → "store.set-aside.duckdb", over what was set aside before; its log goes with it. Where there is nothing to set aside,
 * what a run that was killed has set aside stays: it may be the only trace of what was lost.
 */
export async function setAside(file: string): Promise<void> {
  await setLogAside(file, () => moveOver(file, asideOf(file)));
}

/** The same of a copy: the file stays until another is renamed over it. */
export async function keepAside(file: string): Promise<void> {
  await setLogAside(file, () => copyWhole(file, asideOf(file)));
}

async function setLogAside(file: string, keep: () => Promise<void>): Promise<void> {
  if (existsSync(file)) {
    await rm(asideOf(`${file}.wal`), { force: true });
    await keep();
  }
  if (existsSync(`${file}.wal`)) await moveOver(`${file}.wal`, asideOf(`${file}.wal`));
}

function asideOf(file: string): string {
  return file.replace(/\.duckdb/, `${SET_ASIDE}.duckdb`);
}

/** The files that were set aside, relative to the workspace. */
export function filesSetAside({ folder, store, warehouse }: StorePaths): readonly string[] {
  return [store, warehouse]
    .map(asideOf)
    .filter((file) => existsSync(file))
    .map((file) => relative(dirname(folder), file));
}

/**
 * `what`: where the copy comes from, as people are told. Until the ledger says so (`settleCopy`) the copy itself does: killed in between,
 * the next run still knows.
 */
export async function copyInto(
  { folder, store }: StorePaths,
  from: string,
  what: string = from,
): Promise<StoreOrigin> {
  const origin = { kind: "copied", from: relative(dirname(folder), what) } as const;
  const temporary = `${store}.${process.pid}.tmp`;
  try {
    await copyWhole(from, temporary);
    const engine = await openDuckDb({ file: temporary });
    await engine
      .execute(`CREATE OR REPLACE TABLE copied_from AS SELECT ${sqlText(origin.from)} AS file`)
      .finally(() => engine.close());
    await syncFile(temporary);
    await moveOver(temporary, store);
  } catch (error) {
    for (const file of [temporary, `${temporary}.wal`]) await rm(file, { force: true });
    const hint = "the copy is untouched; free some disk space and run again";
    throw fileError(`the store could not be made from ${from}`, error, store, hint);
  }
  return origin;
}

/** Null: it is no copy, or the ledger has it. */
export async function unsettledCopy(engine: Engine): Promise<StoreOrigin | null> {
  const tables = await engine.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'copied_from'");
  if (tables.length === 0) return null;
  const [row] = await engine.rows("SELECT file FROM copied_from");
  return { kind: "copied", from: String(row?.["file"]) };
}

export async function settleCopy(engine: Engine): Promise<void> {
  await engine.execute("DROP TABLE IF EXISTS copied_from");
}

/** Before a warehouse is written over that changed since the store was opened and compared with it. One that cannot be read has nothing to lose. */
export async function refuseToForget(engine: Engine, { warehouse }: StorePaths): Promise<void> {
  const copy = await lookInto(warehouse, "readOnly");
  const missing = isWhole(copy) ? missingFrom(await readLedger(engine), copy) : [];
  if (missing.length > 0) throw divergence({ warehouse }, missing);
}

export function divergence(
  { warehouse }: Pick<StorePaths, "warehouse">,
  missing: readonly string[],
): GatebookError {
  const more = missing.length === 1 ? "" : ` and ${missing.length - 1} more`;
  return new GatebookError("store", `the warehouse holds what the store lacks: ${missing[0]}${more}`, {
    where: { file: warehouse },
    hint: "nothing was written over it; gatebook restore --from .gatebook/warehouse.duckdb takes it over and keeps what the store alone holds",
  });
}

const PARTS = {
  decisions:
    "SELECT concat_ws(' ', 'night', phase, key, 'of', rollout) AS what, revision AS rank FROM decisions",
  records: "SELECT concat_ws(' ', 'record of', rollout), max(number) FROM records GROUP BY rollout",
} as const;

async function readLedger(engine: Engine): Promise<KnownLedger> {
  const tables = await engine.rows(
    "SELECT table_name AS name FROM duckdb_tables() WHERE table_name IN ('decisions', 'records')",
  );
  const parts = Object.entries(PARTS).filter(([name]) => tables.some((table) => table["name"] === name));
  if (parts.length === 0) return new Map();
  const rows = await engine.rows(parts.map(([, sql]) => sql).join(" UNION ALL "));
  return new Map(rows.map((row) => [String(row["what"]), Number(row["rank"])]));
}

/** What `other` knows and `known` does not, or not as lately restated. */
export function missingFrom(known: KnownLedger, other: KnownLedger): readonly string[] {
  return [...other].filter(([what, rank]) => (known.get(what) ?? 0) < rank).map(([what]) => what);
}
