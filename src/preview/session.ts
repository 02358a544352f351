/**
 * One published warehouse, open to read for as long as it is the newest. In: the saved workspace. Out: the Result that a night
 * of that date would give now, of which only those parts were run again whose files, relations or settings have changed.
 * Nothing is loaded, nothing written down, and the store is not touched.
 */
import { stat } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import { changesSince } from "../judge/changes/changes.ts";
import type { JudgeWindow } from "../judge/input.ts";
import { judge } from "../judge/judge.ts";
import { comparisonFor } from "../judge/window/comparison.ts";
import { planWindow } from "../judge/window/window.ts";
import { readNight } from "../ledger/night.ts";
import { type LedgerView, readLedger } from "../ledger/state.ts";
import { retentionStart } from "../load/days/pruned-days.ts";
import { type LoadedFiles, loadChecks } from "../load/records/checks.ts";
import { readKnownFiles } from "../load/records/loads-table.ts";
import { presentColumns } from "../load/records/present-columns.ts";
import { readRejectExamples } from "../load/records/reject-examples.ts";
import { endOfDay } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import type { Context } from "../model/context.ts";
import type { QueryError } from "../model/measurement.ts";
import type { Provenance, Result } from "../model/result.ts";
import type { Day } from "../model/words.ts";
import { readPreflight } from "../preflight/preflight.ts";
import {
  type BroughtRelations,
  type OverlayRelations,
  overlayRelations,
} from "../queries/relations/overlay-relations.ts";
import { parseResult } from "../result/serialize.ts";
import { namesCheck } from "../runs/night/algorithm-names.ts";
import { assembled } from "../runs/night/assemble.ts";
import { dayChecks } from "../runs/night/day-checks.ts";
import { fileChecks } from "../runs/night/file-checks.ts";
import { readGit } from "../runs/night/git.ts";
import { shadowRolloutTable } from "../warehouse/rollout-table.ts";
import { openWarehouse, storePaths } from "../warehouse/store.ts";
import { measureSaved } from "./measure-saved.ts";
import { type Memo, newMemo } from "./memo.ts";
import type { Saved } from "./saved.ts";

export interface SessionRequest {
  /** The workspace. */
  readonly root: string;
  /** Report date; null: that of the run which published the warehouse. */
  readonly date: Day | null;
  readonly timeoutMs: number;
  readonly temporaryDirectory: string;
  /** Throws when what runs is no longer wanted, since another save came. */
  readonly stillWanted: () => void;
}

export interface Session {
  /** Which warehouse: changes when a night publishes another. */
  readonly stamp: string;
  readonly measure: (saved: Saved, context: Context) => Promise<MeasuredWorkspace>;
  readonly interrupt: () => void;
  readonly close: () => void;
}

export interface MeasuredWorkspace {
  readonly result: Result;
  /** "relation author_days", "metric ctr", "cell top_authors": what was run for it. */
  readonly ran: readonly string[];
  readonly failedRelations: ReadonlyMap<string, QueryError>;
}

/** "" where there is none. */
export async function warehouseStamp(root: string): Promise<string> {
  return await stat(storePaths(root).warehouse).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => "",
  );
}

/** What of the warehouse no edit changes. */
interface Standing {
  readonly engine: Engine;
  readonly relations: OverlayRelations;
  readonly memo: Memo;
  readonly reads: Memo;
  readonly reportDate: Day;
  readonly loaded: LoadedFiles;
  readonly presentColumns: ReadonlySet<string>;
  readonly git: Provenance["git"];
}

/** Throws GatebookError `input` when nothing was published yet. */
export async function openSession(request: SessionRequest): Promise<Session> {
  const { root, temporaryDirectory } = request;
  const stamp = await warehouseStamp(root);
  const engine = await openWarehouse(root, temporaryDirectory);
  try {
    const standing = await readStanding(engine, request);
    return {
      stamp,
      measure: (saved, context) => measure(standing, request, { saved, context }),
      interrupt: () => engine.interrupt(),
      close: () => engine.close(),
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function readStanding(engine: Engine, request: SessionRequest): Promise<Standing> {
  const [row] = await engine.rows("SELECT report_date FROM rollout");
  const known = await readKnownFiles(engine);
  const openDay = await retentionStart(engine);
  return {
    engine,
    relations: await overlayRelations(engine),
    memo: newMemo(request.stillWanted),
    reads: newMemo(request.stillWanted),
    reportDate: String(row?.["report_date"]),
    loaded: { known, retentionStart: openDay, rejectExamples: await readRejectExamples(engine) },
    presentColumns: await presentColumns(engine),
    git: await readGit(request.root),
  };
}

interface Save {
  readonly saved: Saved;
  readonly context: Context;
}

async function measure(standing: Standing, request: SessionRequest, save: Save): Promise<MeasuredWorkspace> {
  const { engine, relations, memo } = standing;
  const { config, catalog } = save.saved;
  const { timeoutMs, stillWanted } = request;
  const { window, ledger } = await planNight(standing, config, request.date);
  await shadowRolloutTable(engine, config, window);
  const range = {
    from: window.shownFrom,
    retentionStart: standing.loaded.retentionStart,
    timeoutMs,
    stillWanted,
  };
  const brought = await relations.bring(catalog, range);
  const measured = await measureSaved(engine, memo, {
    ...{ ...window, config, catalog, timeoutMs, presentColumns: standing.presentColumns },
    rolloutKey: JSON.stringify([config.rollout, config.activeGate, config.judge, window]),
    fingerprints: brought.fingerprints,
    reads: standing.reads,
  });
  const result = await judged(standing, { ...save, window, ledger, brought, measured });
  const { asOf } = window;
  const at = { rollout: config.rollout.name, phase: "daily", asOf, which: "before" } as const;
  const before = await standing.reads.recall("last night", JSON.stringify(at), () => readNight(engine, at));
  const changes = changesSince(before === null ? null : parseResult(before), result);
  const ran = [...brought.made.map((name) => `relation ${name}`), ...memo.ran()];
  return { result: { ...result, changes }, ran, failedRelations: brought.failed };
}

interface PlannedNight {
  readonly window: JudgeWindow;
  readonly ledger: LedgerView;
}

async function planNight(
  { engine, reportDate }: Standing,
  config: Config,
  asked: Day | null,
): Promise<PlannedNight> {
  const date = asked ?? reportDate;
  const asOf = endOfDay(date, config.rollout.timeZone);
  const ledger = await readLedger(engine, { rollout: config.rollout.name, phase: "daily", date, asOf });
  const { observedSince } = ledger;
  return { window: planWindow(config, { date, range: null, asOf, observedSince }), ledger };
}

interface Parts extends Save, PlannedNight {
  readonly brought: BroughtRelations;
  readonly measured: Awaited<ReturnType<typeof measureSaved>>;
}

async function judged(
  standing: Standing,
  { saved, context, window, ledger, brought, measured }: Parts,
): Promise<Result> {
  const { config, catalog } = saved;
  const { measurement, cells } = measured;
  const comparison = comparisonFor(config, window, measurement.traffic);
  const preflight = readPreflight(config, { env: context.env, now: context.now() });
  const relations = catalog.relations.map(({ name }) => ({ error: brought.failed.get(name) ?? null }));
  const builtInChecks = [
    ...loadChecks(standing.loaded, config),
    await namesCheck(standing.engine, { config, window, comparison }),
    ...(await dayChecks(standing.engine, { ...config.rollout, window, comparison, ledger: ledger.state })),
    ...fileChecks({ catalog, relations, cells }),
  ];
  const shared = { config, phase: "daily", window, preflight, comparison } as const;
  const ledgerState = ledger.state;
  const judgement = judge({ ...shared, ...measurement, builtInChecks, ledger: ledgerState });
  const parts = {
    ...{ ...shared, catalog, measurement, cells, ledger: ledgerState, judged: judgement, stages: [] },
    loads: standing.loaded.known.map(({ record }) => record),
    duckdb: standing.engine.version,
  };
  return assembled(parts, standing.git, context);
}
