/** Two algorithm versions over a window, read from the published warehouse: deltas, intervals, classifications. No ledger. */
import type { Engine } from "../engine/engine.ts";
import { judge } from "../judge/judge.ts";
import { endOfDay } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import { emptyLedger } from "../model/ledger.ts";
import type { MetricResult } from "../model/result.ts";
import { didYouMean } from "../model/suggest.ts";
import type { Day } from "../model/words.ts";
import type { Catalog } from "../queries/catalog.ts";
import { measure } from "./measure.ts";

export interface CompareRequest {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly baseline: string;
  readonly candidate: string;
  readonly from: Day;
  readonly to: Day;
  readonly presentColumns: ReadonlySet<string>;
  readonly timeoutMs: number;
}

export interface Compared {
  readonly baseline: string;
  readonly candidate: string;
  readonly from: Day;
  readonly to: Day;
  readonly judge: Config["judge"];
  readonly metrics: readonly MetricResult[];
}

/** Throws GatebookError `input` when an algorithm is not in the data. */
export async function compareAlgorithms(engine: Engine, request: CompareRequest): Promise<Compared> {
  const { baseline, candidate, from, to } = request;
  const known = (await engine.rows("SELECT DISTINCT algo_version FROM user_days ORDER BY algo_version")).map(
    (row) => String(row["algo_version"]),
  );
  for (const name of [baseline, candidate]) requireKnown(name, known);
  const config = { ...request.config, rollout: { ...request.config.rollout, baseline, candidate } };
  const measurement = await measure(engine, { ...request, config, shownFrom: from });
  const window = { from, to, shownFrom: from, reportDate: to, asOf: endOfDay(to, config.rollout.timeZone) };
  const { metrics } = judge({
    ...measurement,
    config,
    phase: "daily",
    window,
    builtInChecks: [],
    preflight: [],
    ledger: emptyLedger,
    comparison: "concurrent",
  });
  return { baseline, candidate, from, to, judge: config.judge, metrics };
}

function requireKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const meant = didYouMean(name, known);
  throw new GatebookError("input", `algorithm ${name} is not in the data`, {
    hint: meant === null ? `known are ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}
