/** A ledger brought back by hand, or started again on purpose. Nothing is deleted: the files it replaces are set aside. */
import { open } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { addMemory, type Known, readKnown, readMemory } from "../../ledger/memory.ts";
import { readLedger } from "../../ledger/state.ts";
import { dayAt, isoSeconds } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { LatchedRollback } from "../../model/ledger.ts";
import type { Day } from "../../model/words.ts";
import { readResult } from "../../result/read-result.ts";
import { recoverThoroughly, startEmpty } from "../../warehouse/recover.ts";
import { onCopies, restoreFrom } from "../../warehouse/restore.ts";
import { openStore, type Store, type StoreLimits } from "../../warehouse/store.ts";
import { findResults } from "../night/write-reports.ts";
import { findNights, type KeptNight } from "./kept-nights.ts";
import { migrate, prepareStore, takeOver } from "./prepare-store.ts";

export interface RestoreRequest {
  readonly config: Config;
  /** Folder of all reports, absolute. */
  readonly reports: string;
  /** A database file or a result.json, absolute; null: what the workspace has. */
  readonly from: string | null;
  /** None of it: the ledger starts empty, and why. */
  readonly none: { readonly reason: string; readonly by: string } | null;
  /** Works on a copy. */
  readonly dryRun: boolean;
  readonly limits: Pick<StoreLimits, "waitMs" | "onWait">;
}

export interface Restored {
  /** What was taken over, or why nothing; one sentence. */
  readonly text: string;
  readonly changed: boolean;
  readonly nights: number;
  readonly lastNight: Day | null;
  readonly records: number;
  readonly latched: LatchedRollback | null;
  /** Relative to the workspace. */
  readonly setAside: readonly string[];
}

export async function restore(request: RestoreRequest, context: Context): Promise<Restored> {
  const { config, dryRun, limits } = request;
  const work = (root: string) => restoreIn(root, request, context);
  return dryRun ? await onCopies(config.root, limits, work) : await work(config.root);
}

/** `root`: where the store is worked on, the workspace's own or a copy. */
async function restoreIn(root: string, request: RestoreRequest, context: Context): Promise<Restored> {
  const { from, none, limits, config } = request;
  const isFile = from !== null && (await isDatabase(from));
  const bringUp = (engine: Engine): Promise<void> => migrate(engine, context.version, config);
  const recover = none !== null ? startEmpty : isFile ? restoreFrom(from, bringUp) : recoverThoroughly;
  const store = await openStore(root, [], { ...limits, recover });
  try {
    await bringUp(store.engine);
    const before = (await lastMemory(store.engine, config))?.number ?? 0;
    if (none !== null) await noteFreshStart(store.engine, request, none, context);
    else {
      await prepareStore(store, request, context);
      if (from !== null && !isFile) await takeResult(store, from, request, context);
      else await takeReports(store, request, context);
    }
    const restored = await describe(store, config, before);
    // a warehouse that is gone, damaged or behind is the reason why somebody asks
    const { origin } = store;
    if (restored.changed || (origin.kind === "whole" && origin.isAhead)) await store.publish();
    return restored;
  } finally {
    store.close();
  }
}

/** Of all that was found so far, so that none of it comes back by itself. */
async function noteFreshStart(
  engine: Engine,
  { config, reports }: RestoreRequest,
  { reason, by: person }: { readonly reason: string; readonly by: string },
  context: Context,
): Promise<void> {
  const { name: rollout, timeZone } = config.rollout;
  const day = dayAt(context.now(), timeZone);
  const days = (await findResults(join(reports, rollout))).map((path) => path.slice(0, 10));
  const through = [day, ...days].sort().at(-1) ?? day;
  const when = { day, through, recordedAt: isoSeconds(context.now()) };
  await addMemory(engine, { rollout, kind: "fresh_start", subject: "", ...when, reason, person });
}

/** Nights after a lost ledger know nothing of those before: then every night of the reports counts. */
async function takeReports({ engine }: Store, request: RestoreRequest, context: Context): Promise<void> {
  if (!(await isLost(engine, request.config))) return;
  const known = await readKnown(engine, request.config.rollout.name);
  const all: Known = { ...known, newest: null, newestDay: null };
  const { whole } = await findNights(request, all);
  const missing: KeptNight[] = [];
  for (const night of whole) if (!(await hasNight(engine, night))) missing.push(night);
  await takeOver(engine, missing, request, context);
}

async function takeResult(
  { engine }: Store,
  from: string,
  request: RestoreRequest,
  context: Context,
): Promise<void> {
  const { rollout } = request.config;
  const result = readResult(from);
  const path = relative(request.config.root, from);
  const problem = (message: string, hint: string): GatebookError =>
    new GatebookError("usage", message, { where: { file: from }, hint });
  if (result.rollout.name !== rollout.name)
    throw problem(
      `it is of the rollout ${result.rollout.name}, and rollout.yaml says ${rollout.name}`,
      "name a result.json of this rollout",
    );
  const known = await readKnown(engine, rollout.name);
  const isNewer = known.newest !== null && Date.parse(known.newest) > Date.parse(result.window.asOf);
  if (isNewer && !(await isLost(engine, request.config)))
    throw problem(
      `the store holds newer nights, up to ${known.newestDay}, than that file of ${result.window.reportDate}`,
      "there is nothing to take over: nothing was changed",
    );
  if (!(await hasNight(engine, { path, result })))
    await takeOver(engine, [{ path, result }], request, context);
}

async function isLost(engine: Engine, config: Config): Promise<boolean> {
  return (await lastMemory(engine, config))?.kind === "lost";
}

function lastMemory(engine: Engine, { rollout }: Config) {
  return readMemory(engine, { rollout: rollout.name, asOf: NEVER });
}

const NEVER = "9999-12-31T00:00:00Z";

async function hasNight(engine: Engine, { result }: KeptNight): Promise<boolean> {
  const { rollout, window, phase } = result;
  const key = { rollout: rollout.name, phase, date: window.reportDate, asOf: NEVER };
  const { nights } = (await readLedger(engine, key)).state;
  return nights.some((night) => night.phase === phase && Date.parse(night.asOf) === Date.parse(window.asOf));
}

async function describe(
  { engine, origin, setAside }: Store,
  config: Config,
  before: number,
): Promise<Restored> {
  const { name: rollout } = config.rollout;
  const memory = await lastMemory(engine, config);
  const changed = origin.kind !== "whole" || (memory?.number ?? 0) !== before;
  const known = await readKnown(engine, rollout);
  const { state } = await readLedger(engine, { rollout, phase: "daily", date: "9999-12-31", asOf: NEVER });
  const [row] = await engine.rows("SELECT count(*) AS records FROM records");
  return {
    text: changed
      ? (memory?.reason ?? "the store was created again")
      : "the ledger is whole: there is nothing to take over",
    changed,
    nights: state.nights.length,
    lastNight: known.newestDay,
    records: Number(row?.["records"]),
    latched: state.latched,
    setAside: changed ? setAside : [],
  };
}

/** By its first bytes: a backup may have any name. */
async function isDatabase(file: string): Promise<boolean> {
  const handle = await open(file, "r").catch(() => null);
  if (handle === null) return false;
  try {
    const bytes = Buffer.alloc(12);
    await handle.read(bytes, 0, 12, 0);
    return bytes.toString("latin1", 8, 12) === "DUCK" || file.endsWith(".duckdb");
  } finally {
    await handle.close();
  }
}
