/** The nightly run, top to bottom: exports → window → relations → measurement → judgement → result → ledger → reports. */
import { clearDirtyDays } from "../../load/days/dirty-days.ts";
import { chosenFormats, type ReportFormat } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { StageTime } from "../../model/profile.ts";
import type { Result } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { buildRelations } from "../../queries/relations/relations.ts";
import { startCharts } from "../../report/start-charts.ts";
import { writeRolloutTable } from "../../warehouse/rollout-table.ts";
import { both } from "../both.ts";
import { readCalibration } from "../calibrate/kept-calibration.ts";
import { assemble, judgeNight } from "../judge-measured.ts";
import { withPrePeriod } from "../measure/pre-period.ts";
import { planNight } from "../plan-night.ts";
import { dropOldEvents } from "../store/prune.ts";
import { clearExport, exportCells } from "./export-cells.ts";
import { readGit } from "./git.ts";
import { measureNight } from "./kept-measurement.ts";
import { type LoadRequest, loadNight } from "./load-night.ts";
import { recordNight, withChanges } from "./record-night.ts";
import {
  type ReportKind,
  type ReportRequest,
  renderReport,
  reportFolder,
  reportPlace,
  writeReports,
} from "./report-night.ts";
import { stopwatch } from "./stopwatch.ts";

export interface RunRequest extends Pick<LoadRequest, "config" | "date" | "phase" | "asOf" | "limits"> {
  /** An ad-hoc window: touches no ledger and not `latest/`. */
  readonly range: { readonly from: Day; readonly to: Day } | null;
  readonly report: Omit<ReportRequest, "kind" | "formats"> & {
    /** Null: those of rollout.yaml. */
    readonly formats: readonly ReportFormat[] | null;
  };
  /** A night that is only tried: no row in the ledger, no event dropped, not `latest/`. */
  readonly tries?: boolean | undefined;
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
  /** Cells whose rows could not be written as CSV, and pictures that could not be made. */
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
    context.progress({ stage: "load", text: `${error.message}: starting again from its copy` });
    return await runOnce(request, context, true);
  }
}

async function runOnce(request: RunRequest, context: Context, isDamaged: boolean): Promise<Night> {
  const { phase, range, profiles } = request;
  const { timeoutMs } = request.limits;
  const watch = stopwatch(profiles);
  const loading = {
    ...request,
    date: range?.to ?? request.date,
    reports: request.report.out,
    onStatement: profiles ? watch.note : undefined,
    isDamaged,
  };
  const { config, catalog, store, engines, date, asOf, loaded, close } = await loadNight(
    loading,
    context,
    watch,
  );
  const { engine: books } = store;
  try {
    const planned = await planNight(books, config, { phase, date, asOf, range });
    const { ledger } = planned;
    const formats = request.report.formats ?? chosenFormats(config.formats);
    const report = { ...request.report, formats, kind: kindOf(request) };
    const { timeZone } = config.rollout;
    const named = { phase, rollout: config.rollout, window: { ...planned.window, timeZone } };
    const folder = reportFolder(named, report);
    await clearExport(folder);
    let failedExports = 0;
    const onCells = async (cells: Result["cells"]) => {
      if (request.exportsCells)
        failedExports = await exportCells(engines.data, { cells, folder, timeoutMs }, context);
    };

    await writeRolloutTable(engines, config, planned.window);
    context.progress({ stage: "relations", text: "building relations" });
    const building = { dirtyDates: loaded.dirtyDates, rebuildAll: false, timeoutMs };
    const relations = await watch.time("relations", () => buildRelations(engines, catalog, building));
    await clearDirtyDays(books);

    context.progress({ stage: "measure", text: "measuring metrics and running checks" });
    const { presentColumns } = loaded;
    const measuring = { config, catalog, phase, window: planned.window, presentColumns, timeoutMs, onCells };
    const window = phase === "daily" ? await withPrePeriod(engines.data, measuring) : planned.window;
    const night = { ...measuring, window };
    const kept = { folder: store.folder, version: context.version };
    const measured = await measureNight(engines, { ...night, ...kept }, watch.time);
    startCharts(measured.measurement, formats);

    const judging = { ...night, ...measured, ledger, relations, loadChecks: loaded.checks };
    const judged = await judgeNight(engines, judging, context);
    const origin = { config, catalog, loads: loaded.records, engines };
    const [git, calibration] = await Promise.all([
      readGit(config.root),
      readCalibration({ config, catalog }),
    ]);
    const reportAt = reportPlace(folder, report.out, config);
    const made = { ...origin, git, calibration, reportAt, stages: watch.stages() };
    let result = await assemble(judged.parts, made, context);
    if (report.kind !== "window") result = await withChanges(books, result);
    if (report.kind === "night") await recordNight(books, result, judged.kept, context);

    // the hours of a second run today are counted from the same events
    if (phase === "daily" && report.kind !== "try")
      await watch.time("prune", () => dropOldEvents(books, { config, date }, context));
    const [, rendered] = await watch.time("publish and render", () =>
      both(store.publish(), renderReport(result, report, context)),
    );
    const written = await watch.time("write", () => writeReports(result, rendered.files, report, context));
    // last, since a run that keeps no events could not be made again from the store that it leaves
    await store.swapIn();
    failedExports += rendered.failed;
    return { result, failedExports, stages: watch.stages(), ...written };
  } finally {
    await close();
  }
}

function kindOf({ range, tries }: RunRequest): ReportKind {
  if (range !== null) return "window";
  return tries ? "try" : "night";
}
