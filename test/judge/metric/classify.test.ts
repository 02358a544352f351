import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import type { MetricResult, WindowResult } from "../../../src/model/result.ts";
import type { Classification, Reading } from "../../../src/model/words.ts";
import { probabilityPast } from "../../../src/statistics/posterior.ts";
import { thresholdLog } from "../../../src/statistics/scale.ts";
import { studentQuantile } from "../../../src/statistics/special.ts";
import {
  concentration,
  guardrail,
  type MetricSpec,
  metric,
  type NightSpec,
  night,
  ratio,
  runbookThresholds,
  thresholds,
  withMetric,
} from "../builders.ts";

/** One metric judged over a night of its own. */
function judged(name: string, spec: MetricSpec, part: NightSpec = {}): MetricResult {
  const { days = 4, impressions = 100_000 } = spec;
  const input = night({ days, impressions, ...part, metrics: [metric(name, spec)] });
  const result = judge(input).metrics[0];
  if (result === undefined) throw new Error("no metric");
  return result;
}

const over = (name: string, spec: MetricSpec, part: NightSpec = {}): WindowResult =>
  judged(name, spec, part).observation;
const literal: NightSpec = { config: { judge: "literal" } };

describe("classification", () => {
  const large = { impressions: 2_000_000 };
  it.each<[string, string, number, Reading, Classification]>([
    ["up 10% is healthy", "ctr", 0.1, "healthy", "healthy"],
    ["unchanged is healthy", "ctr", 0, "healthy", "healthy"],
    ["down 2.99% is healthy", "ctr", -0.0299, "healthy", "healthy"],
    ["down exactly 3% is a warning", "ctr", -0.03, "warning", "warning"],
    ["down 4.99% is a warning", "ctr", -0.0499, "warning", "warning"],
    ["down exactly 5% is a rollback", "ctr", -0.05, "rollback", "rollback"],
    ["long dwell down exactly 4% is a warning", "long_dwell_share", -0.04, "warning", "warning"],
    ["long dwell down exactly 8% is a rollback", "long_dwell_share", -0.08, "rollback", "rollback"],
    ["concentration down 20% is healthy", "top_author_share", -0.2, "healthy", "healthy"],
    ["concentration up exactly 10% is a warning", "top_author_share", 0.1, "warning", "warning"],
    ["concentration up exactly 15% is a rollback", "top_author_share", 0.15, "rollback", "rollback"],
  ])("%s, by the bare runbook and by evidence alike", (_, name, delta, reading, classification) => {
    expect(over(name, { ...large, delta })).toMatchObject({ reading, classification });
    expect(over(name, { ...large, delta }, literal)).toMatchObject({ reading, classification });
  });

  it("needs the rollback line ruled out for health, not just a good reading", () => {
    const little = over("ctr", { delta: 0.01, impressions: 5_000 });
    expect(little).toMatchObject({ reading: "healthy", classification: "insufficient", fires: null });
    expect(little.because).toBe(
      "Click-through rate is up 1.0% (5.05% against 5.00%), but a drop of 5% cannot be ruled out yet (it may be as low as −6.0%); it takes about 90,571 candidate impressions.",
    );
    // 86,815 impressions for CTR 5%, design effect 1.75, a tenth of the traffic; 91,384 without its (1 − p).
    expect(little).toMatchObject({ daysNeeded: 15, volumeNeeded: 90_571 });
  });

  it("fires a warning on plain 95%, a rollback only on the nightly-peeking-safe bound", () => {
    const between = over("ctr", { delta: -0.06, impressions: 20_000 });
    expect(between).toMatchObject({ reading: "rollback", classification: "warning", fires: "warning" });
    expect(between.oneSided?.[1]).toBeLessThan(0);
    expect(between.sequentialBound).toBeGreaterThan(0);
    expect(between.because).toBe(
      "Click-through rate is down 6.0% (4.70% against 5.00%), past the 5% rollback line; that is more than chance, but not by enough for a rollback.",
    );
  });

  it("says what rolls back in one sentence", () => {
    expect(over("ctr", { delta: -0.062, impressions: 300_000 }).because).toBe(
      "Click-through rate is down 6.2% (4.69% against 5.00%), past the 5% rollback line, and the drop is more than chance.",
    );
    expect(over("ctr", { delta: -0.05, ...large }).because).toContain(
      "is down 5.0% (4.75% against 5.00%), at the 5% rollback line",
    );
    expect(over("ctr", { delta: -0.0498, ...large }).because).toContain(
      "is down 4.98% (4.75% against 5.00%), past the 3% warning line",
    );
  });

  it("shares 5% between the guardrails for a rollback however often one looks, and 0.1% for a severe day", () => {
    const { observation, days } = judged("ctr", { delta: -0.04, days: 2 });
    const bound = (window: WindowResult, multiplier: number) =>
      Math.expm1(Math.log1p(window.delta ?? 0) + multiplier * (window.standardError ?? 0));
    // Four guardrails; multiplier of the normal mixture at alpha 0.0125, one side.
    const target = -Math.log(0.95) / (1.6448536269514722 + 0.8416212335729142);
    const x =
      (-2 * Math.log(0.025) + Math.log(1 - 2 * Math.log(0.025))) *
      (target / (observation.standardError ?? 1)) ** 2;
    const sequential = Math.sqrt(((2 * (x + 1)) / x) * Math.log(1 + Math.sqrt(x + 1) / 0.025));
    expect(observation.sequentialBound).toBeCloseTo(bound(observation, sequential), 10);
    expect(observation.oneSided?.[1]).toBeCloseTo(bound(observation, 1.6448536269514722), 10);
    // 1 − 0.001/4
    for (const day of days) expect(day.sequentialBound).toBeCloseTo(bound(day, 3.480756404346242), 6);
  });

  it("does not call a noisy day severe, and a severe day only in its own noise", () => {
    const noisy = judged("ctr", { delta: [0.02, -0.13, 0.02, 0.02], impressions: 5_000 });
    expect(noisy.days[1]).toMatchObject({ reading: "rollback", classification: "insufficient", fires: null });
    expect(noisy.days[1]?.because).toBe(
      "Click-through rate on 2026-02-02 is down 13.0% (4.35% against 5.00%), past the 10% severe line, but chance alone can do that.",
    );
    expect(noisy.observation).toMatchObject({ reading: "rollback", fires: null });
    const severe = judged("ctr", { delta: [0.02, -0.13, 0.02, 0.02], impressions: 100_000 });
    expect(severe.days[1]).toMatchObject({
      reading: "rollback",
      classification: "rollback",
      fires: "severe",
    });
    expect(severe.observation).toMatchObject({
      reading: "rollback",
      classification: "rollback",
      fires: "severe",
    });
    expect(severe.observation.because).toBe(severe.days[1]?.because);
  });

  it("keeps a noisy day from blocking a gate for ever once the window itself is proven", () => {
    const proven = over("ctr", { delta: [...Array(13).fill(0.01), -0.11], days: 14, impressions: 15_000 });
    expect(proven).toMatchObject({ reading: "rollback", classification: "healthy" });
    expect(proven.because).toContain(
      "; 14 Feb (−11.0%), past the 10% severe line: chance alone shows such a day of this guardrail in 24 of 100 harmless rollouts.",
    );
  });

  it("reads a day as rollback at the severe line only, and never where none is set", () => {
    const days = judged("ctr", { delta: [-0.03, -0.06, -0.1, 0], ...large }).days;
    expect(days.map((day) => day.reading)).toEqual(["warning", "warning", "rollback", "healthy"]);
    const rises = judged("top_author_share", { delta: [0.1, 0.2, 0.5, 0], ...large }).days;
    expect(rises.map((day) => day.reading)).toEqual(["warning", "warning", "warning", "healthy"]);
  });

  it("counts no incomplete day as severe", () => {
    const input = night({ deltas: { ctr: [0, -0.3, 0, 0] } });
    const days = input.traffic.days.map((day) =>
      day.date === "2026-02-02" ? { ...day, endGapHours: 7 } : day,
    );
    const { decision, metrics } = judge({ ...input, traffic: { ...input.traffic, days } });
    expect(decision.rule).not.toBe("severe");
    expect(metrics[0]?.days[1]).toMatchObject({ complete: false, fires: "severe" });
  });

  it("meets min_sample by the denominator in both variants, under the bare runbook too", () => {
    const few = over("ctr", { delta: -0.2, impressions: 240 }, literal);
    expect(few).toMatchObject({ reading: "rollback", classification: "insufficient", fires: null });
    expect(few.because).toBe(
      "Click-through rate is down 20.0% (4.00% against 5.00%), but on 960 against 8,640 impressions, and each variant needs 1,000; it takes about 1,000 candidate impressions.",
    );
    expect(over("ctr", { delta: -0.2, impressions: 250 }, literal)).toMatchObject({
      classification: "rollback",
    });
  });

  it("is no health below min_sample, under the bare runbook either", () => {
    expect(over("ctr", { impressions: 240 }, literal)).toMatchObject({
      reading: "healthy",
      classification: "insufficient",
    });
    expect(over("ctr", { impressions: 250 }, literal)).toMatchObject({ classification: "healthy" });
  });

  it("is no health at the warning line within the noise, although the rollback line is ruled out", () => {
    const wide = thresholds([guardrail("ctr", "drop", [0.03, 0.3, null])]);
    const noisy = over("ctr", { delta: -0.05, impressions: 3_000 }, { config: { thresholds: wide } });
    expect(noisy).toMatchObject({ reading: "warning", fires: null, classification: "insufficient" });
    expect(noisy.oneSided?.[0]).toBeGreaterThan(-0.3);
    expect(noisy.oneSided?.[1]).toBeGreaterThan(0);
  });

  it("says nothing but insufficient below 100 expected events", () => {
    const few = over("ctr", { delta: -1, impressions: 1_900, days: 1 });
    expect(few).toMatchObject({ reading: "rollback", classification: "insufficient" });
    expect(few.because).toContain("but only 95 events were to be expected and 100 are needed");
    expect(over("ctr", { delta: -1, impressions: 2_000, days: 1 })).toMatchObject({ fires: "severe" });
  });

  it("weighs a share by the weight on its heaviest keys: fewer than 100 say nothing, however tight their error", () => {
    const estimate = (value: number, weight: number) => ({
      ...concentration(value, weight),
      standardError: value / 1000,
    });
    const share = (weight: number) => {
      const observation = { baseline: estimate(0.18, 50_000), candidate: estimate(0.18, weight) };
      const input = withMetric(night({ config: { minSample: { impressions: 100, clicks: 10 } } }), {
        ...metric("top_author_share"),
        observation,
      });
      return judge(input).metrics.find((one) => one.name === "top_author_share")?.observation.classification;
    };
    expect(share(540)).toBe("insufficient");
    expect(share(560)).toBe("healthy");
  });

  it("does not roll back a rise that could be no change", () => {
    const rise = over("near_duplicate_share", { delta: 0.16, impressions: 5_500 });
    expect(rise).toMatchObject({ reading: "rollback", fires: "warning" });
    expect(rise.sequentialBound).toBeLessThan(0);
    expect(rise.sequentialBound).toBeGreaterThan(-0.05);
    expect(over("near_duplicate_share", { delta: 0.16, impressions: 100_000 }).fires).toBe("rollback");
    expect(over("near_duplicate_share", { delta: 0.11, impressions: 1_500 }).fires).toBeNull();
  });

  it("asks for more at the present reading once the planned volume was not enough", () => {
    const close = over("ctr", { delta: -0.028, impressions: 25_000 });
    expect(close).toMatchObject({ reading: "healthy", classification: "insufficient" });
    expect(close.volumeNeeded).toBeGreaterThan(100_000);
    expect(close.daysNeeded).toBeGreaterThan(0);
    const warned = over("ctr", { delta: -0.031, impressions: 10_500, days: 9 });
    expect(warned).toMatchObject({ reading: "warning", classification: "insufficient", daysNeeded: 2 });
  });

  it("has an interval of no width where the standard error is zero", () => {
    const flat = (value: number) => ({
      ...ratio(value * 100_000, 100_000),
      sumNumeratorSquared: 10_000 * (value * 10) ** 2,
    });
    const observation = { baseline: flat(0.05), candidate: flat(0.045) };
    const input = withMetric(night(), { ...metric("ctr"), observation });
    const result = judge(input).metrics[0]?.observation;
    expect(result?.standardError).toBe(0);
    expect(result?.interval?.[0]).toBeCloseTo(-0.1, 12);
    expect(result?.interval?.[1]).toBeCloseTo(-0.1, 12);
    expect(result).toMatchObject({ classification: "rollback", probabilityPastRollback: 1 });
  });

  it("uses Student's t for a jackknifed share: with fewer groups the interval is wider", () => {
    const width = (degreesOfFreedom: number) => {
      const estimate = (value: number) => ({ ...concentration(value, 50_000), degreesOfFreedom });
      const observation = { baseline: estimate(0.18), candidate: estimate(0.19) };
      const input = withMetric(night(), { ...metric("top_author_share"), observation });
      const result = judge(input).metrics.find((one) => one.name === "top_author_share");
      const [lower = 0, upper = 0] = result?.observation.interval ?? [];
      return { size: upper - lower, bound: result?.observation.sequentialBound ?? 0 };
    };
    expect(width(9).size).toBeGreaterThan(width(49).size);
    expect(width(9).bound).toBeLessThan(width(49).bound);
  });

  it("uses Student's t with Welch's degrees of freedom below 100 units in either arm, the normal from there on", () => {
    const between = (candidateUnits: number) => {
      const arm = (units: number, rate: number) => ({ ...ratio(rate * units * 400, units * 400), units });
      const observation = { baseline: arm(900, 0.05), candidate: arm(candidateUnits, 0.052) };
      const result = judge(withMetric(night(), { ...metric("ctr"), observation })).metrics[0]?.observation;
      const { standardError = null, interval } = result ?? {};
      return Math.log1p(interval?.[1] ?? 0) / (standardError ?? 1) - Math.log(1.04) / (standardError ?? 1);
    };
    // Squared errors in the ratio 1/1,372.8 to 1/18,000 clicks: (v_c + v_b)² / (v_c²/65 + v_b²/899) = 75.3.
    expect(between(66)).toBeCloseTo(studentQuantile(0.975, 75.3), 3);
    expect(between(100)).toBeCloseTo(1.959963984540054, 10);
  });

  it("calls a share on too few units insufficient, whatever it reads", () => {
    const observation = {
      baseline: concentration(0.18, 100_000),
      candidate: { ...concentration(0.5, 2_000), units: 40, standardError: null },
    };
    const input = withMetric(night(), { ...metric("top_author_share"), observation });
    const result = judge(input).metrics.find((one) => one.name === "top_author_share");
    expect(result?.observation).toMatchObject({
      reading: "rollback",
      classification: "insufficient",
      interval: null,
    });
    expect(result?.observation.because).toContain("but 40 units are too few to tell it from chance");
  });

  it("gives an informational metric everything but an effect", () => {
    const lines = [
      ...runbookThresholds,
      guardrail("save_rate", "drop", [0.05, 0.1, null], { role: "informational" }),
    ];
    const result = judged(
      "save_rate",
      { delta: -0.2, ...large },
      { config: { thresholds: thresholds(lines) } },
    );
    expect(result).toMatchObject({ role: "informational" });
    expect(result.observation).toMatchObject({
      reading: "rollback",
      classification: "rollback",
      fires: "rollback",
    });
    expect(over("save_rate", { delta: -0.2, ...large })).toMatchObject({
      reading: "healthy",
      classification: "healthy",
    });
  });

  it("has a number of an informational metric under the bare runbook where evidence wants 100 events", () => {
    const few = { impressions: 4_000 };
    expect(over("save_rate", few).classification).toBe("insufficient");
    expect(over("save_rate", few, literal).classification).toBe("healthy");
  });

  it("carries the label before/after wherever it says something about a metric", () => {
    const spec: NightSpec = { gate: { name: "g100" }, comparison: "before-after" };
    const result = judged("ctr", { exposure: 1, delta: -0.08 }, spec);
    expect(
      [result.observation, ...result.days].every((window) =>
        window.because.includes("(before/after, not randomised"),
      ),
    ).toBe(true);
    expect(result.observation.because).toMatch(
      /\(before\/after, not randomised, baseline 2026-01-\d\d to 2026-01-\d\d\)/,
    );
    expect(result.observation).toMatchObject({
      reading: "warning",
      classification: "warning",
      probabilityPastRollback: null,
    });
    const well = over("ctr", { exposure: 1 }, spec);
    expect(well).toMatchObject({ reading: "healthy", classification: "insufficient", daysNeeded: null });
  });
});

describe("how sure", () => {
  it("gives the probability that the true change is past the rollback line", () => {
    const at = (delta: number) => over("ctr", { delta, impressions: 300_000 }).probabilityPastRollback ?? 0;
    expect(at(0)).toBeLessThan(0.001);
    expect(at(-0.05)).toBeGreaterThan(0.4);
    expect(at(-0.05)).toBeLessThan(0.5);
    expect(at(-0.1)).toBeGreaterThan(0.999);
  });

  it("starts from changes about as large as the rollback line, 5% at least, for that probability", () => {
    const harms = { ctr: [0.05, "drop", 0.05], near_duplicate_share: [0.15, "rise", 0.15] } as const;
    for (const [name, [line, harm, priorSd]] of Object.entries(harms)) {
      const delta = harm === "drop" ? -0.04 : 0.12;
      const { standardError, probabilityPastRollback } = over(name, { delta, impressions: 20_000 });
      const asked = { logRatio: Math.log1p(delta), standardError: standardError ?? 0, harm };
      const expected = probabilityPast({ ...asked, thresholdLog: thresholdLog(line, harm), priorSd });
      expect(probabilityPastRollback).toBeCloseTo(expected, 12);
    }
  });

  it("sees smaller changes with more traffic", () => {
    const at = (impressions: number) => over("ctr", { impressions }).smallestDetectableChange ?? 0;
    expect(at(10_000)).toBeGreaterThan(at(100_000));
    expect(at(100_000)).toBeGreaterThan(0.02);
    expect(at(100_000)).toBeLessThan(0.03);
  });

  it("counts the events to the flip, and they do flip it", () => {
    const { flip, candidate } = over("ctr", { delta: -0.04, ...{ impressions: 300_000 } });
    expect(flip).toEqual({
      events: -600,
      to: "rollback",
      text: "600 fewer clicks and this would be a rollback",
    });
    const back = over("ctr", { delta: -0.06, impressions: 300_000 });
    expect(back.flip).toMatchObject({
      events: 601,
      to: "warning",
      text: "601 more clicks and this would no longer be a rollback",
    });
    const volume = candidate.denominator ?? 1;
    const moved = (events: number, from: number) => (from * 0.05 * volume + events) / (0.05 * volume) - 1;
    expect(over("ctr", { delta: moved(-600, 0.96), impressions: 300_000 }).classification).toBe("rollback");
    expect(over("ctr", { delta: moved(-599, 0.96), impressions: 300_000 }).classification).toBe("warning");
    expect(over("ctr", { delta: moved(601, 0.94), impressions: 300_000 }).classification).toBe("warning");
    expect(over("ctr", { delta: moved(600, 0.94), impressions: 300_000 }).classification).toBe("rollback");
  });

  it("counts to where the change leaves the noise, when that lies beyond the line", () => {
    const spec = { delta: -0.01, impressions: 20_000 };
    const bare = over("ctr", spec, literal).flip?.events ?? 0;
    const evident = over("ctr", spec).flip?.events ?? 0;
    expect(bare).toBe(-160);
    expect(evident).toBeLessThan(1.4 * bare);
    const at = (events: number) => over("ctr", { ...spec, delta: -0.01 + events / 4_000 }).classification;
    expect(at(bare)).toBe("warning");
    expect(at(evident * 0.95)).not.toBe("rollback");
    expect(at(evident * 1.05)).toBe("rollback");
  });

  it("counts a rise in the metric's own units", () => {
    expect(over("top_author_share", { delta: 0.12 }).flip?.text).toBe(
      "2,160 more impressions on the 10 heaviest keys and this would be a rollback",
    );
  });

  it("knows no flip where no count could settle it", () => {
    expect(over("ctr", { impressions: 100 }).flip).toBeNull();
    expect(over("save_rate", {}).flip).toBeNull();
    expect(judged("ctr", { delta: [-0.3, 0, 0, 0] }).observation.flip).toBeNull();
  });
});
