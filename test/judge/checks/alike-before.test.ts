import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import type { MetricMeasurement, PreMoments, RatioMoments } from "../../../src/model/measurement.ts";
import { metric, night } from "../builders.ts";

/** Units of 100 before the rollout, half with `x − d` and half with `x + d` of them; in the window as `moments` has it. */
function before(moments: RatioMoments, rate: number, spread: number): PreMoments {
  const n = moments.units;
  const x = 100 * rate;
  const rest = { y: moments.sumNumerator / n, m: moments.sumDenominator / n };
  return {
    unitsWithPre: n,
    preNumerator: n * x,
    preDenominator: n * 100,
    preNumeratorSquared: n * (x ** 2 + spread ** 2),
    preDenominatorSquared: n * 100 ** 2,
    preProduct: n * x * 100,
    denominatorPreNumerator: n * rest.m * x,
    denominatorPreDenominator: n * rest.m * 100,
    numeratorPreNumerator: n * rest.y * x,
    numeratorPreDenominator: n * rest.y * 100,
  };
}

/** CTR without any change, and variants that clicked at `rates` before it. */
function judged(
  rates: { readonly baseline: number; readonly candidate: number },
  accepted: string | null = null,
) {
  const measured = metric("ctr", { delta: 0, days: 4 });
  const { baseline, candidate } = measured.observation;
  if (baseline?.shape !== "ratio" || candidate?.shape !== "ratio") throw new Error("no ratio");
  const withPre: MetricMeasurement = {
    ...measured,
    prePeriod: {
      baseline: before(baseline, rates.baseline, 4),
      candidate: before(candidate, rates.candidate, 4),
    },
  };
  const input = night({ days: 4, metrics: [withPre] });
  const what = { since: "2026-02-04", reason: "old accounts get it first", by: "Mia" };
  return judge({
    ...input,
    window: { ...input.window, plannedNights: 14, preFrom: "2026-01-18", preTo: "2026-01-31" },
    ledger: { ...input.ledger, accepted: accepted === null ? [] : [{ what: accepted, ...what }] },
  });
}

const alike = (result: ReturnType<typeof judge>) => result.checks.find(({ name }) => name === "alike_before");

describe("variants before the rollout", () => {
  it("that were alike pass, and the change is adjusted", () => {
    const result = judged({ baseline: 0.05, candidate: 0.05 });
    expect(alike(result)).toMatchObject({ status: "pass", effect: "block" });
    expect(result.metrics[0]?.observation.adjusted?.delta).toBeCloseTo(0, 9);
  });

  it("that were not hold, are not adjusted away, and are for a person to settle", () => {
    const result = judged({ baseline: 0.05, candidate: 0.06 });
    const found = alike(result);
    expect(found).toMatchObject({ status: "fail", effect: "block", accept: "before:2026-01-18@g10" });
    expect(found?.detail).toMatch(/Click-through rate by \d+\.\d standard errors/);
    expect(result.metrics[0]?.observation).toMatchObject({
      adjusted: null,
      notAdjusted: "the variants differed before the rollout by more than chance",
    });
    expect(result.decision).toMatchObject({ action: "hold", rule: "data" });
    const settled = judged({ baseline: 0.05, candidate: 0.06 }, found?.accept ?? "");
    expect(alike(settled)).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("accepted by Mia"),
    });
    expect(settled.metrics[0]?.observation.adjusted).toBeNull();
  });
});
