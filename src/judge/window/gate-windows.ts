/**
 * A range of days cut where a gate opened. Pooled over a change of exposure, counts lie: a ramp of 1% → 50% reads −27%
 * where both days are up (vectors `simpson.ramp`). So each part is a window of its own. Ramp days are in no part.
 */

import { addDays } from "../../model/calendar.ts";
import type { Config, Gate } from "../../model/config.ts";
import { GatebookError } from "../../model/error.ts";
import type { Day } from "../../model/words.ts";
import { listText } from "../../text/words.ts";

export interface DaySpan {
  readonly from: Day;
  readonly to: Day;
}

export interface GateWindow extends DaySpan {
  /** Null: the days before the first gate that says when it opened. */
  readonly gate: Gate | null;
}

/** In order of time; empty for a ramp day alone. */
export function gateWindows({ gates }: Pick<Config, "gates">, range: DaySpan): readonly GateWindow[] {
  const opened = gates
    .flatMap((gate) => (gate.started === null ? [] : [{ gate, ...gate.started }]))
    .sort((left, right) => (left.day < right.day ? -1 : left.day > right.day ? 1 : 0));
  const lastBefore = (next: { readonly day: Day } | undefined) =>
    next === undefined ? range.to : earlier(addDays(next.day, -1), range.to);
  const parts: readonly GateWindow[] = [
    { gate: null, from: range.from, to: lastBefore(opened[0]) },
    ...opened.map(({ gate, firstDay }, index) => ({
      gate,
      from: later(firstDay, range.from),
      to: lastBefore(opened[index + 1]),
    })),
  ];
  return parts.filter(({ from, to }) => from <= to);
}

/** Throws GatebookError `usage` for days of two gates, or of none: no sum over them means anything. */
export function refuseSeveralGates(config: Config, range: DaySpan, hint: string): void {
  const parts = gateWindows(config, range);
  const [only] = parts;
  if (parts.length === 1 && only?.from === range.from && only.to === range.to) return;
  const places = parts.map(({ gate }) => (gate === null ? "before any gate" : `of ${gate.name}`));
  const mixed = parts.length > 1 ? `days ${listText(places)}` : "a ramp day, which is in no gate";
  const message = `${range.from} to ${range.to} contains ${mixed}: days are never pooled across gates`;
  throw new GatebookError("usage", message, { where: { file: config.file }, hint });
}

export function earlier(a: Day, b: Day): Day {
  return a < b ? a : b;
}

export function later(a: Day, b: Day): Day {
  return a > b ? a : b;
}
