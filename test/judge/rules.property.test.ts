import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import { linesFor, reaches, readingOf } from "../../src/judge/metric/criteria.ts";
import { emptyLedger } from "../../src/model/ledger.ts";
import type { Action } from "../../src/model/words.ts";
import { isSlowLane, longRuns } from "../helpers/long-runs.ts";
import {
  check,
  guardrail,
  latchedBy,
  metric,
  type NightSpec,
  night,
  preflightLine,
  runbookThresholds,
} from "./builders.ts";

/** Milder first. */
const harshness: Readonly<Record<Action, number>> = {
  promote: 0,
  complete: 0,
  hold: 1,
  disabled: 1,
  rollback: 2,
};

const change = fc.oneof(
  fc.double({ min: -0.25, max: 0.3, noNaN: true }),
  fc.double({ min: -0.02, max: 0.02, noNaN: true }),
  fc.double({ min: -0.1, max: -0.02, noNaN: true }),
  fc.double({ min: 0.08, max: 0.2, noNaN: true }),
);
const nights = fc.record({
  mode: fc.constantFrom("evidence" as const, "literal" as const),
  stage: fc.constantFrom("g10", "g50", "holdback", "before-after", "first-24h"),
  standing: fc.oneof(
    { weight: 9, arbitrary: fc.constant("nothing" as const) },
    { weight: 1, arbitrary: fc.constantFrom("disabled" as const, "latched" as const, "data" as const) },
  ),
  days: fc.integer({ min: 1, max: 5 }),
  impressions: fc.oneof(fc.integer({ min: 20, max: 20_000 }), fc.integer({ min: 20_000, max: 600_000 })),
  designEffect: fc.double({ min: 1, max: 6, noNaN: true }),
  /** The report date alone, of the first guardrail. */
  lastDay: fc.constantFrom(0, -0.04),
  /** The others have a hundred times the traffic and do not move, so that one alone decides. */
  alone: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null, freq: 2 }),
  changes: fc.oneof(
    fc.array(change, { minLength: 4, maxLength: 4 }),
    fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), { minLength: 4, maxLength: 4 }),
  ),
});
/** One guardrail between health and its lines, at a volume that leaves the question open. */
const closeNights = fc.record({
  mode: fc.constant("evidence" as const),
  stage: fc.constant("g10" as const),
  standing: fc.constant("nothing" as const),
  days: fc.integer({ min: 2, max: 4 }),
  impressions: fc.integer({ min: 2_000, max: 60_000 }),
  designEffect: fc.double({ min: 1, max: 2, noNaN: true }),
  lastDay: fc.constant(0),
  alone: fc.constant(0),
  changes: fc.array(fc.double({ min: -0.05, max: 0.01, noNaN: true }), { minLength: 4, maxLength: 4 }),
});
type Spec = typeof nights extends fc.Arbitrary<infer T> ? T : never;

const latched = latchedBy("standard");

const standings: Readonly<Record<Spec["standing"], NightSpec>> = {
  nothing: {},
  disabled: { preflight: [preflightLine("DISCOVERY_ROLLOUT_ENABLED", "false")] },
  latched: { ledger: { ...emptyLedger, latched } },
  data: { checks: [check("event_id_populated", [{ status: "fail" }])] },
};

/** Where the rollout stands: gate, what it is compared with, the candidate's share. */
function stageOf(stage: Spec["stage"]): { readonly night: NightSpec; readonly exposure: number } {
  switch (stage) {
    case "g50":
      return { night: { gate: { name: "g50" } }, exposure: 0.5 };
    case "holdback":
      return {
        night: { gate: { name: "g100", exposure: 0.95, holdback: 0.05 }, comparison: "holdback" },
        exposure: 0.95,
      };
    case "before-after":
      return { night: { gate: { name: "g100" }, comparison: "before-after" }, exposure: 1 };
    case "first-24h":
      return { night: { phase: "first-24h" }, exposure: 0.1 };
    default:
      return { night: {}, exposure: 0.1 };
  }
}

/** `deltas` by guardrail, then by day (or hour). */
function decisionOf(spec: Spec, deltas: readonly (readonly number[])[]) {
  const { days, impressions, designEffect } = spec;
  const { night: stage, exposure } = stageOf(spec.stage);
  const hourly = stage.phase === "first-24h";
  const metrics = runbookThresholds.map(({ metric: name }, at) => {
    const isQuiet = spec.alone !== null && spec.alone !== at;
    const volume = isQuiet ? impressions * 100 : impressions;
    const delta = isQuiet ? 0 : (deltas[at] ?? 0);
    return metric(name, { delta, days, impressions: volume, exposure, designEffect, hourly });
  });
  const judged = { ...stage, ...standings[spec.standing], days, impressions, metrics };
  return judge(night({ ...judged, config: { judge: spec.mode } })).decision;
}

function deltasOf({ changes, days, lastDay }: Spec): readonly (readonly number[])[] {
  return changes.map((one, at) =>
    Array.from({ length: days }, (_, day) => (at === 0 && day === days - 1 ? one + lastDay : one)),
  );
}

describe("the decision is monotone", () => {
  it.runIf(isSlowLane)("is shown on nights that every rule decides, under both judges", () => {
    const sampled = fc.sample(nights, { numRuns: 700, seed: 7 });
    const decided = sampled.map((spec) => ({ spec, rule: decisionOf(spec, deltasOf(spec)).rule }));
    for (const mode of ["evidence", "literal"] as const) {
      const rules = decided.filter(({ spec }) => spec.mode === mode).map(({ rule }) => rule);
      expect([...new Set(rules)].sort()).toEqual([
        "complete",
        "data",
        "disabled",
        "healthy_days",
        "latched",
        "observing",
        "promote",
        "rollback",
        "severe",
        "warning",
      ]);
    }
  });

  it("making one guardrail worse never turns hold into promote, nor rollback into anything milder", () => {
    const worsening = fc.record({
      which: fc.integer({ min: 0, max: 3 }),
      by: fc.oneof(...[0.05, 0.3, 1].map((max) => fc.double({ min: max / 5, max, noNaN: true }))),
      onDay: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null, freq: 1 }),
    });
    fc.assert(
      fc.property(fc.oneof(nights, closeNights), worsening, (spec, { which: drawn, by, onDay }) => {
        const which = spec.alone ?? drawn;
        const step = runbookThresholds[which]?.harm === "drop" ? -by : by;
        const worse = deltasOf(spec).map((deltas, at) =>
          deltas.map((delta, day) =>
            at === which && (onDay === null || onDay === day) ? Math.max(-1, delta + step) : delta,
          ),
        );
        const [before, after] = [decisionOf(spec, deltasOf(spec)), decisionOf(spec, worse)];
        const told = `${before.action} (${before.rule}) became ${after.action} (${after.rule}): ${after.reasons[0]}`;
        expect(harshness[after.action], told).toBeGreaterThanOrEqual(harshness[before.action]);
        expect(harshness[after.literalAction], told).toBeGreaterThanOrEqual(harshness[before.literalAction]);
      }),
      { numRuns: longRuns(60, 250) },
    );
  });

  it("a collapse of the clicks never reads milder than a smaller one", () => {
    const sizes = fc.record({
      impressions: fc.integer({ min: 2_000, max: 40_000 }),
      designEffect: fc.double({ min: 1, max: 6, noNaN: true }),
      clicks: fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
    });
    fc.assert(
      fc.property(sizes, ({ impressions, designEffect, clicks }) => {
        const [less, more] = clicks.toSorted((a, b) => a - b);
        const fires = (kept: number) => {
          const metrics = [metric("ctr", { delta: kept - 1, days: 1, impressions, designEffect })];
          return judge(night({ days: 1, impressions, metrics })).decision.action === "rollback";
        };
        expect(fires(less ?? 0) || !fires(more ?? 0)).toBe(true);
      }),
      { numRuns: longRuns(40, 150) },
    );
  });

  it("a failing check never makes a verdict milder", () => {
    fc.assert(
      fc.property(nights, (spec) => {
        const before = decisionOf({ ...spec, standing: "nothing" }, deltasOf(spec));
        const after = decisionOf({ ...spec, standing: "data" }, deltasOf(spec));
        expect(harshness[after.action]).toBeGreaterThanOrEqual(harshness[before.action]);
        expect(["promote", "complete"]).not.toContain(after.action);
      }),
      { numRuns: longRuns(20, 100) },
    );
  });
});

describe("lines", () => {
  const line = fc.double({ min: 0.001, max: 0.6, noNaN: true });

  it("are reached at the line itself, and within what doubles lose", () => {
    fc.assert(
      fc.property(line, fc.double({ min: 0.0001, max: 0.9, noNaN: true }), (at, baseline) => {
        const candidate = baseline * (1 - at);
        expect(reaches(-(candidate / baseline - 1), at)).toBe(true);
        expect(reaches(candidate / baseline - 1, at)).toBe(false);
        expect(reaches(at - 1e-8, at)).toBe(false);
      }),
    );
  });

  it("read rollback over a window at the rollback line, over a day only at the severe line", () => {
    const warned = fc.tuple(line, line, line).map((lines) => lines.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(
        warned,
        fc.double({ min: -1, max: 1, noNaN: true }),
        ([warning = 0, rollback = 0, severe = 0], change) => {
          const lines = linesFor(guardrail("ctr", "drop", [warning, rollback, severe]), "concurrent");
          if (lines === null) throw new Error("a guardrail has lines");
          const expected =
            change >= rollback - 1e-9 ? "rollback" : change >= warning - 1e-9 ? "warning" : "healthy";
          expect(readingOf(change, lines, "rollback")).toBe(expected);
          expect(readingOf(change, lines, "severe") === "rollback").toBe(change >= severe - 1e-9);
          expect(readingOf(change, { ...lines, severe: null }, "severe")).not.toBe("rollback");
        },
      ),
    );
  });
});
