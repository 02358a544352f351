/**
 * The nightly run, top to bottom: exports → events → relations → measurement → judgement → result.json → reports.
 * What comes in: a workspace and a day. What goes out: the result, the ledger's row, the published warehouse and the
 * report's files. Each stage is a room of its own; nothing is decided here.
 */
import { planFirstDay } from "../../judge/window/first-day-window.ts";
import { planWindow } from "../../judge/window/window.ts";
import { readLedger } from "../../ledger/state.ts";
import { droppedCheck, prunableEvents } from "../../load/days/prune.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { StageTime } from "../../model/profile.ts";
import type { Result } from "../../model/result.ts";
import type { Day, Phase } from "../../model/words.ts";
import { dropOldEvents } from "./drop-events.ts";
import { clearExport, exportCells } from "./export-cells.ts";
import { judgeNight } from "./judge-night.ts";
import { type Limits, openLoaded } from "./open-night.ts";
import { type ReportRequest, renderReport, reportFolder, writeReports } from "./report-night.ts";
import { stopwatch } from "./stopwatch.ts";

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

/** Where the store turns out to be damaged in the middle of it, the night is run again on its copy. */
export async function runNight(request: RunRequest, context: Context): Promise<Night> {
  try {
    return await runOnce(request, context, false);
  } catch (error) {
    if (!(error instanceof GatebookError) || error.code !== "damaged") throw error;
    context.progress({ stage: "load", text: `${error.message}: beginning again from its copy` });
    return await runOnce(request, context, true);
  }
}

async function runOnce(request: RunRequest, context: Context, isDamaged: boolean): Promise<Night> {
  const watch = stopwatch(request.profiles);
  const { phase, range, limits } = request;
  const onStatement = request.profiles ? watch.note : undefined;
  const ends = range?.to ?? request.date;
  const asked = { ...request, reports: request.report.out, onStatement, isDamaged, date: ends };
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
    const leaving = phase === "daily" ? await prunableEvents(store.engine, config.keepEvents, date) : null;
    const night = {
      otherChecks: leaving === null ? [] : droppedCheck(leaving, config.keepEvents),
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
      await watch.time("prune", () => dropOldEvents(store.engine, { config, date }, context));
    const rendered = await watch.time("publish and render", () =>
      both(store.publish(), renderReport(result, report, context)),
    );
    const written = await watch.time("write", () => writeReports(result, rendered, report, context));
    // last, since a run that keeps no events could not be made again from the store that it leaves
    await store.takePlace();
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
