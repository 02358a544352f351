/** Complete (its data is all here), sufficient (complete and at min_sample), quiet (sufficient, nothing fires). */
import { describe, expect, it } from "vitest";
import { judge } from "../../src/judge/judge.ts";
import { type NightSpec, night, trafficDay } from "./builders.ts";

const counted = (spec: NightSpec) => {
  const { completeDays, sufficientDays, quietDays } = judge(night(spec)).window;
  return [completeDays, sufficientDays, quietDays];
};
const because = (spec: NightSpec, rule: string) =>
  judge(night(spec)).decision.trace.find((entry) => entry.rule === rule)?.because;

const thin: NightSpec = { days: 4, impressions: 715 };

describe("three kinds of days", () => {
  it("a healthy gate's days are all three", () => {
    expect(counted({ days: 4 })).toEqual([4, 4, 4]);
  });

  it("days below min_sample are complete, and neither sufficient nor quiet", () => {
    expect(counted(thin)).toEqual([4, 0, 0]);
    expect(judge(night(thin)).decision.reasons[0]).toBe(
      "g10 has 0 sufficient days of 4 complete, 2 needed; 2026-02-04 is its day 4.",
    );
  });

  it("a day whose events end at noon is not complete", () => {
    const days = [1, 2, 3].map((at) => trafficDay(`2026-02-0${at}`));
    const traffic = { days: [...days, trafficDay("2026-02-04", { endGapHours: 12 })] };
    expect(counted({ days: 4, traffic })).toEqual([3, 3, 3]);
  });

  it("a day on which a guardrail warns is sufficient and not quiet, and breaks the run", () => {
    const spec = { days: 4, deltas: { ctr: [0, 0, -0.06, 0] } };
    expect(counted(spec)).toEqual([4, 4, 3]);
    expect(because(spec, "healthy_days")).toBe(
      "1 quiet day in a row up to 2026-02-04, 0 needed: Click-through rate warns on 2026-02-03.",
    );
  });

  it("hours of the first day are no days", () => {
    expect(counted({ phase: "first-24h", days: 6 })).toEqual([0, 0, 0]);
  });
});
