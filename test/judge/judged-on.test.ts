import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import type { Coverage } from "../../src/model/measurement.ts";
import { metric, type NightSpec, night, withMetric } from "./builders.ts";

/** Of 100,000 events each; what is not counted is of items that the lookup does not know. */
function covering(candidate: number, baseline = 1): Coverage {
  const variant = (share: number) => ({
    events: 100_000,
    counted: share * 100_000,
    leftOut: { crossover: 0, unit: 0, name: 0, orphan: 0, rejected: 0, attribute: (1 - share) * 100_000 },
  });
  return { candidate: variant(candidate), baseline: variant(baseline) };
}

function judged(coverage: Coverage | null, delta: number, spec: NightSpec = {}) {
  return judge(withMetric(night(spec), { ...metric("ctr", { delta }), coverage }));
}

const becauseOf = (coverage: Coverage | null, delta: number, spec: NightSpec = {}) =>
  judged(coverage, delta, spec).metrics.find(({ name }) => name === "ctr")?.observation.because ?? "";

describe("what a guardrail was judged on", () => {
  it.each([0, -0.04, -0.07, -0.2])("stands in its sentence below 99%, at a change of %d", (delta) => {
    expect(becauseOf(covering(0.976), delta)).toMatch(/; judged on 97\.6% of the candidate's impressions\.$/);
    expect(becauseOf(covering(0.976), delta)).not.toContain("..");
  });

  it("goes without saying from 99% on, and where it is not known", () => {
    const plain = becauseOf(null, 0);
    expect(plain).not.toContain("judged on");
    expect(becauseOf(covering(0.99), 0)).toBe(plain);
  });

  it("stands in the reason of a rollback", () => {
    const { reasons } = judged(covering(0.976), -0.07).decision;
    expect(reasons[0]).toContain("judged on 97.6% of the candidate's impressions");
  });

  it("stands in the reason of a promote, for the guardrail that is covered least", () => {
    const { decision } = judged(covering(0.976, 0.985), 0);
    expect(decision.action).toBe("promote");
    expect(decision.reasons[0]).toContain(
      "Click-through rate is judged on 97.6% of the candidate's and 98.5% of the baseline's impressions",
    );
  });

  it("is kept in the result as it was measured", () => {
    const coverage = covering(0.976);
    const ctr = judged(coverage, 0).metrics.find(({ name }) => name === "ctr");
    expect(ctr?.observation.coverage).toEqual(coverage);
  });
});
