/** Puts a Result together from what the stages gave. Computes nothing but what is asked of no other room. */
import type { Judgement, JudgeWindow } from "../../judge/input.ts";
import { isoSeconds } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import type { Context } from "../../model/context.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type { Measurement } from "../../model/measurement.ts";
import type {
  CellResult,
  LoadRecord,
  PreflightLine,
  Provenance,
  Result,
  RolloutState,
} from "../../model/result.ts";
import type { Phase } from "../../model/words.ts";
import { type Catalog, queryProvenance } from "../../queries/catalog/catalog.ts";
import { readGit } from "./git.ts";

export interface Parts {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly phase: Phase;
  readonly window: JudgeWindow;
  readonly measurement: Measurement;
  readonly ledger: LedgerState;
  readonly judged: Judgement;
  readonly preflight: readonly PreflightLine[];
  readonly cells: readonly CellResult[];
  readonly loads: readonly LoadRecord[];
  readonly stages: Provenance["stages"];
  readonly comparison: RolloutState["comparison"];
  readonly duckdb: string;
}

export async function assemble(parts: Parts, context: Context): Promise<Result> {
  return assembled(parts, await readGit(parts.config.root), context);
}

/** The same where git was asked before. */
export function assembled(parts: Parts, git: Provenance["git"], context: Context): Result {
  const { config, judged, window } = parts;
  return {
    schemaVersion: 2,
    tool: { name: "gatebook", version: context.version },
    phase: parts.phase,
    rollout: rolloutState(config, parts.comparison),
    window: {
      from: window.from,
      to: window.to,
      shownFrom: window.shownFrom,
      reportDate: window.reportDate,
      asOf: window.asOf,
      ...(window.openedAt === undefined ? {} : { openedAt: window.openedAt }),
      opensOn: window.opensOn ?? null,
      timeZone: config.rollout.timeZone,
      ...judged.window,
    },
    decision: judged.decision,
    metrics: judged.metrics,
    checks: judged.checks,
    preflight: parts.preflight,
    checklist: judged.checklist,
    traffic: judged.traffic,
    loads: parts.loads,
    cells: parts.cells,
    changes: [],
    measurement: parts.measurement,
    ledger: parts.ledger,
    provenance: provenance(parts, git, context),
  };
}

/** The rollout as the result shows it, from rollout.yaml alone. */
export function rolloutState(config: Config, comparison: RolloutState["comparison"]): RolloutState {
  const { rollout, activeGate } = config;
  return {
    name: rollout.name,
    baseline: rollout.baseline,
    candidate: rollout.candidate,
    gate: activeGate.name,
    exposure: activeGate.exposure,
    judge: config.judge,
    gates: config.gates.map((gate) => ({
      name: gate.name,
      exposure: gate.exposure,
      started: gate.started?.day ?? null,
      minDays: gate.minDays,
      maxDays: gate.maxDays,
      consecutiveHealthyDays: gate.consecutiveHealthyDays,
      active: gate.name === activeGate.name,
    })),
    comparison,
  };
}

function provenance(parts: Parts, git: Provenance["git"], context: Context): Provenance {
  const { config, catalog, stages, duckdb } = parts;
  return {
    duckdb,
    node: context.nodeVersion,
    configSha256: config.sha256,
    configText: config.text,
    git,
    queries: queryProvenance(catalog),
    generatedAt: isoSeconds(context.now()),
    durationMs: stages.reduce((sum, stage) => sum + stage.durationMs, 0),
    stages,
  };
}
