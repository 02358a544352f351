/** What the report is about: the rollout, its gates, the window, and how the variants are compared. */
import type { Result } from "../../model/result.ts";
import { day, instant, percent, plural } from "../format.ts";

export interface SubjectView {
  readonly rollout: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly gate: string;
  readonly exposure: string;
  /** "First 24 hours", or null on a daily run. */
  readonly phase: string | null;
  /** "2026-02-01 to 2026-02-07" */
  readonly window: string;
  readonly completeDays: string;
  readonly reportDate: string;
  readonly asOf: string;
  readonly timeZone: string;
  readonly judge: string;
  /** "before/after, not randomised" or null; stands beside every delta. */
  readonly comparison: string | null;
  /** The same as a sentence for the top of the report. */
  readonly comparisonNote: string | null;
  readonly gates: readonly GateView[];
}

export interface GateView {
  readonly name: string;
  readonly exposure: string;
  readonly isActive: boolean;
  /** "active since 2026-02-01", "passed", "ahead" */
  readonly state: string;
}

export const notRandomised = "before/after, not randomised";

export function comparisonLabel(result: Result): string | null {
  switch (result.rollout.comparison) {
    case "concurrent":
      return null;
    case "holdback":
      return "against the holdback";
    case "before-after":
      return notRandomised;
  }
}

const comparisonNotes = {
  concurrent: null,
  holdback: "At this gate the baseline is the holdback: a small share of traffic that still gets it.",
  "before-after":
    "At this gate there is no concurrent baseline. Every change below compares with the baseline's last full weeks, same weekdays: before/after, not randomised. It can call for rollback only at the severe line, and it never proves health.",
} as const;

export function subjectView(result: Result): SubjectView {
  const { rollout, window, phase } = result;
  const activeIndex = rollout.gates.findIndex((gate) => gate.active);
  return {
    rollout: rollout.name,
    baseline: rollout.baseline,
    candidate: rollout.candidate,
    gate: rollout.gate,
    exposure: percent(rollout.exposure),
    phase: phase === "first-24h" ? "First 24 hours" : null,
    window: window.from === window.to ? day(window.from) : `${day(window.from)} to ${day(window.to)}`,
    completeDays: plural(window.completeDays, "complete day"),
    reportDate: day(window.reportDate),
    asOf: instant(window.asOf),
    timeZone: window.timeZone,
    judge: rollout.judge,
    comparison: comparisonLabel(result),
    comparisonNote: comparisonNotes[rollout.comparison],
    gates: rollout.gates.map((gate, index) => ({
      name: gate.name,
      exposure: percent(gate.exposure),
      isActive: gate.active,
      state: gate.active ? activeState(gate.started) : index < activeIndex ? "passed" : "ahead",
    })),
  };
}

function activeState(started: string | null): string {
  return started === null ? "active" : `active since ${started}`;
}
