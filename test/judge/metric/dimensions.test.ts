import { describe, expect, it } from "vitest";
import { judge } from "../../../src/judge/judge.ts";
import { withDimensions } from "../../../src/judge/metric/dimensions.ts";
import type { MeasuredCut, MeasuredDimension, RatioMoments } from "../../../src/model/measurement.ts";
import { createRandom, type Random } from "../../../src/statistics/random.ts";
import { metric, night, ratio } from "../builders.ts";

type Cut = readonly [value: string | null, baseline: RatioMoments | null, candidate: RatioMoments | null];

function dimension(cuts: readonly Cut[], name = "platform"): MeasuredDimension {
  const values = cuts.map(([value, baseline, candidate]): MeasuredCut => {
    const kind = value === null ? "none" : "value";
    return { kind, value, baseline, candidate };
  });
  return { name, title: name, values, error: null };
}

/** A night whose only guardrail's cuts are these. */
function judged(...dimensions: readonly MeasuredDimension[]) {
  const { metrics, decision } = judge(night({ metrics: [{ ...metric("ctr"), dimensions }] }));
  return { cut: metrics[0]?.dimensions ?? [], decision };
}

const VALUES = ["android", "ios", "web", "tv", "car"] as const;
const UNITS = 120;

/** Both variants drawn from the same users, each with a rate of its own; three in ten have a day on another value, too. */
function splitNight(random: Random): MeasuredDimension {
  const variant = () => {
    const units = VALUES.map((): (readonly [m: number, y: number])[] => []);
    for (const [index, own] of units.entries())
      for (let unit = 0; unit < UNITS; unit += 1) {
        const rate = 0.05 + 0.4 * random.uniform();
        const visit = (): readonly [number, number] => {
          const m = 1 + random.integer(16);
          return [m, Math.floor(m * rate + random.uniform())];
        };
        own.push(visit());
        if (random.uniform() < 0.3) units[(index + 1) % VALUES.length]?.push(visit());
      }
    return units.map(sumsOf);
  };
  const [baseline, candidate] = [variant(), variant()];
  return dimension(VALUES.map((value, index) => [value, baseline[index] ?? null, candidate[index] ?? null]));
}

function sumsOf(units: readonly (readonly [m: number, y: number])[]): RatioMoments {
  const sum = (of: (m: number, y: number) => number) => units.reduce((total, [m, y]) => total + of(m, y), 0);
  return {
    shape: "ratio",
    units: units.length,
    sumDenominator: sum((m) => m),
    sumNumerator: sum((_, y) => y),
    sumDenominatorSquared: sum((m) => m * m),
    sumNumeratorSquared: sum((_, y) => y * y),
    sumProduct: sum((m, y) => m * y),
  };
}

describe("a metric's cuts", () => {
  const harmed = dimension([
    ["web", ratio(80_000, 400_000), ratio(20_000, 100_000)],
    ["android", ratio(60_000, 600_000), ratio(10_500, 150_000)],
    [null, null, ratio(20, 200)],
  ]);

  it("have both values, delta, interval, shares and contribution, the largest first", () => {
    const [platform] = judged(harmed).cut;
    expect(platform?.values.map(({ value }) => value)).toEqual(["android", null, "web"]);
    const [android, none, web] = platform?.values ?? [];
    expect(android).toMatchObject({
      baseline: { value: 0.1, denominator: 600_000 },
      candidate: { value: 0.07 },
      baselineShare: 0.6,
      standsOut: true,
    });
    expect(android?.delta).toBeCloseTo(-0.3, 12);
    expect(android?.candidateShare).toBeCloseTo(150_000 / 250_200, 12);
    expect(android?.interval?.[1]).toBeLessThan(-0.2);
    expect(web).toMatchObject({ delta: 0 });
    expect(none).toMatchObject({ delta: null, interval: null, p: null, baselineShare: 0, standsOut: false });
    const added = (platform?.values ?? []).reduce((sum, { contribution }) => sum + (contribution ?? 0), 0);
    expect(added).toBeCloseTo(30_520 / 250_200 / 0.14 - 1, 12);
  });

  it("decide nothing: the same night without them is decided alike, word for word", () => {
    expect(judged(harmed).decision).toEqual(judged().decision);
  });

  it("do not stand out where every value changed alike, and say over how many that was looked at", () => {
    const alike = dimension([
      ["web", ratio(80_000, 400_000), ratio(16_000, 100_000)],
      ["android", ratio(60_000, 600_000), ratio(12_000, 150_000)],
    ]);
    const { cut } = judged(alike, dimension([["all", ratio(9, 100), ratio(9, 100)]], "country"));
    expect(cut.map(({ lookedAt }) => lookedAt)).toEqual([2, 2]);
    expect(cut.flatMap(({ values }) => values).filter(({ standsOut }) => standsOut)).toEqual([]);
  });

  it("keep a dimension that failed, with why", () => {
    const error = { message: "no such table", file: "f.sql", line: 1, column: 1, excerpt: null, hint: null };
    expect(judged({ ...dimension([]), error }).cut).toEqual([
      { name: "platform", title: "platform", values: [], lookedAt: 0, error },
    ]);
  });

  it("mark anything in at most 5% of 1,000 nights without a difference, units having days on several values", () => {
    const random = createRandom("cuts");
    const { metrics } = judge(night({ metrics: [metric("ctr")] }));
    const nights = Array.from({ length: 1000 }, () =>
      withDimensions(metrics, [{ ...metric("ctr"), dimensions: [splitNight(random)] }]),
    ).flatMap(([judgedMetric]) => judgedMetric?.dimensions ?? []);
    const marking = nights.filter(({ values }) => values.some(({ standsOut }) => standsOut));
    expect(nights.every(({ lookedAt }) => lookedAt === VALUES.length)).toBe(true);
    // 5% and three standard errors of 1,000 nights
    expect(marking.length).toBeLessThanOrEqual(70);
    expect(marking.length).toBeGreaterThan(0);
  });
});
