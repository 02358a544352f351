/**
 * gatebook as a library: all that `import { … } from "gatebook"` gives. Nothing here prints, and nothing is read from the process where it
 * is passed. What a person has to settle is thrown as a GatebookError: its code, the place, and a hint; what the data shows is
 * in the result. Everything below may be called from several programs at once: a night waits for the one that holds the store.
 */
import { resolve } from "node:path";
import type { JudgeInput } from "./judge/input.ts";
import type { Config } from "./model/config.ts";
import type { Context } from "./model/context.ts";
import type { Result } from "./model/result.ts";
import type { RenderedFile, RenderOptions } from "./report/render.ts";
import type { Night } from "./runs/night/night.ts";
import { type NightOptions, nightRequest } from "./runs/night/night-request.ts";
import { judgeInputOf, recordedConfig } from "./runs/replay/judge-again.ts";
import { version } from "./version.ts";

export { loadConfig as readConfig } from "./config/load-config.ts";
export type { JudgeInput, Judgement, JudgeWindow } from "./judge/input.ts";
export { judge } from "./judge/judge.ts";
export type * from "./model/config.ts";
export type { ProgressStep } from "./model/context.ts";
export { type ErrorCode, GatebookError, type Place } from "./model/error.ts";
export type * from "./model/ledger.ts";
export type * from "./model/measurement.ts";
export type * from "./model/result.ts";
export type * from "./model/words.ts";
export type { Format, RenderedFile, RenderOptions } from "./report/render.ts";
export { parseResult } from "./result/serialize.ts";
export type { Night } from "./runs/night/night.ts";
export type { NightOptions } from "./runs/night/night-request.ts";
export { version } from "./version.ts";

/** What a program may put in the place of its own process; each has that as its default. */
export interface Surroundings extends Partial<Pick<Context, "now" | "env" | "progress">> {}

/**
 * `gatebook run`: exports → verdict, ledger and report. Writes `.gatebook/` and the report's folder, and resolves when both are whole.
 * Rejects with GatebookError: `usage` (a day in the future, two kinds of window at once), `config` (every mistake of rollout.yaml and the SQL
 * files), `busy` (another night holds the store for longer than `waitMs`), `store`. A rollback is no error: read `result.decision.action`.
 */
export async function runNight(options: NightOptions = {}, around: Surroundings = {}): Promise<Night> {
  const night = await import("./runs/night/night.ts");
  const { now = () => new Date(), env = process.env, progress = () => {} } = around;
  const context = { version, nodeVersion: process.version, now, env, progress };
  return await night.runNight(nightRequest(options, process.cwd()), context);
}

/**
 * Result → the files of its report, none written: `report.html`, `report.md` with its `charts/*.svg`, `summary.txt`, `report.ipynb`, or those
 * of `formats`. The same result gives the same bytes. Needs no database.
 */
export async function renderAll(
  result: Result,
  options: RenderOptions = {},
): Promise<readonly RenderedFile[]> {
  const report = await import("./report/render.ts");
  return await report.renderAll(result, options);
}

/**
 * What `judge` was given on the night of a result, for `judge(judgeInput(result))`; under `config` instead of the one recorded, it says what
 * other thresholds would have made of the same numbers. Throws GatebookError `config` where the recorded rollout.yaml is no longer valid.
 */
export function judgeInput(
  result: Result,
  config: Config = recordedConfig(result, resolve(".")),
): JudgeInput {
  return judgeInputOf(result, config);
}
