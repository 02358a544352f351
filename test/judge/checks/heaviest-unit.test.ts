/** One unit with much of a variant is named, whoever it is in and however the days divide it. */
import { describe, expect, it } from "vitest";
import type { JudgeInput } from "../../../src/judge/input.ts";
import { judge } from "../../../src/judge/judge.ts";
import type { HeaviestUnit, HeaviestUnits } from "../../../src/model/measurement.ts";
import { metric, type NightSpec, night, ratio, withMetric } from "../builders.ts";

/** 10,000 candidate impressions a day over four days, of 1,000 units; `heaviest` day by day. */
function nightWith(heaviest: readonly (HeaviestUnits | null)[], spec: NightSpec = {}): JudgeInput {
  const ctr = metric("ctr", { impressions: 10_000 });
  const days = ctr.days.map((day, at) => ({ ...day, heaviest: heaviest[at] ?? null }));
  return withMetric(night({ impressions: 10_000, ...spec }), { ...ctr, days });
}

const checkOf = (input: JudgeInput) => judge(input).checks.find(({ name }) => name === "heaviest_unit");

const unit = (name: string, denominator: number): HeaviestUnit => ({ unit: name, denominator, numerator: 0 });
const of = (candidate: HeaviestUnit | null, baseline: HeaviestUnit | null = null): HeaviestUnits => ({
  baseline,
  candidate,
});
const always = (day: HeaviestUnits) => [day, day, day, day];

describe("the heaviest unit of a variant", () => {
  it.each<readonly [string, readonly HeaviestUnits[], string]>([
    ["none is heavy on any day", always(of(null)), "pass"],
    ["a twentieth of every day", always(of(unit("u1", 500))), "warn"],
    ["one day that makes a twentieth of the gate", [of(unit("u1", 2000)), ...always(of(null))], "warn"],
    ["one day that does not", [of(unit("u1", 1900)), ...always(of(null))], "pass"],
    ["another one every day", ["a", "b", "c", "d"].map((name) => of(unit(name, 900))), "pass"],
    ["the baseline's", always(of(null, unit("bot", 4500))), "warn"],
  ])("%s", (_, days, status) => {
    expect(checkOf(nightWith(days))).toMatchObject({ status, effect: "warn", expected: 0.05 });
  });

  it("is named with the least share it has, heaviest first, and keeps nothing from promote", () => {
    const input = nightWith(always(of(unit("u17", 1234), unit("bot", 9000))));
    const { checks, decision } = judge(input);
    const found = checks.find(({ name }) => name === "heaviest_unit");
    expect(found?.detail).toBe(
      "unit u17 has at least 12.3% of the candidate's impressions and unit bot has at least 10% of the baseline's impressions: a crawler, a test device, a shared login?",
    );
    expect(found?.observed).toBeCloseTo(0.1234, 12);
    expect(decision.action).toBe("promote");
  });

  it("days before the gate do not count", () => {
    const [first, ...rest] = always(of(unit("u1", 2100)));
    const input = nightWith([first ?? null, ...rest.map(() => of(null))]);
    expect(checkOf(input)?.status).toBe("warn");
    const later = { ...input, window: { ...input.window, from: "2026-02-02" } };
    expect(checkOf(later)?.status).toBe("pass");
  });

  it("of fewer than 200 units, and where no day knows its heaviest, nothing is said", () => {
    const small = nightWith(always(of(unit("u1", 30))));
    const ctr = metric("ctr", { impressions: 490 });
    const observation = { baseline: ratio(90, 1800), candidate: ratio(95, 1950) };
    const few = withMetric(small, { ...ctr, observation, days: small.metrics[0]?.days ?? [] });
    expect(checkOf(few)?.status).toBe("not_checked");
    expect(checkOf(nightWith([]))?.status).toBe("not_checked");
  });
});
