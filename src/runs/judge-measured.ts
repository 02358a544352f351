/** What was measured → the judged parts of a Result. Night, preview, replay and compare all judge here. */
import type { Engines } from "../engine/engine.ts";
import type { ComparisonKind, JudgeInput, Judgement } from "../judge/input.ts";
import { judge } from "../judge/judge.ts";
import { comparisonFor } from "../judge/window/comparison.ts";
import { isoSeconds } from "../model/calendar.ts";
import type { Config } from "../model/config.ts";
import type { Context } from "../model/context.ts";
import type { CellResult, CheckResult, Provenance, Result, RolloutState } from "../model/result.ts";
import { readPreflight } from "../preflight/preflight.ts";
import { type Catalog, queryProvenance } from "../queries/catalog/catalog.ts";
import { type StoreQuestion, storeChecks } from "./checks/store-checks.ts";
import type { MeasuredWindow } from "./measure/measure-window.ts";
import { clusterProvenance } from "./supply/cluster-provenance.ts";

export interface JudgedWindow {
  /** The parts of a Result that follow from the measurement, rollout.yaml and the ledger. */
  readonly parts: Omit<
    Result,
    "schemaVersion" | "tool" | "loads" | "changes" | "calibration" | "reportAt" | "provenance"
  >;
  /** What the ledger keeps besides. */
  readonly kept: Pick<Judgement, "healthyDay" | "moveSeen">;
}

export interface NightToJudge extends MeasuredWindow, Omit<StoreQuestion, "comparison"> {
  /** What loading found. */
  readonly loadChecks: readonly CheckResult[];
}

/** Tonight's measurement with the checks of the store and of the app's settings: for night and preview. */
export async function judgeNight(
  engines: Engines,
  { measurement, cells, loadChecks, ...night }: NightToJudge,
  context: Context,
): Promise<JudgedWindow> {
  const { config, catalog, phase, window, ledger, relations } = night;
  const comparison = comparisonFor(config, window, measurement.traffic);
  const question = { config, catalog, phase, window, comparison, ledger, relations, cells };
  const builtInChecks = [...loadChecks, ...(await storeChecks(engines, question))];
  const preflight = readPreflight(config, { env: context.env, now: context.now() });
  const input = { config, phase, window, comparison, preflight, ledger, builtInChecks };
  return judgeMeasured({ ...measurement, ...input }, cells);
}

export function judgeMeasured(input: JudgeInput, cells: readonly CellResult[]): JudgedWindow {
  const { config, phase, window, comparison, preflight, ledger, metrics, traffic, checks } = input;
  const { healthyDay, moveSeen, window: days, ...judged } = judge(input);
  return {
    parts: {
      phase,
      rollout: rolloutState(config, comparison),
      window: { ...recordedParts(window), timeZone: config.rollout.timeZone, ...days },
      ...judged,
      preflight,
      cells,
      measurement: { metrics, traffic, checks },
      ledger,
    },
    kept: { healthyDay, moveSeen },
  };
}

/** With null for what is not set. */
function recordedParts({ opensOn, plannedNights, preFrom, preTo, ...window }: JudgeInput["window"]) {
  return {
    ...window,
    opensOn: opensOn ?? null,
    plannedNights: plannedNights ?? null,
    preFrom: preFrom ?? null,
    preTo: preTo ?? null,
  };
}

/** The rollout as the result shows it, from rollout.yaml alone. */
function rolloutState(config: Config, comparison: ComparisonKind): RolloutState {
  const { rollout, activeGate } = config;
  return {
    name: rollout.name,
    baseline: rollout.baseline,
    candidate: rollout.candidate,
    gate: activeGate.name,
    exposure: activeGate.exposure,
    judge: config.judge,
    gates: config.gates.map(({ name, exposure, started, minDays, maxDays, consecutiveHealthyDays }) => ({
      name,
      exposure,
      started: started?.day ?? null,
      ...{ minDays, maxDays, consecutiveHealthyDays },
      active: name === activeGate.name,
    })),
    comparison,
  };
}

export interface Origin {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly loads: Result["loads"];
  readonly stages: Provenance["stages"];
  readonly engines: Engines;
  readonly git: Provenance["git"];
  readonly calibration: Result["calibration"];
  readonly reportAt: Result["reportAt"];
}

/** The whole Result but for what changed since last night (`withChanges`). */
export async function assemble(
  parts: JudgedWindow["parts"],
  origin: Origin,
  context: Context,
): Promise<Result> {
  const { config, catalog, loads, stages, engines, git, calibration, reportAt } = origin;
  return {
    schemaVersion: 2,
    tool: { name: "gatebook", version: context.version },
    ...parts,
    loads,
    changes: [],
    reportAt,
    calibration,
    provenance: {
      duckdb: engines.books.version,
      engine: engines.cluster === null ? null : await clusterProvenance(engines.books, engines.cluster),
      node: context.nodeVersion,
      configSha256: config.sha256,
      configText: config.text,
      git,
      queries: queryProvenance(catalog),
      generatedAt: isoSeconds(context.now()),
      durationMs: stages.reduce((sum, stage) => sum + stage.durationMs, 0),
      stages,
    },
  };
}
