/**
 * Makes the store small again. What comes in: a workspace, and how many days of single events and of reports are to be kept.
 * What goes out: what went, or would go. Relations, loads, the ledger and the newest report are never touched.
 */
import { stat } from "node:fs/promises";
import type { Engine } from "../../engine/engine.ts";
import { prunableEvents, pruneEvents } from "../../load/days/prune.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import { compactFiles, compactStore } from "../../warehouse/compact.ts";
import { type StorePaths, storePaths } from "../../warehouse/paths.ts";
import { openStore, type StoreLimits } from "../../warehouse/store.ts";
import { writeIndex } from "../night/report-night.ts";
import { findOldReports, type OldReports, removeReports } from "./old-reports.ts";
import { prepareStore } from "./prepare-store.ts";

export interface PruneRequest {
  readonly config: Pick<Config, "root" | "rollout">;
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

export async function prune(request: PruneRequest, context: Context): Promise<Pruned> {
  const { keepEvents, dryRun, limits } = request;
  const { root } = request.config;
  const paths = storePaths(root, limits.temporaryDirectory);
  const bytesBefore = await filesSize(paths);
  if (bytesBefore === 0) throw nothingThere(paths);
  const onWait = (text: string): void => context.progress({ stage: "wait", text });
  const store = await openStore(root, compactFiles(paths), { ...limits, onWait });
  try {
    const { engine } = store;
    if (!dryRun)
      await prepareStore(store, { config: request.config, reports: request.reports.folder }, context);
    const reportDate = await lastReportDate(engine, paths);
    const found = { ...(await prunableEvents(engine, keepEvents, reportDate)), bytesBefore };
    const reports = await pruneReports(request, context);
    if (dryRun) {
      const bytesAfter = bytesBefore - (await estimateFreed(engine, found.events, bytesBefore));
      return { ...found, bytesAfter, reports };
    }
    context.progress({ stage: "load", text: "rewriting the store" });
    await pruneEvents(engine, keepEvents, reportDate);
    await compactStore(store);
    return { ...found, bytesAfter: await filesSize(paths), reports };
  } finally {
    store.close();
  }
}

async function pruneReports({ reports, dryRun }: PruneRequest, context: Context): Promise<OldReports> {
  if (reports.keepDays === null) return { folders: [], bytes: 0 };
  const old = await findOldReports(reports.folder, reports.keepDays);
  if (dryRun || old.folders.length === 0) return old;
  await removeReports(reports.folder, old);
  await writeIndex({ out: reports.folder, templateRoots: reports.templateRoots }, context);
  return old;
}

async function lastReportDate(engine: Engine, paths: StorePaths): Promise<Day> {
  const [table] = await engine.rows("SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'rollout'");
  const [row] = table === undefined ? [] : await engine.rows("SELECT report_date FROM rollout");
  if (row === undefined) throw nothingThere(paths);
  return String(row["report_date"]);
}

function nothingThere({ store }: StorePaths): GatebookError {
  return new GatebookError("input", "there is no store yet", {
    where: { file: store },
    hint: "run `gatebook run` first",
  });
}

/** Room that is free inside the file already, and what the events to go take of it, by their number. */
async function estimateFreed(engine: Engine, events: number, bytes: number): Promise<number> {
  const [size] = await engine.rows(
    "SELECT free_blocks AS free, greatest(total_blocks, 1) AS total FROM pragma_database_size() WHERE database_name = current_database()",
  );
  const [rows] = await engine.rows(`SELECT count(DISTINCT block_id) FILTER (block_id >= 0) AS blocks,
    (SELECT greatest(count(*), 1) FROM event_rows) AS events FROM pragma_storage_info('event_rows')`);
  const free = Number(size?.["free"]) + (Number(rows?.["blocks"]) * events) / Number(rows?.["events"]);
  return Math.round((Math.min(free, Number(size?.["total"])) / Number(size?.["total"])) * bytes);
}

async function filesSize({ store, warehouse }: StorePaths): Promise<number> {
  const sizes = [store, warehouse].map((file) =>
    stat(file).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
