/**
 * The nightly run, top to bottom: exports → events → relations → measurement → judgement → result.json → reports.
 * What comes in: a workspace and a day. What goes out: the result, the ledger's row, the published warehouse and the
 * report's files. Each stage is a room of its own; nothing is decided here.
 */
import { loadConfig } from "./config/load-config.ts";
import { firstDayAsOf, firstDayReportDate, planFirstDay } from "./judge/first-day-window.ts";
import { planWindow } from "./judge/window.ts";
import { readLedger } from "./ledger/state.ts";
import { type DiscoveredFile, discoverSources, readablePaths } from "./load/discover.ts";
import type { LoadSummary } from "./load/load.ts";
import { pruneEvents } from "./load/prune.ts";
import { fileThatBroke } from "./load/refusal.ts";
import { forgetTouchedDays } from "./load/touched-days.ts";
import { addDays, dayAt, endOfDay } from "./model/calendar.ts";
import type { Config } from "./model/config.ts";
import type { Context } from "./model/context.ts";
import type { StageTime } from "./model/profile.ts";
import type { Result } from "./model/result.ts";
import type { Day, Phase } from "./model/words.ts";
import type { Catalog } from "./queries/catalog.ts";
import { type AlgorithmCount, countDay } from "./queries/count-day.ts";
import { buildRelations } from "./queries/relations.ts";
import { readWorkspaceCatalog } from "./stages/catalog.ts";
import { clearExport, exportCells } from "./stages/export-cells.ts";
import { judgeNight } from "./stages/judge-night.ts";
import { loadNight } from "./stages/load-night.ts";
import { type ReportRequest, renderReport, reportFolder, writeReports } from "./stages/report-night.ts";
import { type Stopwatch, stopwatch } from "./stages/stopwatch.ts";
import { ensureRolloutTable } from "./warehouse/rollout-table.ts";
import { openStore, type Store } from "./warehouse/store.ts";

export interface RunRequest {
  /** Path of rollout.yaml. */
  readonly config: string;
  /** Report date; null: yesterday in the rollout's time zone. */
  readonly date: Day | null;
  /** An ad-hoc window: touches no ledger and not `latest/`. */
  readonly range: { readonly from: Day; readonly to: Day } | null;
  readonly phase: Phase;
  /** First 24 hours: judged as of this instant, ISO UTC; null: now. */
  readonly asOf: string | null;
  readonly limits: Limits;
  readonly report: Omit<ReportRequest, "isNight">;
  /** Every row of every cell as CSV beside the report. */
  readonly exportsCells?: boolean | undefined;
  /** Measures every statement, and keeps the slowest in the result. */
  readonly profiles?: boolean | undefined;
}

export interface Limits {
  readonly memoryLimit: string | undefined;
  readonly threads: number | undefined;
  readonly temporaryDirectory: string | undefined;
  readonly timeoutMs: number;
  readonly waitMs: number;
}

export interface Night {
  readonly result: Result;
  /** Folder of the report's files. */
  readonly folder: string;
  readonly files: readonly string[];
  /** Cells whose rows could not be written as CSV. */
  readonly failedExports: number;
  /** Where the time went, publishing and rendering among it. */
  readonly stages: readonly StageTime[];
}

export async function runNight(request: RunRequest, context: Context): Promise<Night> {
  const watch = stopwatch(request.profiles);
  const { phase, range, limits } = request;
  const onStatement = request.profiles ? watch.note : undefined;
  const asked = { ...request, onStatement, date: range?.to ?? request.date };
  const opened = await openLoaded(asked, context, watch);
  const { config, catalog, store, date, asOf, loaded } = opened;
  try {
    const ledger = await readLedger(store.engine, { rollout: config.rollout.name, phase, date, asOf });
    const { observedSince } = ledger;
    const window =
      phase === "first-24h"
        ? planFirstDay(config, { asOf, observedSince })
        : planWindow(config, { date, range, asOf, observedSince });
    const report = { ...request.report, isNight: range === null };
    const folder = reportFolder(
      { phase, window: { ...window, timeZone: config.rollout.timeZone }, rollout: config.rollout },
      report,
    );
    await clearExport(folder);
    let failedExports = 0;
    const night = {
      config,
      catalog,
      phase,
      window,
      ledger,
      loaded,
      watch,
      keepsLedger: range === null,
      timeoutMs: limits.timeoutMs,
      folder: store.paths.folder,
      onCells: async (cells: Result["cells"]) => {
        if (!request.exportsCells) return;
        failedExports = await exportCells(
          store.engine,
          { cells, folder, timeoutMs: limits.timeoutMs },
          context,
        );
      },
    };
    const result = await judgeNight(store.engine, night, context);
    // The hours of a second run today are counted from the same events.
    if (phase === "daily")
      await watch.time("prune", () => pruneEvents(store.engine, config.keepEvents, date));
    const rendered = await watch.time("publish and render", () =>
      both(store.publish(), renderReport(result, report, context)),
    );
    const written = await watch.time("write", () => writeReports(result, rendered, report, context));
    return { result, failedExports, stages: watch.stages(), ...written };
  } finally {
    store.close();
  }
}

/** Side by side, since one waits for the disk and the other computes. Neither is left running when the other fails. */
async function both<T>(first: Promise<void>, second: Promise<T>): Promise<T> {
  const [done, value] = await Promise.allSettled([first, second]);
  if (done.status === "rejected") throw done.reason;
  if (value.status === "rejected") throw value.reason;
  return value.value;
}

export interface AggregateRequest {
  readonly config: string;
  readonly date: Day | null;
  readonly limits: Limits;
}

/** Loads and rebuilds relations, judges nothing, and publishes the warehouse. */
export async function aggregateDay(request: AggregateRequest, context: Context): Promise<AggregatedDay> {
  const opened = await openLoaded({ ...request, phase: "daily", asOf: null }, context, stopwatch());
  const { config, catalog, store, date, asOf } = opened;
  const { touchedDates, records } = opened.loaded;
  try {
    await ensureRolloutTable(store.engine, config, { from: date, to: date, reportDate: date, asOf });
    await buildRelations(store.engine, catalog, { touchedDates, rebuildAll: false });
    await forgetTouchedDays(store.engine);
    const algorithms = await countDay(store.engine, date);
    await pruneEvents(store.engine, config.keepEvents, date);
    await store.publish();
    return { date, files: records.length, touchedDates, algorithms };
  } finally {
    store.close();
  }
}

export interface AggregatedDay {
  readonly date: Day;
  /** Files known to the store, loaded now or earlier. */
  readonly files: number;
  readonly touchedDates: readonly Day[];
  readonly algorithms: readonly AlgorithmCount[];
}

interface OpenedNight {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly date: Day;
  readonly asOf: string;
  readonly files: readonly DiscoveredFile[];
  readonly store: Store;
}

interface OpenRequest {
  readonly config: string;
  readonly date: Day | null;
  readonly phase: Phase;
  readonly asOf: string | null;
  readonly limits: Limits;
  readonly onStatement?: Stopwatch["note"] | undefined;
}

/** Opens the store and loads. Where a file breaks the engine, a new one takes that file apart more carefully. */
async function openLoaded(
  request: OpenRequest,
  context: Context,
  watch: Stopwatch,
): Promise<OpenedNight & { readonly loaded: LoadSummary }> {
  const careful = new Set<string>();
  for (;;) {
    const opened = await openNight(request, context);
    const files = opened.files.map((file) => ({ ...file, breaksReader: careful.has(file.file) }));
    try {
      const loaded = await watch.time("load", () => loadNight(opened.store, { ...opened, files }, context));
      return { ...opened, loaded };
    } catch (error) {
      opened.store.close();
      const file = fileThatBroke(error);
      if (file === null || careful.has(file)) throw error;
      careful.add(file);
      context.progress({ stage: "load", text: `${file} broke the engine: reading it again, row by row` });
    }
  }
}

/** Reads the workspace and opens its store; which files may be read is settled before the fence goes up. */
async function openNight(request: OpenRequest, context: Context): Promise<OpenedNight> {
  const config = loadConfig(request.config);
  const catalog = readWorkspaceCatalog(config);
  const { date, asOf } = whenOf(request, config, context.now());
  const files = await discoverSources(config);
  const onWait = (text: string): void => context.progress({ stage: "wait", text });
  const store = await openStore(config.root, readablePaths(files), {
    ...request.limits,
    onWait,
    loads: true,
    onStatement: request.onStatement,
  });
  return { config, catalog, date, asOf, files, store };
}

/** The report date, and the instant as of which it is judged: the end of that day, in the first 24 hours any of theirs. */
function whenOf(request: OpenRequest, config: Config, now: Date): Pick<OpenedNight, "date" | "asOf"> {
  const { timeZone } = config.rollout;
  if (request.phase === "first-24h") {
    const asOf = firstDayAsOf(config, request.asOf, now);
    return { date: firstDayReportDate(asOf, timeZone), asOf };
  }
  const date = request.date ?? addDays(dayAt(now, timeZone), -1);
  return { date, asOf: endOfDay(date, timeZone) };
}
