/**
 * One published warehouse, open to read for as long as it is the newest: the saved workspace → the Result that a night of that date
 * would give now. Nothing is loaded or written, and the store is not touched.
 */
import type { Engine, Engines } from "../engine/engine.ts";
import { retentionStart } from "../load/days/pruned-days.ts";
import { type LoadedFiles, loadChecks } from "../load/records/checks.ts";
import { readKnownFiles } from "../load/records/loads-table.ts";
import { presentColumns } from "../load/records/present-columns.ts";
import { readRejectExamples } from "../load/records/reject-examples.ts";
import { endOfDay } from "../model/calendar.ts";
import type { Context } from "../model/context.ts";
import type { QueryError } from "../model/measurement.ts";
import type { Provenance, Result } from "../model/result.ts";
import type { Day } from "../model/words.ts";
import { neededRelations } from "../queries/relations/dependencies.ts";
import { overlayRelations, type RelationOverlays } from "../queries/relations/overlay-relations.ts";
import { readKnownBuilds } from "../queries/relations/relation-builds.ts";
import { readCalibration } from "../runs/calibrate/kept-calibration.ts";
import { assemble, judgeNight } from "../runs/judge-measured.ts";
import { measureWindow } from "../runs/measure/measure-window.ts";
import { withPrePeriod } from "../runs/measure/pre-period.ts";
import { readGit } from "../runs/night/git.ts";
import { withChanges } from "../runs/night/record-night.ts";
import { planNight } from "../runs/plan-night.ts";
import { type OpenEvents, openEvents } from "../runs/supply/open-events.ts";
import { overlayRollout } from "../warehouse/rollout-table.ts";
import { openWarehouse, warehouseStamp } from "../warehouse/store.ts";
import { type Memo, newMemo } from "./memo.ts";
import { recallSaved } from "./recall-saved.ts";
import type { Saved } from "./saved.ts";

export interface SessionRequest {
  /** The workspace. */
  readonly root: string;
  /** Report date; null: that of the run which published the warehouse. */
  readonly date: Day | null;
  readonly timeoutMs: number;
  readonly temporaryDirectory: string;
  /** Throws Superseded when what runs is no longer wanted, since another save came. */
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

/** What of the warehouse no edit changes. */
interface OpenWarehouse {
  readonly books: Engine;
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
  const books = await openWarehouse(root, temporaryDirectory);
  try {
    const opened = await readWarehouse(books, request);
    // which cluster, if any, is known when the saved rollout.yaml is
    let events: Promise<MeasuredEvents> | null = null;
    let running: Engines = books;
    return {
      stamp,
      measure: async (saved, context) => {
        events ??= openMeasured(books, saved, context);
        const measured = await events.catch((error: unknown) => {
          events = null;
          throw error;
        });
        running = measured.engines;
        return await measure({ ...opened, ...measured }, request, { saved, context });
      },
      interrupt: () => running.data.interrupt(),
      close: () => {
        void events?.then(({ close }) => close()).catch(() => undefined);
        books.close();
      },
    };
  } catch (error) {
    books.close();
    throw error;
  }
}

interface MeasuredEvents extends OpenEvents {
  readonly relations: RelationOverlays;
}

async function openMeasured(books: Engine, { config }: Saved, { env }: Context): Promise<MeasuredEvents> {
  const opened = await openEvents(books, config, { env });
  const relations = overlayRelations(opened.engines.data, await readKnownBuilds(books));
  return { ...opened, relations };
}

async function readWarehouse(engine: Engine, request: SessionRequest): Promise<OpenWarehouse> {
  const [row] = await engine.rows("SELECT report_date FROM rollout");
  const known = await readKnownFiles(engine);
  const openDay = await retentionStart(engine);
  return {
    books: engine,
    memo: newMemo(request.stillWanted),
    reads: newMemo(request.stillWanted),
    reportDate: String(row?.["report_date"]),
    loaded: {
      known,
      retentionStart: openDay,
      rejectExamples: await readRejectExamples(engine),
      leftOut: [],
      skipped: [],
      missing: [],
    },
    presentColumns: await presentColumns(engine),
    git: await readGit(request.root),
  };
}

async function measure(
  {
    engines,
    books,
    relations,
    memo,
    reads,
    loaded,
    presentColumns,
    git,
    reportDate,
  }: OpenWarehouse & MeasuredEvents,
  { timeoutMs, stillWanted, date: asked }: SessionRequest,
  { saved, context }: { readonly saved: Saved; readonly context: Context },
): Promise<MeasuredWorkspace> {
  const { config, catalog } = saved;
  const date = asked ?? reportDate;
  const asOf = endOfDay(date, config.rollout.timeZone);
  const { window: planned, ledger } = await planNight(books, config, {
    phase: "daily",
    date,
    asOf,
    range: null,
  });
  await overlayRollout(engines.data, config, planned);
  const kept = { from: planned.shownFrom, retentionStart: loaded.retentionStart };
  const needed = await neededRelations(engines.data, catalog);
  const { fingerprints, made, ...not } = await relations.sync(needed, {
    ...{ kept, timeoutMs, stillWanted },
    areAll: true,
  });
  const failedRelations = new Map([...not.failed, ...not.unavailable]);
  const asking = { config, catalog, window: planned, presentColumns, failedRelations, timeoutMs };
  const night = {
    config,
    catalog,
    phase: "daily",
    window: await withPrePeriod(engines.data, asking),
  } as const;
  const measuring = { ...asking, ...night };
  const recall = recallSaved(engines.data, memo, { ...measuring, fingerprints, reads });
  const measured = await measureWindow(engines, { ...measuring, recall });
  const built = needed.map(({ name }) => ({ name, error: failedRelations.get(name) ?? null }));
  const loadFindings = loadChecks(loaded, config);
  const judging = { ...night, ...measured, ledger, relations: built, loadChecks: loadFindings };
  const { parts } = await judgeNight(engines, judging, context);
  const loads = loaded.known.map(({ record }) => record);
  const calibration = await readCalibration({ config, catalog });
  const origin = {
    config,
    catalog,
    loads,
    stages: [],
    engines,
    git,
    calibration,
    reportAt: null,
  };
  const result = await withChanges(books, await assemble(parts, origin, context));
  const ran = [...made.map((name) => `relation ${name}`), ...memo.ran()];
  return { result, ran, failedRelations };
}
