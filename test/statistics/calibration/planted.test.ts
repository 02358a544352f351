import { describe, expect, test } from "vitest";
import type { RatioMoments } from "../../../src/model/measurement.ts";
import { plantChange, thinningVariance } from "../../../src/statistics/calibration/planted.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { expectClose } from "../close.ts";
import { momentsOf, momentsOfUnits } from "../cross-check.ts";

// Source: judgement-2.json, plantedDrop.
const candidate = momentsOf([101, 2100, 104, 80_100, 300, 4200]);

describe("a planted change", () => {
  test("has the sums of the vector, and the draw its variance", () => {
    const planted = plantChange(candidate, 0.95, 0);
    const expected = { sumNumerator: 98.8, sumNumeratorSquared: 275.69, sumProduct: 3990 };
    for (const [sum, value] of Object.entries(expected))
      expectClose(planted[sum as keyof typeof expected], value);
    expect(planted).toMatchObject({ units: 101, sumDenominator: 2100, sumDenominatorSquared: 80_100 });
    expectClose(thinningVariance(candidate.sumNumerator, 0.95), 4.940000000000005);
  });

  test("a rise scales, and draws nothing", () => {
    const planted = plantChange(candidate, 1.2, 0);
    expectClose(planted.sumNumerator, 124.8);
    expectClose(planted.sumNumeratorSquared, 432);
    expect(thinningVariance(104, 1.2)).toBe(0);
  });

  test("sums of users whose clicks are really thinned come to the same mean and spread", () => {
    const random = createRandom("thinned");
    const shown = Array.from({ length: 400 }, () => 1 + random.integer(60));
    const clicks = shown.map((all) => random.binomial(all, random.beta(1, 9)));
    const whole = momentsOfUnits(shown, clicks);
    const factor = 0.8;
    const sums = ["sumNumerator", "sumNumeratorSquared", "sumProduct"] as const;
    const draws = Array.from({ length: 2000 }, () =>
      momentsOfUnits(
        shown,
        clicks.map((all) => random.binomial(all, factor)),
      ),
    );
    const mean = (pick: (moments: RatioMoments) => number) =>
      draws.reduce((sum, draw) => sum + pick(draw), 0) / draws.length;
    const planted = plantChange(whole, factor, 0);
    for (const sum of sums) expect(mean((draw) => draw[sum]) / planted[sum]).toBeCloseTo(1, 2);
    const spread = mean((draw) => (draw.sumNumerator - planted.sumNumerator) ** 2);
    expect(spread / thinningVariance(whole.sumNumerator, factor)).toBeCloseTo(1, 0);
  });
});
