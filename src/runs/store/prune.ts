/**
 * Drops what is older than it has to be kept: single events at the end of every run, and on request (`gatebook prune`) reports, too,
 * rewriting the store. Relations, loads, the ledger and the newest report are never touched.
 */
import { existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { droppedText, prunableEvents, pruneEvents } from "../../load/days/prune.ts";
import { addDays } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import type { Day } from "../../model/words.ts";
import { noStoreYet, openStore, type StoreLimits, storedBytes } from "../../warehouse/store.ts";
import { writeIndex } from "../night/report-night.ts";
import { findResults } from "../night/write-reports.ts";
import { prepareStore } from "./prepare-store.ts";

/** What a run drops at its end is always reported. */
export async function dropOldEvents(
  engine: Engine,
  { config, date }: { readonly config: Config; readonly date: Day },
  context: Context,
): Promise<void> {
  const text = droppedText(await pruneEvents(engine, config.keepEvents, date));
  if (text === null) return;
  context.progress({ stage: "publish", text: `dropping ${text} (keep_events: ${config.keepEvents})` });
}

export interface PruneRequest {
  readonly config: Pick<Config, "root" | "rollout" | "sources">;
  readonly keepEvents: number;
  readonly reports: {
    readonly folder: string;
    readonly templateRoots: readonly string[];
    /** Null: all stay. */
    readonly keepDays: number | null;
  };
  /** Looks and changes nothing. */
  readonly dryRun: boolean;
  readonly limits: Omit<StoreLimits, "onWait">;
}

export interface Pruned {
  readonly events: number;
  /** The first day whose events are kept. */
  readonly firstKept: Day;
  readonly bytesBefore: number;
  /** Of store and warehouse together; an estimate when nothing was changed. */
  readonly bytesAfter: number;
  readonly reports: OldReports;
}

interface OldReports {
  /** Relative to the folder of all reports, `/` separated, in order. */
  readonly folders: readonly string[];
  readonly bytes: number;
}

export async function prune(request: PruneRequest, context: Context): Promise<Pruned> {
  const { keepEvents, dryRun, limits } = request;
  const { root } = request.config;
  const bytesBefore = await storedBytes(root);
  if (bytesBefore === 0) throw noStoreYet(root);
  const onWait = (text: string): void => context.progress({ stage: "wait", text });
  const store = await openStore(root, [], { ...limits, onWait, compacts: true });
  try {
    const { engine } = store;
    if (!dryRun)
      await prepareStore(store, { config: request.config, reports: request.reports.folder }, context);
    const reportDate = await lastReportDate(engine, root);
    const found = { ...(await prunableEvents(engine, keepEvents, reportDate)), bytesBefore };
    const reports = await pruneReports(request, context);
    if (dryRun) {
      const bytesAfter = bytesBefore - (await estimateFreed(engine, found.events, bytesBefore));
      return { ...found, bytesAfter, reports };
    }
    context.progress({ stage: "load", text: "rewriting the store" });
    await pruneEvents(engine, keepEvents, reportDate);
    await store.compact();
    return { ...found, bytesAfter: await storedBytes(root), reports };
  } finally {
    store.close();
  }
}

async function pruneReports({ reports, dryRun }: PruneRequest, context: Context): Promise<OldReports> {
  if (reports.keepDays === null) return { folders: [], bytes: 0 };
  const old = await findOldReports(reports.folder, reports.keepDays);
  if (dryRun) return old;
  for (const folder of old.folders) await removeReport(join(reports.folder, folder));
  // also where nothing is old: an earlier prune may have been killed before it came here
  if (existsSync(join(reports.folder, "index.html")))
    await writeIndex({ out: reports.folder, templateRoots: reports.templateRoots }, context);
  return old;
}

/** By its result.json a report is found: it goes last, so that what a killed prune has left is found by the next. */
async function removeReport(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name !== "result.json") await rm(join(folder, name), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

/** Folders by the day in their name: `latest/` and index.html are not nights and stay. */
const FOLDER = /^[^/]+\/(?:\d{4}-\d\d-\d\d_)?(\d{4}-\d\d-\d\d)(?:-first-24h-\d+)?(?:-try)?$/;

/** Keeps, per rollout, the reports of the last `days` days before its newest report. */
async function findOldReports(reports: string, days: number): Promise<OldReports> {
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
  for (const folder of folders)
    for (const entry of await readdir(join(reports, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return { folders, bytes };
}

async function lastReportDate(engine: Engine, root: string): Promise<Day> {
  const [table] = await engine.rows("SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'rollout'");
  const [row] = table === undefined ? [] : await engine.rows("SELECT report_date FROM rollout");
  if (row === undefined) throw noStoreYet(root);
  return String(row["report_date"]);
}

/** What is free inside the file already, and what the events to be dropped take of it, by their number. */
async function estimateFreed(engine: Engine, events: number, bytes: number): Promise<number> {
  const [size] = await engine.rows(
    "SELECT free_blocks AS free, greatest(total_blocks, 1) AS total FROM pragma_database_size() WHERE database_name = current_database()",
  );
  const [rows] = await engine.rows(`SELECT count(DISTINCT block_id) FILTER (block_id >= 0) AS blocks,
    (SELECT greatest(count(*), 1) FROM event_rows) AS events FROM pragma_storage_info('event_rows')`);
  const free = Number(size?.["free"]) + (Number(rows?.["blocks"]) * events) / Number(rows?.["events"]);
  return Math.round((Math.min(free, Number(size?.["total"])) / Number(size?.["total"])) * bytes);
}
