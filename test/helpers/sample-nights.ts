/** Kept results of many nights: five weeks of one rollout over two gates, a missed night, a second rollout, an ad-hoc window. */
import type { Result } from "../../src/model/result.ts";
import type { Action, Rule } from "../../src/model/words.ts";
import type { IndexEntry } from "../../src/report/index/index-nights.ts";
import { sampleDecision, sampleResult } from "./sample-result.ts";
import { rollbackResult } from "./sample-variants.ts";

const dayMs = 86_400_000;
const first = Date.parse("2026-01-05T00:00:00Z");
const lastG10 = 14;

function dateAt(index: number): string {
  return new Date(first + index * dayMs).toISOString().slice(0, 10);
}

function nightAt(index: number): Result {
  const date = dateAt(index);
  const isSecond = index > lastG10;
  const from = dateAt(isSecond ? lastG10 + 1 : 0);
  const action: Action = index === lastG10 ? "promote" : "hold";
  const rule: Rule = action === "promote" ? "promote" : "observing";
  const result = sampleResult();
  const days = index - (isSecond ? lastG10 : -1);
  const drift = isSecond ? -0.002 * (index - lastG10) : 0.004 * Math.sin(index);
  return {
    ...result,
    rollout: {
      ...result.rollout,
      gate: isSecond ? "g50" : "g10",
      exposure: isSecond ? 0.5 : 0.1,
      gates: result.rollout.gates.map((gate) => ({
        ...gate,
        started: gate.name === "g10" ? dateAt(0) : gate.name === "g50" && isSecond ? from : null,
        active: gate.name === (isSecond ? "g50" : "g10"),
      })),
    },
    window: {
      ...result.window,
      from,
      to: date,
      shownFrom: from,
      completeDays: days,
      sufficientDays: days,
      quietDays: days,
      reportDate: date,
      asOf: `${dateAt(index + 1)}T00:00:00Z`,
    },
    metrics: result.metrics.map((metric) => ({
      ...metric,
      observation: { ...metric.observation, delta: (metric.observation.delta ?? 0) + drift },
    })),
    decision: sampleDecision({
      action,
      rule,
      to: action === "promote" ? "g50" : null,
      reasons: [
        action === "promote"
          ? "All 5 guardrails are healthy."
          : "Fewer sufficient days than the gate asks for.",
      ],
    }),
  };
}

export function sampleNights(): readonly IndexEntry[] {
  const nights = Array.from({ length: 34 }, (_, index) => index)
    .filter((index) => index !== 9)
    .map((index) => nightAt(index));
  const [start] = nights;
  const last = nights.at(-1);
  if (start === undefined || last === undefined) throw new Error("no nights");
  const rollback = rollbackResult();
  const failed: Result = {
    ...rollback,
    rollout: last.rollout,
    window: { ...last.window, reportDate: dateAt(34), to: dateAt(34), asOf: `${dateAt(35)}T00:00:00Z` },
  };
  const firstDay: Result = {
    ...start,
    phase: "first-24h",
    window: { ...start.window, asOf: `${dateAt(0)}T12:00:00Z` },
  };
  const other: Result = {
    ...start,
    rollout: { ...start.rollout, name: "tag <boost> & more", candidate: "tags-v2" },
  };
  return [
    ...nights.map((result) => ({ path: `clip-cosine-v2/${result.window.reportDate}/`, result })),
    { path: `clip-cosine-v2/${failed.window.reportDate}/`, result: failed },
    { path: "clip-cosine-v2/2026-01-05-first-24h-1200/", result: firstDay },
    { path: "clip-cosine-v2/2026-01-05_2026-01-08/", result: nightAt(3) },
    { path: "tag <boost> & more/2026-01-05/", result: other },
  ];
}
