/** Which days a run looks at, and what the ledger knows before them. Night and preview plan alike. */
import type { Engine } from "../engine/engine.ts";
import type { JudgeWindow } from "../judge/input.ts";
import { plannedNightsOf } from "../judge/metric/criteria.ts";
import { planFirstDay } from "../judge/window/first-day-window.ts";
import { planWindow } from "../judge/window/window.ts";
import { type GatePlan, readLedger } from "../ledger/state.ts";
import type { Config } from "../model/config.ts";
import type { LedgerState } from "../model/ledger.ts";
import type { Day, Phase } from "../model/words.ts";

export interface PlanRequest {
  readonly phase: Phase;
  /** Report date. */
  readonly date: Day;
  /** ISO, UTC. */
  readonly asOf: string;
  /** An ad-hoc window. */
  readonly range: { readonly from: Day; readonly to: Day } | null;
}

export interface PlannedNight {
  readonly window: JudgeWindow;
  readonly ledger: LedgerState;
}

export async function planNight(
  engine: Engine,
  config: Config,
  { phase, date, asOf, range }: PlanRequest,
): Promise<PlannedNight> {
  const key = { rollout: config.rollout.name, phase, date, asOf };
  const { state: ledger, observedSince, plans } = await readLedger(engine, key);
  const window =
    phase === "first-24h"
      ? planFirstDay(config, { asOf, observedSince })
      : planWindow(config, { date, range, asOf, observedSince });
  if (phase === "first-24h" || range !== null) return { window, ledger };
  return { window: { ...window, ...fixedPlan(config, window, plans) }, ledger };
}

/**
 * What the gate's first nights fixed, so that a later max_days or later exports do not move it: the nights that its error rates are
 * spread over, from max_days, and the days before the rollout that changes are adjusted for.
 */
function fixedPlan(
  { activeGate }: Config,
  { from }: JudgeWindow,
  plans: readonly GatePlan[],
): Pick<JudgeWindow, "plannedNights" | "preFrom" | "preTo"> {
  const own = plans.filter(({ gate, date }) => gate === activeGate.name && date >= from);
  const pre = own.find(({ preFrom }) => preFrom !== null);
  const plannedNights = own.find((plan) => plan.plannedNights !== null)?.plannedNights;
  return {
    plannedNights: plannedNights ?? plannedNightsOf(activeGate),
    preFrom: pre?.preFrom ?? null,
    preTo: pre?.preTo ?? null,
  };
}
