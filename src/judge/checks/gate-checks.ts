/** Do rollout.yaml, the ledger and the traffic agree about the gate? */
import { finding } from "../../model/check-result.ts";
import { dayOf } from "../../model/hours.ts";
import type { CheckResult, TrafficResult } from "../../model/result.ts";
import type { Day } from "../../model/words.ts";
import { lineText, shareText } from "../../text/numbers.ts";
import type { JudgeInput } from "../input.ts";
import { gateWindows } from "../window/gate-windows.ts";

/** Days of two gates in one window pool two traffic shares: −27% where both days are up (vectors `simpson.ramp`). */
export function oneGateCheck({ config, window, phase }: JudgeInput): CheckResult {
  const describe = finding("one_gate", "The observation window lies in one gate");
  const { name, started } = config.activeGate;
  if (started === null) return describe("fail", `rollout.yaml does not say when ${name} started`);
  const first = phase === "first-24h" ? started.day : started.firstDay;
  const options = { observed: window.from, expected: first };
  const other = gateWindows(config, window).find(({ gate }) => gate !== null && gate.name !== name);
  if (window.from >= first && other !== undefined) {
    const detail = `from ${other.from} on the days are ${other.gate?.name}'s, and ${name} is the active gate`;
    return describe("fail", detail, { observed: window.to, expected: name });
  }
  if (window.from >= first) return describe("pass", `${window.from} to ${window.to}, all ${name}`, options);
  const detail = `the window starts on ${window.from}, but ${name} has its first whole day on ${first}`;
  return describe("fail", detail, options);
}

export function ledgerCheck({ config, ledger }: JudgeInput): CheckResult {
  const describe = finding("ledger_agrees", "rollout.yaml and the ledger agree about the gate");
  const { activeGate } = ledger;
  if (activeGate === null) return describe("not_checked", "the ledger has no entry yet");
  const { name, started } = config.activeGate;
  const options = { observed: name, expected: activeGate.gate };
  if (activeGate.gate !== name) {
    const detail = `rollout.yaml says ${name}, the ledger says ${activeGate.gate} since ${activeGate.since}`;
    const at = (gate: string) => config.gates.findIndex((one) => one.name === gate);
    const move = at(name) > at(activeGate.gate) ? "promote" : "rollback";
    const fix = `record what was done (gatebook record ${move}) or fix active_gate`;
    return describe("fail", `${detail}: ${fix}`, options);
  }
  // Moving the start forward would drop days that were already judged.
  if (started !== null && activeGate.since < started.day) {
    const detail = `rollout.yaml starts ${name} on ${started.day}, the ledger knows it since ${activeGate.since}`;
    const fix = "record what was done (gatebook record promote) or fix started";
    return describe("fail", `${detail}: ${fix}`, options);
  }
  return describe("pass", `both say ${name}`, options);
}

/** A recorded move must have brought nine tenths of the way; exactness is the sample ratio's business. */
const MOVED = 0.1;

/** Null: no move was due by the report date, or there is no traffic to see it in. */
export function moveSeen({ ledger, window }: JudgeInput, traffic: TrafficResult): boolean | null {
  const move = ledger.pendingMove;
  const share =
    move === null || window.reportDate < move.firstDay ? null : shareOn(window.reportDate, traffic);
  if (move === null || share === null) return null;
  return Math.abs(share - move.toShare) <= MOVED * Math.abs(move.fromShare - move.toShare) + 1e-9;
}

/** Of a day, or of the hours of it that the first 24 have. */
function shareOn(date: Day, traffic: TrafficResult): number | null {
  const windows = traffic.days.filter((one) => dayOf(one.date) === date);
  const candidate = windows.reduce((sum, one) => sum + one.candidateUnits, 0);
  const units = windows.reduce((sum, one) => sum + one.baselineUnits, candidate);
  return units === 0 ? null : candidate / units;
}

export function moveCheck(input: JudgeInput, traffic: TrafficResult): CheckResult {
  const describe = finding("recorded_move", "A recorded promote or rollback moved the traffic");
  const move = input.ledger.pendingMove;
  const { reportDate } = input.window;
  if (move === null) return describe("not_checked", "no move waits to be seen");
  if (reportDate < move.firstDay)
    return describe("not_checked", `the traffic must show it on ${move.firstDay}`);
  const share = shareOn(reportDate, traffic);
  const expected = move.toShare;
  if (share === null) return describe("error", `no traffic on ${reportDate} to see it in`, { expected });
  const text = `${shareText(share, [expected])} of units got the candidate on ${reportDate}; the recorded ${move.action} means ${lineText(expected)}`;
  return describe(moveSeen(input, traffic) === true ? "pass" : "fail", text, { observed: share, expected });
}

/** A person's hold counts; any other override is mentioned with the verdict and changes nothing. */
export function overrideChecks({ ledger, window }: JudgeInput): readonly CheckResult[] {
  const { override } = ledger;
  if (override === null || override.until < window.reportDate || override.action !== "hold") return [];
  const describe = finding("override", "No person has asked to hold");
  return [describe("fail", `${override.by} asked to hold until ${override.until}: ${override.reason}`)];
}
