/** A night as a test runs it: the pipeline in this process, with a clock that stands still and an empty environment. */
import { join } from "node:path";
import type { Context } from "../../src/model/context.ts";
import type { Day } from "../../src/model/words.ts";
import type { Format } from "../../src/report/render.ts";
import { type Night, runNight } from "../../src/runs/night/night.ts";

/** Three hours after the end of the sample's last day, one hour after its exports were written. */
export const caseTime = "2026-02-08T03:00:00Z";

export const limits = {
  memoryLimit: undefined,
  // the exports of most tests are one batch of rows: a second thread finds nothing to do, and looking for it takes time
  threads: 1,
  temporaryDirectory: undefined,
  timeoutMs: 60_000,
  waitMs: 0,
} as const;

export function caseContext(now = caseTime): Context {
  return {
    version: "0.0.0",
    nodeVersion: "v0.0.0",
    now: () => new Date(now),
    env: {},
    progress: () => {},
  };
}

export interface CaseRun {
  readonly date?: Day | undefined;
  readonly range?: { readonly from: Day; readonly to: Day } | undefined;
  readonly formats?: readonly Format[] | undefined;
  readonly now?: string | undefined;
  /** The first 24 hours as of this instant instead of a night. */
  readonly asOf?: string | undefined;
  readonly profiles?: boolean | undefined;
  readonly threads?: number | undefined;
}

/** Runs a workspace into its own reports/; no format but result.json unless asked for. */
export async function runCase(root: string, request: CaseRun): Promise<Night> {
  const { date, range, formats, now, asOf, profiles, threads = limits.threads } = request;
  return await runNight(
    {
      config: join(root, "rollout.yaml"),
      date: date ?? null,
      range: range ?? null,
      phase: asOf === undefined ? "daily" : "first-24h",
      asOf: asOf ?? null,
      limits: { ...limits, threads },
      report: { out: join(root, "reports"), formats: formats ?? [], templateRoots: [] },
      profiles,
    },
    caseContext(now),
  );
}
