/**
 * The gates over time: one row a gate, a bar from its start to the next gate's (the active one to the report's day), and
 * the days it still needs as an outline. In: a Result. Out: a spec.
 */

import { addDays, daysFrom } from "../../model/calendar.ts";
import { dayOf } from "../../model/hours.ts";
import type { KeptRecord } from "../../model/ledger.ts";
import type { GateState, NightResult } from "../../model/result.ts";
import { lineText } from "../../text/numbers.ts";
import { recordText } from "../../text/people.ts";
import { dayText } from "../../text/times.ts";
import { plural } from "../../text/words.ts";
import { frame } from "./frame.ts";
import { asIs, type Chart, type ChartLayer, layer, time, withAxes } from "./spec.ts";
import { color, dashes } from "./theme.ts";
import { instant, timeAxis } from "./time-axis.ts";

const rowHeight = 34;
const dayMs = 86_400_000;

interface GateRow {
  readonly gate: string;
  readonly text: string;
  /** First and last day of the bar; null: not started. */
  readonly bar: { readonly first: string; readonly last: string } | null;
  readonly active: boolean;
}

/** Null when no gate has a recorded start. */
export function gateTimeline(result: NightResult): Chart | null {
  const { gates } = result.rollout;
  const rows = gates.map((gate, index) => gateRow(gate, index, result));
  const first = rows.flatMap((row) => row.bar?.first ?? []).sort()[0];
  if (first === undefined) return null;
  const needed = lastNeededDay(gates.find((gate) => gate.active));
  const last = latest(first, result.window.reportDate, needed ?? first);
  const plot = frame({
    note: "",
    left: rows.map((row) => row.gate),
    right: [],
    height: gates.length * rowHeight,
  });
  const x = timeAxis(daysFrom(first, last), plot.width);
  const moves = result.ledger.records.filter(({ date }) => date >= first && date <= last);
  const deeds = deedLayers(moves, rows);
  const y = {
    scale: { domain: rows.map((row) => row.gate), padding: 0 },
    axis: { title: null, labelColor: color("fg"), domain: false, offset: 4 },
  };
  return {
    id: "gates",
    title: "Gates",
    description: `${[...rows.map((row) => `${row.gate}: ${row.text}`), ...moves.map(recordText)].join("; ")}.`,
    spec: {
      ...plot.spec,
      layer: withAxes([...gateLayers(rows, { first, last, needed }), ...deeds], x.channel, y),
    },
  };
}

function gateRow(gate: GateState, index: number, result: NightResult): GateRow {
  const { gates } = result.rollout;
  const named = { gate: `${gate.name} · ${lineText(gate.exposure)}`, active: gate.active };
  const first = gate.started;
  if (first === null) {
    const ahead = index > gates.findIndex((one) => one.active);
    return { ...named, bar: null, text: ahead ? "ahead" : "start not recorded" };
  }
  const { completeDays, sufficientDays, reportDate } = result.window;
  if (gate.active) {
    const days =
      sufficientDays === null
        ? plural(completeDays, "complete day")
        : plural(sufficientDays, "sufficient day");
    const text = `since ${dayText(dayOf(first))}, ${days} (${gate.minDays} needed)`;
    return { ...named, bar: { first, last: latest(first, reportDate) }, text };
  }
  const end = gates[index + 1]?.started ?? null;
  const last = latest(first, end === null ? reportDate : addDays(end, -1));
  return { ...named, bar: { first, last }, text: `${dayText(dayOf(first))} to ${dayText(last)}` };
}

function latest(...days: readonly [string, ...string[]]): string {
  return days.toSorted().at(-1) ?? days[0];
}

/** The day on which the active gate has its minimum of days at the earliest. */
function lastNeededDay(gate: GateState | undefined): string | null {
  if (gate === undefined || gate.started === null) return null;
  return addDays(gate.started, gate.minDays - 1);
}

interface Days {
  readonly first: string;
  readonly last: string;
  readonly needed: string | null;
}

function gateLayers(rows: readonly GateRow[], days: Days): readonly ChartLayer[] {
  const y = { field: "gate", type: "ordinal", title: null };
  const bars = rows.flatMap(({ gate, bar, active }) =>
    bar === null
      ? []
      : [
          {
            gate,
            from: startOf(bar.first),
            to: endOf(bar.last),
            fill: color(active ? "accent" : "baseline"),
          },
        ],
  );
  const ahead = rows.flatMap(({ gate, bar, active }) =>
    active && bar !== null && days.needed !== null && days.needed > bar.last
      ? [{ gate, from: endOf(bar.last), to: endOf(days.needed) }]
      : [],
  );
  const middle = (instant(days.first) + instant(days.last)) / 2;
  const notes = rows.map(({ gate, bar, text }) => ({ gate, text, at: startOf(bar?.first ?? days.first) }));
  const left = notes.filter((note) => note.at <= middle);
  const right = notes.filter((note) => note.at > middle).map((note) => ({ ...note, at: endOf(days.last) }));
  const thick = { height: 8, yOffset: 7, strokeWidth: 1 };
  const span = { x: time("from"), x2: { field: "to" }, y };
  const note = { type: "text", baseline: "bottom", dy: 0, color: color("muted") };
  return [
    layer(bars, { type: "bar", ...thick }, { ...span, color: asIs("fill") }),
    layer(
      ahead,
      { type: "bar", ...thick, color: color("bg"), stroke: color("accent"), strokeDash: dashes.gate },
      span,
    ),
    layer(left, { ...note, align: "left" }, { x: time("at"), y, text: { field: "text" } }),
    layer(right, { ...note, align: "right" }, { x: time("at"), y, text: { field: "text" } }),
  ].filter((one) => one.data.values.length > 0);
}

/** A mark on the day of each record, in the row of the gate that it left or closed, else of the active one. */
function deedLayers(records: readonly KeptRecord[], rows: readonly GateRow[]): readonly ChartLayer[] {
  const active = rows.find((row) => row.active) ?? rows[0];
  const values = records.flatMap((record) => {
    const row =
      rows.find(({ gate }) => gate.split(" · ")[0] === (record.toGate ?? record.fromGate)) ?? active;
    return row === undefined ? [] : [{ gate: row.gate, at: instant(record.date) }];
  });
  if (values.length === 0) return [];
  const y = { field: "gate", type: "ordinal", title: null };
  const mark = { type: "point", shape: "diamond", size: 45, filled: true, opacity: 1, yOffset: 7 };
  return [layer(values, { ...mark, color: color("fg"), stroke: color("bg") }, { x: time("at"), y })];
}

function startOf(day: string): number {
  return instant(day) - dayMs / 2;
}

function endOf(day: string): number {
  return instant(day) + dayMs / 2;
}
