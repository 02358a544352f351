/** Days past their severe line that do not fire severe: for a person to judge, or chance, which is said as a number. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JudgeInput, Judgement } from "../../../src/judge/input.ts";
import { judge } from "../../../src/judge/judge.ts";
import { emptyLedger } from "../../../src/model/ledger.ts";
import type { DayMeasurement, HeaviestUnit, RatioMoments } from "../../../src/model/measurement.ts";
import { normalCdf } from "../../../src/statistics/normal.ts";
import { firstDay, metric, type NightSpec, night, ratio, withMetric } from "../builders.ts";

const accepted = (what: string) => ({
  ...emptyLedger,
  accepted: [{ what, since: "2026-02-04", reason: "a public holiday", by: "Ada" }],
});

/** Four days of 25,000 candidate impressions, on the whole unchanged, of which the third is down 13%: z = 3.5 or so. */
const oddDay = (spec: NightSpec = {}) =>
  judge(night({ deltas: { ctr: [0.05, 0.04, -0.13, 0.04] }, impressions: 25_000, ...spec }));

const check = ({ checks }: Judgement) => checks.find(({ name }) => name.startsWith("severe_day_"));
const ctr = ({ metrics }: Judgement) => {
  const found = metrics.find(({ name }) => name === "ctr");
  if (found === undefined) throw new Error("no ctr");
  return found;
};

describe("a day past the severe line that does not fire and is no chance", () => {
  it("holds until a person has judged it, although the gate so far is healthy", () => {
    const judged = oddDay();
    expect(ctr(judged).days[2]).toMatchObject({ fires: "warning", doubt: { kind: "person", units: [] } });
    expect(judged.decision).toMatchObject({ action: "hold", rule: "data", literalAction: "rollback" });
    expect(check(judged)).toMatchObject({
      status: "fail",
      effect: "block",
      accept: "day:2026-02-03",
      detail:
        "a person must judge 3 Feb (−13.0%): Click-through rate is past its 10% severe line (gatebook record accept day:2026-02-03)",
    });
  });

  it("is named in the reasons, the card, the day and the trace, and its window is not healthy", () => {
    const judged = oddDay();
    const { observation, days } = ctr(judged);
    expect(judged.decision.reasons[0]).toContain("A person must judge 3 Feb (−13.0%)");
    expect(judged.decision.reasons.at(-1)).toBe("The bare runbook would roll back for 3 Feb (−13.0%).");
    expect(observation.classification).toBe("insufficient");
    expect(observation.because).toMatch(/5% would roll back; a person must judge 3 Feb \(−13.0%\), past/);
    expect(days[2]?.because).toMatch(/more than chance, but.*; a person must judge it\.$/);
    expect(judged.decision.trace.find(({ rule }) => rule === "severe")?.because).toContain(
      "; a person must judge: Click-through rate 3 Feb (−13.0%)",
    );
    expect(JSON.stringify(judged)).not.toContain("chance alone");
  });

  it("no longer holds once that very day is accepted, and the acceptance is told", () => {
    const judged = oddDay({ ledger: accepted("day:2026-02-03") });
    expect(judged.decision.action).toBe("promote");
    expect(ctr(judged).days[2]?.doubt?.kind).toBe("accepted");
    expect(check(judged)).toMatchObject({ status: "pass", accept: null });
    expect(check(judged)?.detail).toContain("accepted by Ada (a public holiday)");
    expect(judged.decision.reasons.at(-1)).toBe(
      "The bare runbook would roll back for 3 Feb (−13.0%), which a person has accepted.",
    );
    expect(ctr(judged).observation.because).toContain("a person has accepted 3 Feb (−13.0%)");
    expect(oddDay({ ledger: accepted("day:2026-02-02") }).decision.action).toBe("hold");
  });

  it("is settled by a word of its own, day by day", () => {
    const two = (what: string) =>
      judge(
        night({
          days: 5,
          deltas: { ctr: [0.09, 0.09, -0.13, -0.13, 0.09] },
          impressions: 25_000,
          ledger: accepted(what),
        }),
      );
    const waiting = (judged: Judgement) =>
      judged.checks.filter(({ accept }) => accept !== null).map(({ name, accept }) => [name, accept]);
    const [third, fourth] = ["2026-02-03", "2026-02-04"].map((day) => [`severe_day_${day}`, `day:${day}`]);
    expect(waiting(two("nothing"))).toEqual([third, fourth]);
    expect(waiting(two("day:2026-02-03"))).toEqual([fourth]);
    expect(waiting(two("day:2026-02-04"))).toEqual([third]);
  });

  it("is judged at 5% over the nights of the gate and the guardrails with a severe line", () => {
    // Two of them, 14 nights where a gate has no max_days: one-sided 0.05/28, z = 2.91; with 3 nights 2.39.
    const at = (delta: number, maxDays: number | null) =>
      ctr(
        judge(
          night({
            deltas: { ctr: [0.01, 0.01, delta, 0.01] },
            impressions: 25_000,
            gate: { maxDays },
          }),
        ),
      ).days[2];
    for (const maxDays of [null, 3]) {
      const limit = maxDays === null ? 2.913 : 2.394;
      for (const delta of [-0.1, -0.105, -0.11, -0.115, -0.12, -0.125]) {
        const day = at(delta, maxDays);
        const z = -Math.log1p(delta) / (day?.standardError ?? 1);
        expect([delta, day?.doubt?.kind]).toEqual([delta, z > limit ? "person" : "chance"]);
      }
    }
  });

  it("waits on no ramp day, no incomplete day and for no informational metric", () => {
    const input = night({ deltas: { ctr: [0.01, 0.01, -0.13, 0.01] }, impressions: 25_000 });
    const days = input.traffic.days.map((day) =>
      day.date === "2026-02-03" ? { ...day, endGapHours: 7 } : day,
    );
    const cut = judge({ ...input, traffic: { ...input.traffic, days } });
    expect(check(cut)).toBeUndefined();
    const line = input.config.thresholds.get("ctr");
    if (line === undefined) throw new Error("no line");
    const informational = new Map(input.config.thresholds).set("ctr", { ...line, role: "informational" });
    const without = judge({ ...input, config: { ...input.config, thresholds: informational } });
    expect(check(without)).toBeUndefined();
    expect(ctr(without).observation.because).not.toContain("a person must judge");
  });
});

describe("a day past the severe line that chance may show", () => {
  const noisy = () =>
    judge(night({ days: 14, deltas: { ctr: [-0.11, ...Array(13).fill(0.01)] }, impressions: 15_000 }));

  it("does not hold, and is said with the chance over all days and guardrails with a severe line", () => {
    const judged = noisy();
    expect(judged.decision.action).toBe("promote");
    expect(ctr(judged).days[0]?.doubt).toEqual({ kind: "chance", units: [], deltaWithout: null });
    expect(check(judged)).toBeUndefined();
    const none = judged.metrics.flatMap(({ days, thresholds }) =>
      thresholds?.severe == null
        ? []
        : days.map((day) => normalCdf(-Math.log1p(-(thresholds.severe ?? 0)) / (day.standardError ?? 0))),
    );
    const times = Math.round(100 * (1 - none.reduce((product, one) => product * one, 1)));
    expect(times).toBeGreaterThan(10);
    expect(judged.decision.reasons.at(-1)).toBe(
      `The bare runbook would roll back for 1 Feb (−11.0%); chance alone shows such a day in ${times} of 100 harmless rollouts.`,
    );
    expect(ctr(judged).observation.because).toContain(`such a day in ${times} of 100 harmless rollouts`);
  });

  it("is said of a guardrail's own days alone where the others were not measured", () => {
    const input = night({ days: 14, deltas: { ctr: [-0.11, ...Array(13).fill(0.01)] }, impressions: 15_000 });
    const metrics = input.metrics.filter(({ definition }) => definition.name === "ctr");
    const { because } = ctr(judge({ ...input, metrics })).observation;
    const [, times] = /such a day of this guardrail in (\d+) of 100 harmless rollouts/.exec(because) ?? [];
    const [, all] = /such a day in (\d+) of 100/.exec(ctr(judge(input)).observation.because) ?? [];
    expect(Number(times)).toBeGreaterThan(0);
    expect(Number(times)).toBeLessThan(Number(all));
  });

  it("has no number where some day is too small for an error of its own", () => {
    const few = judge(night({ deltas: { ctr: -0.13 }, impressions: 250 }));
    expect(few.decision.trace.find(({ rule }) => rule === "severe")?.because).toContain(
      "there is too little traffic to say how often chance shows such a day",
    );
  });

  it("is never told as noise beside an interval that excludes no change", () => {
    const delta = fc.double({ min: -0.3, max: 0.05, noNaN: true });
    fc.assert(
      fc.property(delta, fc.integer({ min: 1_000, max: 200_000 }), (change, impressions) => {
        const judged = judge(night({ deltas: { ctr: [0, 0, change, 0] }, impressions }));
        for (const day of [...ctr(judged).days, ctr(judged).observation]) {
          const excludes = (day.interval?.[1] ?? 0) < 0;
          if (excludes) expect(day.because).not.toMatch(/not statistically significant/);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("a day that one unit makes", () => {
  const crawler = (denominator: number, numerator: number): HeaviestUnit => ({
    unit: "crawler",
    denominator,
    numerator,
  });

  /** That unit added to a variant's day. */
  function plus(moments: RatioMoments, { denominator: m, numerator: y }: HeaviestUnit): RatioMoments {
    return {
      shape: "ratio",
      units: moments.units + 1,
      sumDenominator: moments.sumDenominator + m,
      sumNumerator: moments.sumNumerator + y,
      sumDenominatorSquared: moments.sumDenominatorSquared + m * m,
      sumNumeratorSquared: moments.sumNumeratorSquared + y * y,
      sumProduct: moments.sumProduct + m * y,
    };
  }

  /** Three days of 20,000 candidate impressions; the second is as given. */
  function withDay(second: Partial<DayMeasurement>, spec: NightSpec = {}): JudgeInput {
    const whole = metric("ctr", { impressions: 20_000, days: 3, hourly: spec.phase === "first-24h" });
    const days = whole.days.map((day, at) => (at === 1 ? { ...day, ...second } : day));
    return withMetric(night({ days: 3, impressions: 20_000, ...spec }), { ...whole, days });
  }

  const others = (rate: number) => ratio(rate * 20_000, 20_000);
  const baseline = ratio(0.05 * 180_000, 180_000, 1.1);
  const day = (
    candidate: RatioMoments,
    unit: HeaviestUnit | null,
    of: "candidate" | "baseline" = "candidate",
  ) => ({
    baseline,
    candidate,
    heaviest: { baseline: of === "baseline" ? unit : null, candidate: of === "candidate" ? unit : null },
  });

  it("fires severe when the day does with it and without it", () => {
    const unit = crawler(3_000, 100);
    const judged = judge(withDay(day(plus(others(0.03), unit), unit)));
    expect(judged.decision).toMatchObject({ action: "rollback", rule: "severe" });
    expect(check(judged)).toBeUndefined();
  });

  it("holds when only the unit makes it severe, and names the unit and what is left without it", () => {
    // So many clicks are missing that severe fires with the unit: its own squares are what a single one of many would have.
    const unit = crawler(5_000, 0);
    const even = { ...plus(others(0.05), unit), sumDenominatorSquared: 20_000 * 10 + 5_000 * 10 };
    const shown = day(even, { ...unit, denominator: 5_000 });
    const judged = judge(withDay(shown));
    expect(ctr(judged).days[1]?.doubt).toMatchObject({
      kind: "person",
      units: [{ variant: "candidate", unit: "crawler", share: 0.2 }],
      deltaWithout: expect.closeTo(0, 9),
    });
    expect(judged.decision).toMatchObject({ action: "hold", rule: "data" });
    expect(judged.decision.reasons[0]).toContain(
      "unit crawler has 20% of the candidate's impressions, and without it the change is 0.0%",
    );
    expect(judge(withDay({ ...shown, heaviest: null })).decision.rule).toBe("severe");
    expect(judge(withDay(shown, { ledger: accepted("day:2026-02-02") })).decision.action).toBe("promote");
  });

  it("holds when only the unit hides it", () => {
    const unit = crawler(5_000, 1_500);
    const judged = judge(withDay(day(plus(others(0.03), unit), unit)));
    expect(ctr(judged).days[1]).toMatchObject({ reading: "healthy", doubt: { kind: "person" } });
    expect(judged.decision).toMatchObject({ action: "hold", rule: "data" });
    expect(judged.decision.reasons[0]).toContain("depends on one unit: unit crawler has 20%");
  });

  it("is looked at in the baseline too, and not below a tenth of the day", () => {
    const unit = crawler(30_000, 12_000);
    const even = ratio(0.1 * 210_000, 210_000, 1.1);
    const shown = { ...day(others(0.05), unit, "baseline"), baseline: even };
    const judged = judge(withDay(shown));
    expect(ctr(judged).days[1]?.doubt?.units).toEqual([
      { variant: "baseline", unit: "crawler", share: expect.closeTo(1 / 7, 9) },
    ]);
    const light = crawler(1_500, 0);
    expect(ctr(judge(withDay(day(plus(others(0.05), light), light)))).days[1]?.doubt).toBeNull();
  });

  it("does not change the bare runbook", () => {
    const unit = crawler(5_000, 0);
    const { decision } = judge(
      withDay(day(plus(others(0.05), unit), unit), { config: { judge: "literal" } }),
    );
    expect(decision).toMatchObject({ action: "rollback", rule: "severe" });
  });

  it("is the same for an hour of the first day", () => {
    const unit = crawler(5_000, 1_500);
    const judged = judge(withDay(day(plus(others(0.03), unit), unit), { phase: "first-24h" }));
    expect(check(judged)).toMatchObject({ status: "fail", accept: `day:${firstDay}T01` });
    expect(check(judged)?.detail).toContain("a person must judge 1 Feb 01:00");
  });
});

describe("one crawler of 3,000 impressions without a click", () => {
  it("at 2,000 impressions a day is no severe day, also where nobody measured the heaviest unit", () => {
    const whole = metric("ctr", { impressions: 2_000, days: 3 });
    const days = whole.days.map((day, at) => {
      if (at !== 1 || day.candidate?.shape !== "ratio") return day;
      const { candidate } = day;
      const { units, sumDenominator, sumDenominatorSquared } = candidate;
      return {
        ...day,
        candidate: {
          ...candidate,
          units: units + 1,
          sumDenominator: sumDenominator + 3000,
          sumDenominatorSquared: sumDenominatorSquared + 3000 ** 2,
        },
      };
    });
    const judged = judge(withMetric(night({ days: 3, impressions: 2_000 }), { ...whole, days }));
    expect(ctr(judged).days[1]).toMatchObject({ reading: "rollback", fires: null });
    expect(judged.decision.action).toBe("hold");
  });

  it("but a day without any click is, as before", () => {
    const judged = judge(night({ days: 3, impressions: 2_500, deltas: { ctr: [0, -1, 0] } }));
    expect(judged.decision).toMatchObject({ action: "rollback", rule: "severe" });
  });
});
