/** Where a relative change means nothing (signs, nothing counted, no room to rise), the judge says so and never calls it healthy. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Judgement } from "../../src/judge/input.ts";
import { judge } from "../../src/judge/judge.ts";
import { roomToRise } from "../../src/judge/metric/criteria.ts";
import type { WindowMeasurement } from "../../src/model/measurement.ts";
import type { JudgeMode } from "../../src/model/words.ts";
import { concentration, guardrail, metric, night, ratio, thresholds, withMetric } from "./builders.ts";

const modes: readonly JudgeMode[] = ["evidence", "literal"];

/** A night on which `name` reads so in the window and on each day; all else is healthy. */
function nightWith(name: string, window: WindowMeasurement, mode: JudgeMode = "evidence"): Judgement {
  const measured = metric(name);
  const days = measured.days.map((day) => ({ ...day, ...window }));
  return judge(withMetric(night({ config: { judge: mode } }), { ...measured, observation: window, days }));
}

function observed({ metrics }: Judgement, name: string) {
  const found = metrics.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.observation;
}

const values = (baseline: number, candidate: number): WindowMeasurement => ({
  baseline: ratio(baseline * 900_000, 900_000),
  candidate: ratio(candidate * 100_000, 100_000),
});

describe("values below zero have no relative change", () => {
  it.each([
    ["worse, which would read +100%", -0.6, -1.2],
    ["better, which would read −50%", -0.6, -0.3],
    ["from a loss to a profit", -0.6, 0.3],
    ["from a profit to a loss", 0.3, -0.1],
    ["from nothing to a loss", 0, -0.1],
    ["from a loss to nothing", -0.6, 0],
  ])("%s: no data under both judges, and a hold that gives the values", (_, baseline, candidate) => {
    for (const mode of modes) {
      const judged = nightWith("ctr", values(baseline, candidate), mode);
      expect(observed(judged, "ctr")).toMatchObject({
        delta: null,
        interval: null,
        reading: "no_data",
        classification: "no_data",
        flip: null,
        volumeNeeded: null,
      });
      expect(judged.decision).toMatchObject({ action: "hold", rule: "data", literalAction: "hold" });
      expect(judged.decision.reasons[0]).toContain("a percentage needs values above zero");
    }
  });

  it("names both values, the candidate's first", () => {
    expect(observed(nightWith("ctr", values(-0.6, -0.3)), "ctr").because).toBe(
      "Click-through rate has no relative change: it is −30.0% against −60.0%, and a percentage needs values above zero (measure what cannot be negative, for example a cost instead of a profit).",
    );
  });

  it("never expects a negative number of events, nor promotes, whatever the signs", () => {
    const value = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.constantFrom(...modes), (baseline, candidate, mode) => {
        fc.pre(Math.min(baseline, candidate) < 0);
        const judged = nightWith("ctr", values(baseline, candidate), mode);
        expect(judged.decision.action).toBe("hold");
        expect(JSON.stringify(judged.metrics)).not.toMatch(/NaN|Infinity|[−-][\d,]+ events/);
      }),
      { numRuns: 40 },
    );
  });
});

describe("nothing counted", () => {
  it("in both variants is no change of a rise, and nothing is said to be ruled out", () => {
    const result = observed(nightWith("near_duplicate_share", values(0, 0)), "near_duplicate_share");
    expect(result).toMatchObject({ delta: 0, classification: "healthy" });
    expect(result.because).toBe(
      "Near-duplicate share is zero in both variants (0 of 100,000 against 0 of 900,000 impressions): no change, as long as its events are recorded at all.",
    );
  });

  it("in both variants is no health of a drop, nor is a rise from nothing, under both judges", () => {
    for (const mode of modes) {
      for (const candidate of [0, 0.05]) {
        const result = observed(nightWith("ctr", values(0, candidate), mode), "ctr");
        expect(result.classification).toBe("insufficient");
        expect(result.because).toContain("shows no drop and no health");
      }
    }
  });

  it("of no denominator is no data: 0 of 0 is not 0%", () => {
    for (const mode of modes) {
      const none = { baseline: ratio(0, 900_000), candidate: { ...ratio(0, 10), sumDenominator: 0 } };
      const judged = nightWith("near_duplicate_share", none, mode);
      expect(observed(judged, "near_duplicate_share").classification).toBe("no_data");
      expect(judged.decision.action).toBe("hold");
    }
  });

  it("from nothing a rise is still past every line", () => {
    const judged = nightWith("near_duplicate_share", values(0, 0.03));
    expect(judged.decision).toMatchObject({ action: "rollback", rule: "rollback" });
  });
});

describe("a rise that a share has no room for", () => {
  // 1/0.95 − 1 and 1/0.92 − 1.
  it.each([
    [0.95, 0.05263157894736836],
    [0.92, 0.08695652173913038],
  ])("of %d is at most 1/p − 1", (share, room) => {
    expect(roomToRise(share, "percent")).toBeCloseTo(room, 12);
    expect(roomToRise(share, "ratio")).toBe(Number.POSITIVE_INFINITY);
  });

  const high = (share: number): WindowMeasurement => ({
    baseline: concentration(share, 900_000, { groups: 9 }),
    candidate: concentration(share * 1.001, 100_000),
  });

  it("is never healthy: the line could not fire, and a check says so without blocking", () => {
    for (const mode of modes) {
      const judged = nightWith("top_author_share", high(0.95), mode);
      const told = "cannot rise by 15%: it is at 95% already (at most by 5.3%)";
      expect(observed(judged, "top_author_share").classification).toBe("insufficient");
      expect(observed(judged, "top_author_share").because).toContain(told);
      expect(judged.checks.find(({ name }) => name === "lines_within_reach")).toMatchObject({
        status: "warn",
        effect: "warn",
        detail: `top_author_share ${told}; guard its complement with a drop line`,
      });
      expect(judged.decision).toMatchObject({ action: "hold", rule: "observing" });
      expect(judged.decision.reasons.join(" ")).toContain(told);
      expect(judged.decision.forecast).toMatchObject({ never: true, metric: "top_author_share" });
    }
  });

  it("holds for a warning line alone too, and for any share", () => {
    const lines = [guardrail("near_duplicate_share", "rise", [0.1, null, null])];
    const measured = metric("near_duplicate_share", { rate: 0.92 });
    const judged = judge(night({ config: { thresholds: thresholds(lines) }, metrics: [measured] }));
    expect(observed(judged, "near_duplicate_share").classification).toBe("insufficient");
    expect(judged.checks.some(({ name }) => name === "lines_within_reach")).toBe(true);
  });

  it("is no question below that share, of a drop, or of what is no share", () => {
    const check = (judged: Judgement) => judged.checks.find(({ name }) => name === "lines_within_reach");
    expect(check(nightWith("top_author_share", high(0.8)))).toBeUndefined();
    expect(check(nightWith("ctr", values(0.95, 0.95)))).toBeUndefined();
    const seconds = metric("near_duplicate_share", { rate: 0.95 });
    const definition = { ...seconds.definition, unit: "seconds" as const };
    expect(check(judge(withMetric(night(), { ...seconds, definition })))).toBeUndefined();
  });
});
