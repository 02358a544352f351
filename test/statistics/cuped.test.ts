import { describe, expect, test } from "vitest";
import { adjustRatio, type VariantWithPre } from "../../src/statistics/cuped.ts";
import { compareRatios, ratioEstimate } from "../../src/statistics/ratio.ts";
import { expectClose } from "./close.ts";

// Source: judgement-2.json cuped. Sums of a variant in the order of `variant` below; expected theta, adjusted log ratio, its
// standard error, delta, and adjusted over unadjusted variance.
const CASES = [
  {
    name: "small, rows included",
    baseline: [
      60, 3751, 184, 423345, 1328, 18426, 37, 146, 1999, 1606, 252901, 16902, 10306, 127475, 724, 6823,
    ],
    candidate: [40, 1968, 46, 177384, 172, 3780, 33, 41, 1402, 197, 133802, 3561, 3197, 87760, 135, 2119],
    expected: [
      0.19335915381551586, -0.45054739440782593, 0.2268334157267086, -0.3627207869504723, 0.8451422371295887,
    ],
  },
  {
    name: "10/90, no change",
    baseline: [
      1800, 104565, 5230, 11943293, 45668, 588445, 1401, 3991, 81883, 34349, 9661089, 458091, 225299, 4720390,
      14736, 222764,
    ],
    candidate: [
      200, 13717, 800, 1786755, 9312, 107497, 156, 527, 10051, 5487, 1194213, 64398, 38158, 651412, 3129,
      36869,
    ],
    expected: [
      0.11731364870609824, 0.13207532620326792, 0.06579457092768966, 0.14119427786186958, 0.8510106474627526,
    ],
  },
  {
    name: "10/90, −10%",
    baseline: [
      9000, 543328, 27399, 64465780, 244733, 3196750, 6494, 19925, 393743, 195049, 48847747, 2501160, 1199256,
      23681293, 84505, 1212718,
    ],
    candidate: [
      1000, 59199, 2726, 6937781, 26498, 328297, 724, 2226, 43122, 21748, 5156758, 263952, 135977, 2540166,
      9488, 116060,
    ],
    expected: [
      0.14278105120047024, -0.0971327408399213, 0.037526375116446894, -0.0925644556179832, 0.8839081134265127,
    ],
  },
  {
    name: "50/50",
    baseline: [
      3000, 184041, 9385, 22350293, 93125, 1155713, 2701, 8029, 162308, 74145, 19949000, 988711, 497122,
      9952781, 35925, 528911,
    ],
    candidate: [
      3000, 178864, 8570, 21262916, 73100, 1012686, 2701, 8376, 161897, 78290, 18359343, 968080, 493385,
      9587313, 33072, 462988,
    ],
    expected: [
      0.11954071729508374, -0.07696768701056333, 0.025188592160915752, -0.07408022764106596, 0.88390133565537,
    ],
  },
] as const;

function variant(sums: readonly number[]): VariantWithPre {
  const at = (index: number) => sums[index] ?? Number.NaN;
  return {
    moments: {
      shape: "ratio",
      units: at(0),
      sumDenominator: at(1),
      sumNumerator: at(2),
      sumDenominatorSquared: at(3),
      sumNumeratorSquared: at(4),
      sumProduct: at(5),
    },
    pre: {
      unitsWithPre: at(6),
      preNumerator: at(7),
      preDenominator: at(8),
      preNumeratorSquared: at(9),
      preDenominatorSquared: at(10),
      preProduct: at(11),
      denominatorPreNumerator: at(12),
      denominatorPreDenominator: at(13),
      numeratorPreNumerator: at(14),
      numeratorPreDenominator: at(15),
    },
  };
}

function unadjusted(baseline: VariantWithPre, candidate: VariantWithPre) {
  const [b, c] = [ratioEstimate(baseline.moments), ratioEstimate(candidate.moments)];
  const comparison = b === null || c === null ? null : compareRatios(b, c);
  if (comparison === null) throw new Error("no comparison");
  return comparison;
}

describe("a ratio adjusted for what the same units did before", () => {
  test.each(CASES)("agrees with the vector: $name", (each) => {
    const [baseline, candidate] = [variant(each.baseline), variant(each.candidate)];
    const adjusted = adjustRatio(baseline, candidate, unadjusted(baseline, candidate));
    if (typeof adjusted === "string") throw new Error(adjusted);
    const { comparison, theta, varianceRatio } = adjusted;
    const got = [theta, comparison.logRatio, comparison.standardError, comparison.delta, varianceRatio];
    for (const [index, expected] of each.expected.entries()) expectClose(got[index] ?? Number.NaN, expected);
  });

  test("is not adjusted where fewer than 30 units of a variant have a pre-period", () => {
    const [baseline, candidate] = [variant(CASES[0].baseline), variant(CASES[0].candidate)];
    const few = { ...candidate, pre: { ...candidate.pre, unitsWithPre: 29 } };
    expect(adjustRatio(baseline, few, unadjusted(baseline, candidate))).toBe("few units before");
  });

  test("is not adjusted where every unit behaved alike before", () => {
    const flat = (each: VariantWithPre): VariantWithPre => {
      const n = each.moments.units;
      const pre = {
        unitsWithPre: n,
        preNumerator: n,
        preDenominator: 10 * n,
        preNumeratorSquared: n,
        preDenominatorSquared: 100 * n,
        preProduct: 10 * n,
        denominatorPreNumerator: each.moments.sumDenominator,
        denominatorPreDenominator: 10 * each.moments.sumDenominator,
        numeratorPreNumerator: each.moments.sumNumerator,
        numeratorPreDenominator: 10 * each.moments.sumNumerator,
      };
      return { ...each, pre };
    };
    const [baseline, candidate] = [flat(variant(CASES[1].baseline)), flat(variant(CASES[1].candidate))];
    expect(adjustRatio(baseline, candidate, unadjusted(baseline, candidate))).toBe("no variation");
  });

  test("says how far the variants differed before, in standard errors", () => {
    const baseline = variant(CASES[3].baseline);
    const candidate = variant(CASES[3].candidate);
    const heavier = {
      ...candidate,
      pre: { ...candidate.pre, preNumerator: candidate.pre.preNumerator * 1.5 },
    };
    const [sound, broken] = [candidate, heavier].map((each) =>
      adjustRatio(baseline, each, unadjusted(baseline, candidate)),
    );
    if (typeof sound !== "object" || typeof broken !== "object") throw new Error("not adjusted");
    expect(Math.abs(sound.imbalance)).toBeLessThan(4);
    expect(broken.imbalance).toBeGreaterThan(4);
  });
});
