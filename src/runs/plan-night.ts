/** Which days a run looks at, and what the ledger knows before them. Night and preview plan alike. */
import type { Engine } from "../engine/engine.ts";
import type { JudgeWindow } from "../judge/input.ts";
import { planFirstDay } from "../judge/window/first-day-window.ts";
import { planWindow } from "../judge/window/window.ts";
import { readLedger } from "../ledger/state.ts";
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
  const { state: ledger, observedSince } = await readLedger(engine, key);
  const window =
    phase === "first-24h"
      ? planFirstDay(config, { asOf, observedSince })
      : planWindow(config, { date, range, asOf, observedSince });
  return { window, ledger };
}
