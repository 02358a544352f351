/**
 * The ledger's nights under other thresholds: each night's verdict then and now. Nights follow one another as they would have: a
 * rollback that now comes on the third night is latched on the fourth, until the day on which a person really cleared one.
 */
import { type Adjustment, adjustedText } from "../../config/adjust.ts";
import { checkMetricsExist } from "../../config/config.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Judgement } from "../../judge/input.ts";
import { judge } from "../../judge/judge.ts";
import { ledgerKey, readStoredNights } from "../../ledger/night.ts";
import {
  ledgerView,
  type PersonRecord,
  readNights,
  readRecords,
  type StoredNight,
} from "../../ledger/state.ts";
import { GatebookError } from "../../model/error.ts";
import type { LedgerState } from "../../model/ledger.ts";
import type { Result } from "../../model/result.ts";
import type { Day, Phase } from "../../model/words.ts";
import { parseResult } from "../../result/serialize.ts";
import { judgeInputOf, recordedConfig } from "./judge-again.ts";

export interface BacktestRequest {
  readonly rollout: string;
  /** The workspace. */
  readonly root: string;
  readonly adjustment: Adjustment;
  /** Report dates to judge again; null: from the first, to the last. Nights before `from` stay as they were. */
  readonly from: Day | null;
  readonly to: Day | null;
  /** Each night with the ledger it had, instead of with what the nights before would have left. */
  readonly independent: boolean;
}

type NightVerdict = Pick<Result["decision"], "action" | "rule">;

export interface BacktestNight {
  readonly date: Day;
  readonly phase: Phase;
  readonly asOf: string;
  readonly gate: string;
  readonly before: NightVerdict;
  readonly now: NightVerdict;
  /** The action is another one. */
  readonly flips: boolean;
  /** First reason of the verdict now. */
  readonly because: string;
  /** Under its own thresholds this gatebook judges it as it was judged then: else a flip may be the tool's. */
  readonly reproduces: boolean;
}

export interface Backtest {
  readonly nights: readonly BacktestNight[];
  readonly flips: number;
}

/** Throws GatebookError `input` without kept nights, `config` when the adjusted thresholds are invalid. */
export async function backtest(engine: Engine, request: BacktestRequest): Promise<Backtest> {
  const { rollout, from, to } = request;
  const all = (await readStoredNights(engine, rollout)).map((text) => parseResult(text, "the ledger"));
  const chosen = all.filter(
    ({ window }) => (from === null || window.reportDate >= from) && (to === null || window.reportDate <= to),
  );
  if (chosen.length === 0) throw noNights(all, rollout);
  refuseInvalid(chosen, request);
  const end = { rollout, phase: "daily", date: "9999-12-31", asOf: "9999-12-31T00:00:00Z" } as const;
  const records = await readRecords(engine, end);
  const chosenKeys = new Set(chosen.map(keyOf));
  const past = (await readNights(engine, end)).filter(({ key }) => !chosenKeys.has(key));
  const nights: BacktestNight[] = [];
  for (const recorded of chosen) {
    const ledger = request.independent ? recorded.ledger : stateBefore(recorded, past, records);
    const judged = judgeUnder(recorded, ledger, request);
    past.push(storedNight(recorded, judged));
    nights.push(describe(recorded, judged, request));
  }
  return { nights, flips: nights.filter(({ flips }) => flips).length };
}

function keyOf(recorded: Result): string {
  return `${recorded.phase} ${ledgerKey(recorded.phase, recorded)}`;
}

function stateBefore(
  { window }: Result,
  past: readonly StoredNight[],
  records: readonly PersonRecord[],
): LedgerState {
  const nights = past
    .filter(({ night }) => night.asOf < window.asOf)
    .toSorted((a, b) => (a.night.asOf < b.night.asOf ? -1 : a.night.asOf > b.night.asOf ? 1 : 0));
  const known = records.filter(({ effective }) => effective <= window.reportDate);
  return ledgerView(nights, known, window.reportDate).state;
}

function judgeUnder(recorded: Result, ledger: LedgerState, { adjustment, root }: BacktestRequest): Judgement {
  const text = adjustedText(recorded.provenance.configText, adjustment, recorded.window.reportDate);
  return judge({ ...judgeInputOf(recorded, recordedConfig(recorded, root, text)), ledger });
}

/** The night as the ledger would have kept it. */
function storedNight(recorded: Result, { decision, healthyDay, moveSeen }: Judgement): StoredNight {
  const { phase, window, rollout } = recorded;
  const { action, rule, preset, reasons } = decision;
  const { plannedNights, preFrom, preTo } = window;
  return {
    night: { date: window.reportDate, phase, asOf: window.asOf, action, rule, healthyDay },
    gate: rollout.gate,
    key: keyOf(recorded),
    reason: reasons[0] ?? "",
    preset,
    saidBefore: null,
    moveSeen,
    awaitsFirstDay: window.opensOn !== null || window.from > window.to,
    plan: { gate: rollout.gate, date: window.reportDate, plannedNights, preFrom, preTo },
  };
}

function describe(recorded: Result, { decision }: Judgement, { root }: BacktestRequest): BacktestNight {
  const verdict = ({ action, rule }: NightVerdict): NightVerdict => ({ action, rule });
  const before = verdict(recorded.decision);
  const own = judge(judgeInputOf(recorded, recordedConfig(recorded, root))).decision;
  return {
    date: recorded.window.reportDate,
    phase: recorded.phase,
    asOf: recorded.window.asOf,
    gate: recorded.rollout.gate,
    before,
    now: verdict(decision),
    flips: before.action !== decision.action,
    because: decision.reasons[0] ?? "",
    reproduces: own.action === before.action && own.rule === before.rule,
  };
}

/** Before any night is judged: a misspelt metric must not look like a guardrail that never fires. */
function refuseInvalid(chosen: readonly Result[], { adjustment, root }: BacktestRequest): void {
  const names = new Set(chosen.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
  for (const recorded of chosen) {
    const { reportDate } = recorded.window;
    try {
      const text = adjustedText(recorded.provenance.configText, adjustment, reportDate);
      checkMetricsExist(recordedConfig(recorded, root, text), names);
    } catch (cause) {
      if (!(cause instanceof GatebookError)) throw cause;
      // Its place is in no file that the user has.
      const message = `these thresholds do not fit the rollout.yaml of ${reportDate}: ${cause.message}`;
      throw new GatebookError("config", message, { hint: cause.hint, cause });
    }
  }
}

function noNights(all: readonly Result[], rollout: string): GatebookError {
  const dates = all.map(({ window }) => window.reportDate).sort();
  if (dates.length === 0) {
    return new GatebookError("input", `the ledger has no night of ${rollout}`, {
      hint: "gatebook run writes one every night",
    });
  }
  return new GatebookError("input", "the ledger has no night between these days", {
    hint: `its nights are ${dates[0]} to ${dates.at(-1)}`,
  });
}
