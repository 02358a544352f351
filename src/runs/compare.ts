/**
 * Two algorithm versions over a window, read from the published warehouse: deltas, intervals, classifications. No ledger.
 * Nothing is pooled across gates: a window of several is compared gate by gate, and put together by strata.
 */
import type { Engine } from "../engine/engine.ts";
import type { ComparisonKind } from "../judge/input.ts";
import { type AcrossGates, acrossGates } from "../judge/metric/across-gates.ts";
import { comparisonFor } from "../judge/window/comparison.ts";
import { type GateWindow, gateWindows } from "../judge/window/gate-windows.ts";
import { endOfDay } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import { emptyLedger } from "../model/ledger.ts";
import type { MetricMeasurement } from "../model/measurement.ts";
import type { MetricResult } from "../model/result.ts";
import { didYouMean } from "../model/suggest.ts";
import type { Day } from "../model/words.ts";
import type { Catalog } from "../queries/catalog/catalog.ts";
import { judgeMeasured } from "./judge-measured.ts";
import { type MeasureRequest, measureWindow } from "./measure/measure-window.ts";

export interface CompareRequest {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly baseline: string;
  readonly candidate: string;
  readonly from: Day;
  readonly to: Day;
  readonly presentColumns: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly failedRelations?: MeasureRequest["failedRelations"];
}

export interface Compared {
  readonly baseline: string;
  readonly candidate: string;
  readonly from: Day;
  readonly to: Day;
  readonly judge: Config["judge"];
  /** Null where the window holds several gates: then `across` says it gate by gate. */
  readonly metrics: readonly MetricResult[] | null;
  readonly across: ComparedGates | null;
}

export interface ComparedGates {
  readonly gates: readonly ComparedGate[];
  /** Guardrails and informational metrics in the order of `metrics`. */
  readonly metrics: readonly ({ readonly name: string } & AcrossGates)[];
}

export interface ComparedGate {
  /** Null: the days before any gate. */
  readonly gate: string | null;
  readonly from: Day;
  readonly to: Day;
  readonly comparison: ComparisonKind;
  readonly metrics: readonly MetricResult[];
}

/**
 * Throws GatebookError `input` when an algorithm is not in the data, `usage` when one is compared with itself and when the
 * window is a ramp day alone.
 */
export async function compareAlgorithms(engine: Engine, request: CompareRequest): Promise<Compared> {
  const { config, baseline, candidate, from, to } = request;
  const known = (await engine.rows("SELECT DISTINCT algo_version FROM user_days ORDER BY algo_version")).map(
    (row) => String(row["algo_version"]),
  );
  for (const name of [baseline, candidate]) requireKnown(name, known);
  if (baseline === candidate) {
    throw new GatebookError("usage", `${baseline} would be compared with itself`, {
      hint: `name two of ${known.join(", ")}`,
    });
  }
  const windows = gateWindows(config, { from, to });
  const parts: MeasuredPart[] = [];
  for (const window of windows) parts.push(await comparePart(engine, request, window));
  const [first, second] = parts;
  if (first === undefined) {
    throw new GatebookError("usage", `${from} is a ramp day, in no gate: traffic changed within it`, {
      hint: "choose whole days of a gate",
    });
  }
  const subject = { baseline, candidate, judge: config.judge };
  if (second !== undefined) return { ...subject, from, to, metrics: null, across: combineGates(parts) };
  return { ...subject, from: first.from, to: first.to, metrics: first.metrics, across: null };
}

interface MeasuredPart extends ComparedGate {
  readonly measured: readonly MetricMeasurement[];
}

/** The days of one gate, as that gate would have them compared. */
async function comparePart(
  engine: Engine,
  request: CompareRequest,
  { gate, from, to }: GateWindow,
): Promise<MeasuredPart> {
  const { baseline, candidate } = request;
  const rollout = { ...request.config.rollout, baseline, candidate };
  const activeGate = gate ?? { ...request.config.activeGate, exposure: 0 };
  const config = { ...request.config, rollout, activeGate };
  const catalog = { ...request.catalog, checks: [], cells: [] };
  const asOf = endOfDay(to, rollout.timeZone);
  const window = { from, to, shownFrom: from, reportDate: to, asOf };
  const measured = await measureWindow(engine, { ...request, window, config, catalog });
  const comparison = comparisonFor(config, window, measured.measurement.traffic);
  const nothing = { builtInChecks: [], preflight: [], ledger: emptyLedger };
  const input = { ...measured.measurement, ...nothing, config, phase: "daily", window, comparison } as const;
  const { metrics } = judgeMeasured(input, []).parts;
  return { gate: gate?.name ?? null, from, to, comparison, metrics, measured: input.metrics };
}

function combineGates(parts: readonly MeasuredPart[]): ComparedGates {
  const names = parts[0]?.metrics.map(({ name }) => name) ?? [];
  const strataOf = (name: string) =>
    parts.flatMap(({ gate, from, to, comparison, measured }) =>
      measured
        .filter(({ definition }) => definition.name === name)
        .map(({ observation }) => ({ gate, from, to, comparison, observation })),
    );
  return {
    gates: parts.map(({ measured: _, ...part }) => part),
    metrics: names.map((name) => ({ name, ...acrossGates(strataOf(name)) })),
  };
}

function requireKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const meant = didYouMean(name, known);
  throw new GatebookError("input", `algorithm ${name} is not in the data`, {
    hint: meant === null ? `known are ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}
