/** Which days a nightly run looks at. Pure: the day and the ledger come in, the clock does not. */
import { addDays, endOfDay } from "../../model/calendar.ts";
import type { Config } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import type { JudgeWindow } from "../input.ts";
import { type DaySpan, earlier, gateWindows, later, refuseSeveralGates } from "./gate-windows.ts";

/** Days of an earlier gate that are still shown while the active gate is young, and the most that are shown at all. */
const CONTEXT_DAYS = 14;
const SHOWN_DAYS = 30;

interface WindowRequest {
  readonly date: Day;
  /** An ad-hoc window instead of the gate's own; both or none. */
  readonly range: DaySpan | null;
  /** Judged as of this instant instead of the end of `date`. */
  readonly asOf: string | null;
  /** First day after a cleared rollback: a new observation starts. */
  readonly observedSince: Day | null;
}

/** No day of the gate has come yet: the report date is a ramp day, or lies before any gate. */
export function awaitsFirstDay({ opensOn }: Pick<JudgeWindow, "opensOn">): boolean {
  return opensOn !== undefined && opensOn !== null;
}

/**
 * The gate so far, up to and with `date`; completeness is judged as of the end of that day, never by the clock.
 * A `date` of another gate is a usage error, and so are days of two gates; one of no gate awaits the first day.
 */
export function planWindow(config: Config, request: WindowRequest): JudgeWindow {
  const { timeZone } = config.rollout;
  if (request.range !== null) {
    const { from, to } = request.range;
    const { baseline, candidate } = config.rollout;
    const compare = `gatebook compare ${baseline} ${candidate} --from ${from} --to ${to}`;
    refuseSeveralGates(config, request.range, `choose days of one gate; ${compare} weighs gates together`);
    return { from, to, shownFrom: from, reportDate: to, asOf: request.asOf ?? endOfDay(to, timeZone) };
  }
  const { date } = request;
  const gate = config.activeGate;
  if (gate.started === null) {
    throw new GatebookError("usage", `rollout.yaml does not say when gate ${gate.name} started`, {
      where: { file: config.file },
      hint: `write started: with the day on which ${gate.name} was opened`,
    });
  }
  const opened = gate.started.firstDay;
  const night = { to: date, reportDate: date, asOf: request.asOf ?? endOfDay(date, timeZone) };
  if (date < opened) {
    refuseOtherGate(config, date);
    return { ...night, from: date, shownFrom: shownFrom(config, date, date), opensOn: opened };
  }
  const from = later(request.observedSince ?? opened, opened);
  if (from <= date) {
    const hint = `set active_gate to the gate of ${date}, or started to the day on which ${gate.name} started again`;
    refuseSeveralGates(config, { from, to: date }, hint);
  }
  return { ...night, from, shownFrom: shownFrom(config, from, date) };
}

/** A day of another gate has its own verdict, which a night of this one would replace in the ledger. */
function refuseOtherGate({ gates, activeGate, file }: Config, date: Day): void {
  const owner = gateWindows({ gates }, { from: date, to: date })[0]?.gate ?? null;
  if (owner === null) return;
  throw new GatebookError(
    "usage",
    `${date} is a day of ${owner.name}, and gate ${activeGate.name} starts on ${activeGate.started?.day}`,
    { where: { file }, hint: "pass a later --date, or set active_gate and started to the gate of that day" },
  );
}

function shownFrom(config: Config, from: Day, date: Day): Day {
  const firstGate = config.gates.find((gate) => gate.started !== null)?.started?.day ?? from;
  const wanted = earlier(from, addDays(date, 1 - CONTEXT_DAYS));
  return later(later(wanted, earlier(firstGate, from)), addDays(date, 1 - SHOWN_DAYS));
}
