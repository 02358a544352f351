/** Result → the report's files: `<out>/<rollout>/<date>/`, `<out>/<rollout>/latest/` and `<out>/index.html`. */
import { join } from "node:path";
import type { Context } from "../model/context.ts";
import type { Result } from "../model/result.ts";
import { renderIndex } from "../report/index-page.ts";
import { type Format, renderAll } from "../report/render.ts";
import { parseResult, serializeResult } from "../result/serialize.ts";
import { findResults, type ReportFile, readReport, writeFiles } from "./write-reports.ts";

export interface ReportRequest {
  /** Folder of all reports, absolute. */
  readonly out: string;
  readonly formats: readonly Format[];
  /** Folders in which templates are looked up first, absolute. */
  readonly templateRoots: readonly string[];
  /** An ad-hoc window has no place in `latest/`. */
  readonly isNight: boolean;
}

export interface WrittenReport {
  readonly folder: string;
  readonly files: readonly string[];
}

export async function writeReports(
  result: Result,
  request: ReportRequest,
  context: Context,
): Promise<WrittenReport> {
  context.progress({ stage: "render", text: "writing the report" });
  const { name } = result.rollout;
  const rendered = await renderAll(result, {
    formats: request.formats,
    templateRoots: request.templateRoots,
  });
  const files: readonly ReportFile[] = [
    { path: "result.json", content: serializeResult(result) },
    ...rendered,
  ];
  const folder = join(request.out, name, reportFolder(result, request.isNight));
  await writeFiles(folder, files);
  if (request.isNight && (await isNewest(result, request.out)))
    await writeFiles(join(request.out, name, "latest"), files);
  await writeIndex(request.out, request.templateRoots);
  return { folder, files: files.map(({ path }) => path) };
}

/** "2026-02-07", "2026-02-01-first-24h-1200" or, for an ad-hoc window, "2026-02-01_2026-02-07". */
function reportFolder({ phase, window }: Result, isNight: boolean): string {
  if (!isNight) return `${window.from}_${window.to}`;
  return phase === "daily"
    ? window.reportDate
    : `${window.reportDate}-first-24h-${window.asOf.slice(11, 16).replace(":", "")}`;
}

async function isNewest(result: Result, out: string): Promise<boolean> {
  const latest = await readReport(join(out, result.rollout.name, "latest"), "result.json").catch(() => null);
  return latest === null || parseResult(latest).window.asOf <= result.window.asOf;
}

/** The index is made from the kept results alone, so it can be made again at any time. */
export async function writeIndex(out: string, templateRoots: readonly string[]): Promise<void> {
  const paths = await findResults(out);
  const entries = await Promise.all(
    paths.map(async (path) => ({
      path: path.replace(/result\.json$/, ""),
      result: parseResult(await readReport(out, path)),
    })),
  );
  await writeFiles(out, [{ path: "index.html", content: await renderIndex(entries, { templateRoots }) }]);
}
