/** The first 24 hours of a gate: from which instant to which a run looks. Pure: the clock comes in. */

import { dayAt, isoSeconds, startOfDay } from "../../model/calendar.ts";
import type { Config, GateStart } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import { type ClockSlot, hoursIn } from "../../model/hours.ts";
import type { Day } from "../../model/words.ts";
import { clockText } from "../../text/times.ts";
import type { JudgeInput, JudgeWindow } from "../input.ts";
import { later } from "./gate-windows.ts";

const MINUTE_MS = 60_000;
const FIRST_DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * The instant to judge as of, ISO UTC: `wanted`, else now, to the whole minute. A usage error when it is not in the first 24
 * hours of the active gate, or still to come.
 */
export function firstDayAsOf(config: Config, wanted: string | null, now: Date): string {
  const asOf = wanted ?? isoSeconds(new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS));
  const opened = gateOpened(config);
  const over = gateFirstDayOver(config);
  const { timeZone } = config.rollout;
  const clock = (instant: string) => clockText(instant, timeZone);
  const { name } = config.activeGate;
  if (Date.parse(asOf) > now.getTime())
    throw usage(`--as-of ${clock(asOf)} is in the future`, `it is ${clock(isoSeconds(now))} now`);
  if (asOf <= opened) {
    const hint = "pass a later --as-of, or set active_gate and started to the gate of that time";
    throw usage(`gate ${name} opened at ${clock(opened)}, not before ${clock(asOf)}`, hint, config);
  }
  if (asOf > over) {
    const hint = `gatebook run judges its days; --as-of ${over} judges the first 24 hours as they ended`;
    throw usage(`the first 24 hours of gate ${name} ended at ${clock(over)}`, hint, config);
  }
  return asOf;
}

/** When the active gate opened: ISO, UTC. */
function gateOpened(config: Config): string {
  const { day, at } = startOf(config);
  return at ?? startOfDay(day, config.rollout.timeZone);
}

export function gateFirstDayOver(config: Config): string {
  return isoSeconds(new Date(Date.parse(gateOpened(config)) + FIRST_DAY_MS));
}

/** The day that a run as of this instant is about: at midnight the one that ends. */
export function firstDayReportDate(asOf: string, timeZone: string): Day {
  return dayAt(new Date(Date.parse(asOf) - 1), timeZone);
}

/** From the opening, or from the day on which a cleared rollback started a new observation, to the instant. */
export function planFirstDay(
  config: Config,
  { asOf, observedSince }: { readonly asOf: string; readonly observedSince: Day | null },
): JudgeWindow {
  const { timeZone } = config.rollout;
  const { day } = startOf(config);
  const from = later(observedSince ?? day, day);
  const reportDate = firstDayReportDate(asOf, timeZone);
  const openedAt = from > day ? startOfDay(from, timeZone) : gateOpened(config);
  return { from, to: reportDate, shownFrom: from, reportDate, asOf, openedAt };
}

/** Every hour of the clock from the opening to the judged instant. */
export function firstDayHours({
  config,
  window,
}: Pick<JudgeInput, "config" | "window">): readonly ClockSlot[] {
  const { timeZone } = config.rollout;
  const from = window.openedAt ?? startOfDay(window.from, timeZone);
  return hoursIn({ from, to: window.asOf }, timeZone);
}

/** The last of them with an event. */
export function newestHour(input: JudgeInput): ClockSlot | undefined {
  const busy = new Set(input.traffic.days.filter(({ events }) => events > 0).map(({ date }) => date));
  return firstDayHours(input).findLast(({ date }) => busy.has(date));
}

function startOf({ activeGate, file }: Config): GateStart {
  if (activeGate.started !== null) return activeGate.started;
  throw new GatebookError("usage", `rollout.yaml does not say when gate ${activeGate.name} started`, {
    where: { file },
    hint: "write started: with the time at which it was opened",
  });
}

function usage(message: string, hint: string, config?: Config): GatebookError {
  return new GatebookError("usage", message, {
    hint,
    where: config === undefined ? undefined : { file: config.file },
  });
}
