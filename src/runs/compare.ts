/**
 * Two algorithm versions over a window of the published warehouse: deltas, intervals, classifications. No ledger. A window of several
 * gates is compared gate by gate, and combined by strata: nothing is pooled across gates.
 */
import type { DataEngine, Engines } from "../engine/engine.ts";
import type { ComparisonKind } from "../judge/input.ts";
import { type AcrossGates, acrossGates } from "../judge/metric/across-gates.ts";
import { comparisonFor } from "../judge/window/comparison.ts";
import { type GateWindow, gateWindows } from "../judge/window/gate-windows.ts";
import { endOfDay } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import { GatebookError } from "../model/error.ts";
import { emptyLedger } from "../model/ledger.ts";
import type { MetricMeasurement, VariantCoverage } from "../model/measurement.ts";
import type { MetricResult } from "../model/result.ts";
import { didYouMean } from "../model/suggest.ts";
import { type DayRange, inRange } from "../queries/measures/plan.ts";
import { judgeMeasured } from "./judge-measured.ts";
import { type MeasureRequest, measureWindow } from "./measure/measure-window.ts";
import { withPrePeriod } from "./measure/pre-period.ts";

export interface ComparedWindow extends DayRange {
  readonly baseline: string;
  readonly candidate: string;
}

export interface CompareRequest
  extends ComparedWindow,
    Omit<MeasureRequest, "window" | "onCells" | "recall"> {
  /** A dimension that ratio guardrails are cut by; not given: none. */
  readonly by?: string | undefined;
}

export interface Compared extends ComparedWindow {
  readonly judge: Config["judge"];
  /** Null where the window has several gates: then `across` has them gate by gate. */
  readonly metrics: readonly MetricResult[] | null;
  readonly across: ComparedGates | null;
}

export interface ComparedGates {
  readonly gates: readonly ComparedGate[];
  /** Guardrails and informational metrics in the order of `metrics`. */
  readonly metrics: readonly ({ readonly name: string } & AcrossGates)[];
}

export interface ComparedGate extends DayRange {
  /** Null: the days before any gate. */
  readonly gate: string | null;
  readonly comparison: ComparisonKind;
  readonly metrics: readonly MetricResult[];
}

/**
 * Throws GatebookError `input` when an algorithm is not in the data, `usage` when one is compared with itself and when the
 * window is a ramp day alone.
 */
export async function compareAlgorithms(engines: Engines, request: CompareRequest): Promise<Compared> {
  const { config, baseline, candidate, from, to } = request;
  const known = await servedAlgorithms(engines.data);
  for (const name of [baseline, candidate]) requireKnown(name, known);
  if (baseline === candidate) {
    throw new GatebookError("usage", `${baseline} would be compared with itself`, {
      hint: `name two of ${known.join(", ")}`,
    });
  }
  const windows = gateWindows(config, { from, to });
  const parts: MeasuredPart[] = [];
  for (const window of windows) parts.push(await comparePart(engines, request, window));
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
  engines: Engines,
  request: CompareRequest,
  { gate, from, to }: GateWindow,
): Promise<MeasuredPart> {
  const { baseline, candidate } = request;
  const rollout = { ...request.config.rollout, baseline, candidate };
  const activeGate = gate ?? { ...request.config.activeGate, exposure: 0 };
  const config = { ...request.config, rollout, activeGate };
  const dimensions = request.catalog.dimensions.filter(({ name }) => name === request.by);
  const catalog = { ...request.catalog, checks: [], cells: [], dimensions };
  const asOf = endOfDay(to, rollout.timeZone);
  const days = { from, to, shownFrom: from, reportDate: to, asOf };
  const window = await withPrePeriod(engines.data, { ...request, window: days, config, catalog });
  const measured = await measureWindow(engines, { ...request, window, config, catalog });
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

/**
 * Throws GatebookError `input` when no day of the window has an event, naming the days that have: a typing error in a date must not
 * come back as an empty answer.
 */
export async function requireEvents(engine: DataEngine, window: DayRange): Promise<void> {
  const [row] = await engine.rows(
    `SELECT count(*) FILTER (WHERE ${inRange(window)}) AS rows, min(event_date) AS first, max(event_date) AS last FROM user_days`,
  );
  if (Number(row?.["rows"] ?? 0) > 0) return;
  const { first, last } = row ?? {};
  throw new GatebookError("input", `there are no events from ${window.from} to ${window.to}`, {
    hint: first == null ? "gatebook run loads the exports" : `the warehouse has ${first} to ${last}`,
  });
}

/** By metric and algorithm; null: not known. */
type CoverageOf = (metric: MetricResult["name"], algorithm: string) => VariantCoverage | null;

/**
 * What share of each algorithm a comparison of the rollout's two would count, for each metric, over a window within one gate. Of any
 * other window and of other algorithms nothing is known.
 */
export async function comparedCoverage(
  engines: Engines,
  request: Omit<CompareRequest, "baseline" | "candidate">,
): Promise<CoverageOf> {
  const { config, from, to } = request;
  const { baseline, candidate } = config.rollout;
  const windows = gateWindows(config, { from, to });
  const isWhole = windows.length === 1 && windows[0]?.from === from && windows[0].to === to;
  const served = await servedAlgorithms(engines.data);
  if (!isWhole || ![baseline, candidate].every((name) => served.includes(name))) return () => null;
  const { metrics } = await compareAlgorithms(engines, { ...request, baseline, candidate });
  const found = new Map(metrics?.map((metric) => [metric.name, metric.observation.coverage]));
  return (metric, algorithm) => {
    const coverage = found.get(metric) ?? null;
    if (algorithm === candidate) return coverage?.candidate ?? null;
    return algorithm === baseline ? (coverage?.baseline ?? null) : null;
  };
}

async function servedAlgorithms(engine: DataEngine): Promise<readonly string[]> {
  const rows = await engine.rows(
    "SELECT DISTINCT CAST(algo_version AS VARCHAR) AS name FROM user_days ORDER BY name",
  );
  return rows.map((row) => String(row["name"]));
}

function requireKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const meant = didYouMean(name, known);
  throw new GatebookError("input", `algorithm ${name} is not in the data`, {
    hint: meant === null ? `known are ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}
