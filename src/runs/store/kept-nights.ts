/** Nights that the reports folder has and the ledger lacks. Ad-hoc windows are not nights. */
import { access } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Known } from "../../ledger/memory.ts";
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { Result } from "../../model/result.ts";
import { parseResult } from "../../result/serialize.ts";
import { findResults, readReport } from "../night/write-reports.ts";

export interface PreparedFor {
  readonly config: Pick<Config, "root" | "rollout" | "sources">;
  /** Folder of all reports, absolute. */
  readonly reports: string;
}

export interface KeptNight {
  /** Relative to the workspace, as the ledger names it. */
  readonly path: string;
  readonly result: Result;
}

export interface KeptNights {
  /** In the order of time. */
  readonly whole: readonly KeptNight[];
  /** Files of later nights, which cannot be read. */
  readonly unreadable: readonly string[];
}

const NIGHT = /^(\d{4}-\d\d-\d\d)(-first-24h-\d+)?\/result\.json$/;

/** Those judged as of a later instant than the newest the ledger knows, and after a person last started it again. */
export async function findNights({ config, reports }: PreparedFor, known: Known): Promise<KeptNights> {
  const folder = join(reports, config.rollout.name);
  const whole: KeptNight[] = [];
  const unreadable: { readonly path: string; readonly day: string }[] = [];
  for (const name of await namesOf(folder, known)) {
    const path = relative(config.root, join(folder, name));
    try {
      const result = parseResult(await readReport(folder, name), path);
      if (isMissing(result, known, config.rollout.name)) whole.push({ path, result });
    } catch (error) {
      if (!(error instanceof GatebookError)) throw error;
      unreadable.push({ path, day: NIGHT.exec(name)?.[1] ?? "" });
    }
  }
  whole.sort((a, b) => Date.parse(a.result.window.asOf) - Date.parse(b.result.window.asOf));
  const last = whole.at(-1)?.result.window.reportDate ?? "";
  return { whole, unreadable: unreadable.filter(({ day }) => day >= last).map(({ path }) => path) };
}

/** The folder's name shows the day, so that an ordinary night reads none of them. `latest/` counts where no other is left. */
async function namesOf(
  folder: string,
  { newestDay, hasDaily, freshSince }: Known,
): Promise<readonly string[]> {
  const names = (await findResults(folder)).filter((name) => {
    const [, day, hours] = NIGHT.exec(name) ?? [];
    if (day === undefined || (freshSince !== null && day <= freshSince)) return false;
    return newestDay === null || day > newestDay || (day === newestDay && (hours !== undefined || !hasDaily));
  });
  if (names.length > 0 || newestDay !== null || freshSince !== null) return names;
  const latest = "latest/result.json";
  return await access(join(folder, latest)).then(
    () => [latest],
    () => [],
  );
}

function isMissing({ rollout, window }: Result, known: Known, name: string): boolean {
  const { newest, freshSince } = known;
  return (
    rollout.name === name &&
    (newest === null || Date.parse(window.asOf) > Date.parse(newest)) &&
    (freshSince === null || window.reportDate > freshSince)
  );
}
