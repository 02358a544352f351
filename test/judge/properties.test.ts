import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import { linesFor, reaches, readDay, readWindow } from "../../src/judge/reading.ts";
import type { Action } from "../../src/model/words.ts";
import { guardrail, metric, night, runbookThresholds } from "./builders.ts";

/** Milder first. */
const harshness: Readonly<Record<Action, number>> = {
  promote: 0,
  complete: 0,
  hold: 1,
  disabled: 1,
  rollback: 2,
};

const nights = fc.record({
  mode: fc.constantFrom("evidence" as const, "literal" as const),
  gate: fc.constantFrom("g10", "g50"),
  comparison: fc.constantFrom("concurrent" as const, "before-after" as const),
  days: fc.integer({ min: 1, max: 5 }),
  impressions: fc.oneof(fc.integer({ min: 20, max: 20_000 }), fc.integer({ min: 20_000, max: 600_000 })),
  designEffect: fc.double({ min: 1, max: 6, noNaN: true }),
  changes: fc.array(fc.double({ min: -0.25, max: 0.3, noNaN: true }), { minLength: 4, maxLength: 4 }),
});

describe("the decision is monotone", () => {
  it("making one guardrail worse never turns hold into promote, nor rollback into anything milder", () => {
    const worsening = fc.record({
      which: fc.integer({ min: 0, max: 3 }),
      by: fc.oneof(fc.double({ min: 0, max: 0.05, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      onDay: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
    });
    fc.assert(
      fc.property(nights, worsening, (spec, { which, by, onDay }) => {
        const run = (worse: boolean) => {
          const { exposure } = { exposure: spec.gate === "g50" ? 0.5 : 0.1 };
          const metrics = runbookThresholds.map(({ metric: name, harm }, at) => {
            const change = spec.changes[at] ?? 0;
            const step = harm === "drop" ? -by : by;
            const deltas = Array.from({ length: spec.days }, (_, day) =>
              worse && at === which && (onDay === null || onDay === day)
                ? Math.max(-1, change + step)
                : change,
            );
            const { days, impressions, designEffect } = spec;
            return metric(name, { delta: deltas, days, impressions, exposure, designEffect });
          });
          const { days, impressions, comparison, mode } = spec;
          const judged = night({
            days,
            impressions,
            comparison,
            metrics,
            gate: { name: spec.gate },
            config: { judge: mode },
          });
          return judge(judged).decision;
        };
        const [before, after] = [run(false), run(true)];
        const told = `${before.action} (${before.rule}) became ${after.action} (${after.rule}): ${after.reasons[0]}`;
        expect(harshness[after.action], told).toBeGreaterThanOrEqual(harshness[before.action]);
        expect(harshness[after.literalAction], told).toBeGreaterThanOrEqual(harshness[before.literalAction]);
      }),
      { numRuns: Number(process.env["JUDGE_RUNS"] ?? 300) },
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
      { numRuns: Number(process.env["JUDGE_RUNS"] ?? 300) },
    );
  });

  it("a failing check never makes a verdict milder", () => {
    fc.assert(
      fc.property(nights, ({ days, impressions, changes, mode }) => {
        const metrics = runbookThresholds.map(({ metric: name }, at) =>
          metric(name, { delta: changes[at] ?? 0, days, impressions }),
        );
        const spec = { days, impressions, metrics, config: { judge: mode } };
        const before = judge(night(spec)).decision;
        const after = judge(night({ ...spec, traffic: { crossoverUnits: 1e9 } })).decision;
        expect(harshness[after.action]).toBeGreaterThanOrEqual(harshness[before.action]);
        expect(after.action).not.toBe("promote");
      }),
      { numRuns: 50 },
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
          expect(readWindow(change, lines, false)).toBe(expected);
          expect(readWindow(change, lines, true)).toBe("rollback");
          expect(readDay(change, lines) === "rollback").toBe(change >= severe - 1e-9);
          expect(readDay(change, { ...lines, severe: null })).not.toBe("rollback");
        },
      ),
    );
  });
});
