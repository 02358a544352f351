/** Result → the report's files: `<out>/<rollout>/<date>/`, `<out>/<rollout>/latest/` and `<out>/index.html`. */
import { join, relative, sep } from "node:path";
import { wallClockAt } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import { GatebookError } from "../../model/error.ts";
import type { NightResult, Result } from "../../model/result.ts";
import type { Phase } from "../../model/words.ts";
import { renderIndex } from "../../report/index/index-page.ts";
import { type Format, isReportFile, renderAll } from "../../report/render.ts";
import { parseNight, serializeResult } from "../../result/serialize.ts";
import { copyExport } from "./export-cells.ts";
import {
  findResults,
  type ReportFile,
  readReport,
  removeFiles,
  sweepTemporaries,
  writeFiles,
} from "./write-reports.ts";

/** "try": a night that leaves no trace in the ledger; "window": the days that somebody asked for. Neither is ever `latest/`. */
export type ReportKind = "night" | "try" | "window";

export interface ReportRequest {
  /** Folder of all reports, absolute. */
  readonly out: string;
  readonly formats: readonly Format[];
  /** Folders in which templates are looked up first, absolute. */
  readonly templateRoots: readonly string[];
  readonly kind: ReportKind;
}

export interface WrittenReport {
  readonly folder: string;
  readonly files: readonly string[];
}

/** The files of a report, none of them written yet, and how many could not be made. */
export async function renderReport(
  result: Result,
  { formats, templateRoots }: ReportRequest,
  context: Context,
): Promise<{ readonly files: readonly ReportFile[]; readonly failed: number }> {
  context.progress({ stage: "render", text: "writing the report" });
  let failed = 0;
  const onFailure = (path: string, reason: string) => {
    failed += 1;
    context.progress({ stage: "render", text: `left out of the report: ${path}: ${reason}` });
  };
  const rendered = await renderAll(result, { formats, templateRoots, onFailure });
  return { files: [{ path: "result.json", content: serializeResult(result) }, ...rendered], failed };
}

export async function writeReports(
  result: Result,
  files: readonly ReportFile[],
  request: ReportRequest,
  context: Context,
): Promise<WrittenReport> {
  const { name } = result.rollout;
  await sweepTemporaries(request.out, name);
  const folder = reportFolder(result, request);
  await replaceReport(folder, files);
  if (request.kind === "night" && (await isNewest(result, request.out))) {
    const latest = join(request.out, name, "latest");
    await replaceReport(latest, files);
    await copyExport(folder, latest);
  }
  await writeIndex(request, context);
  return { folder, files: files.map(({ path }) => path) };
}

/** A file of an earlier run in a format that this one was not asked for would tell another verdict. */
async function replaceReport(folder: string, files: readonly ReportFile[]): Promise<void> {
  await writeFiles(folder, files);
  const written = new Set(files.map(({ path }) => path));
  await removeFiles(folder, (path) => isReportFile(path) && !written.has(path));
}

/** The folder of a result's files, e.g. `<out>/clip-cosine-v2/2026-02-07`. */
export function reportFolder(night: NightName, { out, kind }: Pick<ReportRequest, "out" | "kind">): string {
  return join(out, night.rollout.name, folderName(night, kind));
}

/** "https://reports.example.org/clip-cosine-v2/2026-02-07/report.html", or the path from the workspace. */
export function reportPlace(
  folder: string,
  out: string,
  { reportsUrl, root }: Pick<Config, "reportsUrl" | "root">,
): string {
  const [from, start] = reportsUrl === null ? [root, ""] : [out, `${reportsUrl}/`];
  const path = relative(from, join(folder, "report.html")).split(sep).join("/");
  return `${start}${path}`;
}

interface NightName {
  readonly phase: Phase;
  readonly rollout: Pick<Result["rollout"], "name">;
  readonly window: Pick<Result["window"], "from" | "to" | "reportDate" | "asOf" | "timeZone">;
}

/** "2026-02-07", "2026-02-01-first-24h-1200", "2026-02-07-try" or, for an ad-hoc window, "2026-02-01_2026-02-07". */
function folderName({ phase, window }: NightName, kind: ReportKind): string {
  if (kind === "window") return `${window.from}_${window.to}`;
  const night = phase === "daily" ? window.reportDate : `${window.reportDate}-first-24h-${clockOf(window)}`;
  return kind === "try" ? `${night}-try` : night;
}

/** "1230", with seconds "123015"; at the midnight that ends the report date "2400". */
function clockOf({ asOf, reportDate, timeZone }: NightName["window"]): string {
  const clock = wallClockAt(new Date(asOf), timeZone);
  const [hour = "", minute = "", second = ""] = clock.slice(11).split(":");
  const isNextDay = clock.slice(0, 10) > reportDate;
  return `${isNextDay ? Number(hour) + 24 : hour}${minute}${second === "00" ? "" : second}`;
}

async function isNewest(result: Result, out: string): Promise<boolean> {
  const latest = await readEntry(join(out, result.rollout.name), "latest/result.json").then(
    (entry) => entry.result.window.asOf,
    () => "", // none yet, or one that no version can read: tonight's takes its place
  );
  return latest <= result.window.asOf;
}

/**
 * The index is made from the kept results alone, so it can be made again at any time. A result that cannot be read is left
 * out and named; it never stops the night.
 */
export async function writeIndex(
  request: Pick<ReportRequest, "out" | "templateRoots">,
  context: Context,
): Promise<void> {
  const { out, templateRoots } = request;
  const entries: NightEntry[] = [];
  for (const path of await findResults(out)) {
    try {
      entries.push(await readEntry(out, path));
    } catch (error) {
      if (!(error instanceof GatebookError)) throw error;
      context.progress({ stage: "render", text: `left out of index.html: ${path}: ${error.message}` });
    }
  }
  await writeFiles(out, [{ path: "index.html", content: await renderIndex(entries, { templateRoots }) }]);
}

interface NightEntry {
  /** Of the night's folder, relative to the index, with a final slash. */
  readonly path: string;
  readonly result: NightResult;
}

async function readEntry(out: string, path: string): Promise<NightEntry> {
  return { path: path.replace(/result\.json$/, ""), result: parseNight(await readReport(out, path), path) };
}
