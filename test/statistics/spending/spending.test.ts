import { describe, expect, test } from "vitest";
import { createRandom } from "../../../src/statistics/random.ts";
import {
  obrienFleming,
  pocock,
  promoteSpending,
  rollbackSpending,
  spendingBoundaries,
  spentBy,
} from "../../../src/statistics/spending/spending.ts";

// Source: judgement-2.json groupSequential: information, share of the planned nights, cumulative error, boundaries.
const SEQUENTIAL = [
  {
    name: "5 equal looks, one-sided 0.025 (textbook)",
    spending: obrienFleming(0.025),
    information: [0.2, 0.4, 0.6, 0.8, 1],
    at: [0.2, 0.4, 0.6, 0.8, 1],
    spent: [
      5.388712629058749e-7, 0.00039415175669118635, 0.003808063310989328, 0.012211790346448084,
      0.024999999999999998,
    ],
    boundaries: [4.876884948791, 3.357011921575, 2.680280064545, 2.289816767712, 2.031032043491],
  },
  {
    name: "14 nights by the calendar, equal information, alpha 0.05/5",
    spending: obrienFleming(0.01),
    information: [
      0.07142857142857142, 0.14285714285714285, 0.21428571428571427, 0.2857142857142857, 0.35714285714285715,
      0.42857142857142855, 0.5, 0.5714285714285714, 0.6428571428571429, 0.7142857142857143,
      0.7857142857142857, 0.8571428571428571, 0.9285714285714286, 1.0,
    ],
    at: [
      0.07142857142857142, 0.14285714285714285, 0.21428571428571427, 0.2857142857142857, 0.35714285714285715,
      0.42857142857142855, 0.5, 0.5714285714285714, 0.6428571428571429, 0.7142857142857143,
      0.7857142857142857, 0.8571428571428571, 0.9285714285714286, 1.0,
    ],
    spent: [
      5.5323580018785e-22, 9.426130228278181e-12, 2.6301479922502963e-8, 1.4432629306200684e-6,
      1.6311668049681624e-5, 8.332001452939533e-5, 0.000269716956631483, 0.0006556045726411609,
      0.0013152854940899701, 0.0023055219164313783, 0.003661664362661362, 0.005398948813059724,
      0.007516182078571713, 0.009999999999999997,
    ],
    boundaries: [
      9.566442864917, 6.714646564294, 5.442305067629, 4.680099683696, 4.161362366675, 3.78157687798,
      3.489013653885, 3.255025362146, 3.062475979035, 2.900466382377, 2.761711323163, 2.641139670616,
      2.535101335, 2.440894482528,
    ],
  },
  {
    name: "14 nights by the calendar, information that saturates: n/(1.62+0.14n)",
    spending: obrienFleming(0.01),
    information: [
      0.5681818181818181, 1.0526315789473684, 1.4705882352941175, 1.8348623853211008, 2.155172413793103,
      2.4390243902439024, 2.692307692307692, 2.9197080291970803, 3.1249999999999996, 3.311258278145695,
      3.481012658227848, 3.6363636363636362, 3.77906976744186, 3.910614525139665,
    ],
    at: [
      0.07142857142857142, 0.14285714285714285, 0.21428571428571427, 0.2857142857142857, 0.35714285714285715,
      0.42857142857142855, 0.5, 0.5714285714285714, 0.6428571428571429, 0.7142857142857143,
      0.7857142857142857, 0.8571428571428571, 0.9285714285714286, 1.0,
    ],
    spent: [
      5.5323580018785e-22, 9.426130228278181e-12, 2.6301479922502963e-8, 1.4432629306200684e-6,
      1.6311668049681624e-5, 8.332001452939533e-5, 0.000269716956631483, 0.0006556045726411609,
      0.0013152854940899701, 0.0023055219164313783, 0.003661664362661362, 0.005398948813059724,
      0.007516182078571713, 0.009999999999999997,
    ],
    boundaries: [
      9.566442864917, 6.714646564293, 5.442296125501, 4.679596334063, 4.158655709928, 3.774828378986,
      3.476903856071, 3.23670072013, 3.037402565593, 2.868320736428, 2.722309608059, 2.594392304242,
      2.480983436398, 2.379426157855,
    ],
  },
  {
    name: "g50: 5 nights, alpha 0.05, Pocock type",
    spending: pocock(0.05),
    information: [1, 2, 3, 4, 5],
    at: [0.2, 0.4, 0.6, 0.8, 1],
    spent: [
      0.01476972645601738, 0.026156858180579275, 0.03542565334311575, 0.04324198625815952,
      0.049999999999999996,
    ],
    boundaries: [2.176211453089, 2.143747712073, 2.113285263222, 2.089599184629, 2.070998375273],
  },
] as const;

// Source: judgement-2.json spendingBounds: as built, with sums, an open end and a first look on night min_days.
const AS_BUILT = [
  {
    name: "rollback, 14 nights, k=5, equal information",
    spending: rollbackSpending(5),
    planned: 14,
    nights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
    information: [
      0.07142857142857142, 0.14285714285714285, 0.21428571428571427, 0.2857142857142857, 0.35714285714285715,
      0.42857142857142855, 0.5, 0.5714285714285714, 0.6428571428571429, 0.7142857142857143,
      0.7857142857142857, 0.8571428571428571, 0.9285714285714286, 1.0,
    ],
    spent: [
      0.0001041904376713895, 0.000197560828287518, 0.00028214856591628624, 0.00035947137631149156,
      0.0004308707589470408, 0.0004987543222666886, 0.0005692725292634952, 0.000654800080135353,
      0.0007742161881058019, 0.0009509219123699325, 0.0012098589271449366, 0.0015747327487138404,
      0.0020660407132170626, 0.0026999999999999993,
    ],
    boundaries: [
      3.7086333924, 3.7087607889, 3.6978648309, 3.6866932073, 3.6763283777, 3.6629347792, 3.6346781529,
      3.5769931938, 3.4878560097, 3.3791803203, 3.2642777201, 3.151486881, 3.044736386, 2.9454188853,
    ],
  },
  {
    name: "rollback, K=14, looks up to night 18",
    spending: rollbackSpending(5),
    planned: 14,
    nights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
    information: [
      0.5681818181818181, 1.0526315789473684, 1.4705882352941175, 1.8348623853211008, 2.155172413793103,
      2.4390243902439024, 2.692307692307692, 2.9197080291970803, 3.1249999999999996, 3.311258278145695,
      3.481012658227848, 3.6363636363636362, 3.77906976744186, 3.910614525139665, 4.032258064516129,
      4.1450777202072535, 4.25, 4.3478260869565215,
    ],
    spent: [
      0.0001041904376713895, 0.000197560828287518, 0.00028214856591628624, 0.00035947137631149156,
      0.0004308707589470408, 0.0004987543222666886, 0.0005692725292634952, 0.000654800080135353,
      0.0007742161881058019, 0.0009509219123699325, 0.0012098589271449366, 0.0015747327487138404,
      0.0020660407132170626, 0.0026999999999999993, 0.0027375, 0.002766666666666667, 0.0027900000000000004,
      0.002809090909090909,
    ],
    boundaries: [
      3.7086333924, 3.7031947984, 3.683242161, 3.6618201261, 3.6408350941, 3.6171571672, 3.5804016909,
      3.5178236841, 3.4274448248, 3.3192294718, 3.2046397017, 3.0911800649, 2.9826464354, 2.8805822997,
      3.0863726951, 3.1718706243, 3.2317932459, 3.2790018967,
    ],
  },
  {
    name: "promote at g50, K=5, first look on night 3 (min_days), overdue nights 6 and 7",
    spending: promoteSpending,
    planned: 5,
    nights: [3, 4, 5, 6, 7],
    information: [3.0, 4.0, 5.0, 6.0, 7.0],
    spent: [0.03188308800880418, 0.03891778763234357, 0.045, 0.045625, 0.04611111111111112],
    boundaries: [1.8538111969, 2.0478533503, 2.0702755935, 2.4937845928, 2.6447718501],
  },
] as const;

const looksOf = (information: readonly number[], spent: readonly number[]) =>
  information.map((each, index) => ({ information: each, spent: spent[index] ?? Number.NaN }));

describe("boundaries that spend an error rate night by night", () => {
  test.each(SEQUENTIAL)(
    "agree with the vector: $name",
    ({ spending, information, at, spent, boundaries }) => {
      for (const [index, t] of at.entries()) expect(spending(t) / (spent[index] ?? 0)).toBeCloseTo(1, 11);
      const found = spendingBoundaries(looksOf(information, spent));
      for (const [index, boundary] of boundaries.entries()) {
        const increment = (spent[index] ?? 0) - (spent[index - 1] ?? 0);
        if (increment < 1e-11) expect(found[index]).toBe(Infinity);
        // Looks that may use next to nothing are skipped here and not in the vector: the next ones differ by that much.
        else expect(Math.abs((found[index] ?? 0) - boundary)).toBeLessThan(increment < 1e-4 ? 1e-4 : 1e-9);
      }
    },
  );

  test.each(AS_BUILT)(
    "agree with the vector as built: $name",
    ({ spending, planned, nights, information, spent, boundaries }) => {
      const ours = nights.map((night) => spentBy(spending, night, planned));
      for (const [index, each] of spent.entries()) expect((ours[index] ?? 0) / each).toBeCloseTo(1, 11);
      const found = spendingBoundaries(looksOf(information, ours));
      for (const [index, boundary] of boundaries.entries())
        expect(Math.abs((found[index] ?? 0) - boundary)).toBeLessThan(1e-9);
    },
  );

  test("are crossed as often as they may be, counted in drawn walks", () => {
    const information = [1, 1.8, 2.2, 3.9, 4];
    const spent = [0.02, 0.05, 0.06, 0.09, 0.1];
    const boundaries = spendingBoundaries(looksOf(information, spent));
    const random = createRandom(7);
    const walks = 40_000;
    let crossed = 0;
    for (let walk = 0; walk < walks; walk += 1) {
      let s = 0;
      let before = 0;
      for (const [index, now] of information.entries()) {
        s += random.normal() * Math.sqrt(now - before);
        before = now;
        if (s / Math.sqrt(now) < (boundaries[index] ?? 0)) continue;
        crossed += 1;
        break;
      }
    }
    // Four standard errors of the count.
    expect(Math.abs(crossed / walks - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / walks));
  });

  test("ask no more of a night than of one that follows a missed night, which makes up for it", () => {
    const all = spendingBoundaries(looksOf([1, 2, 3], [0.01, 0.02, 0.03]));
    const missed = spendingBoundaries(looksOf([1, 3], [0.01, 0.03]));
    expect(missed[1]).toBeLessThan(all[2] ?? 0);
  });

  test("bear information that does not grow, and a night without any", () => {
    const boundaries = spendingBoundaries(looksOf([0, 2, 2, 1.5, 3], [0.01, 0.02, 0.03, 0.04, 0.05]));
    expect(boundaries[0]).toBe(Infinity);
    for (const boundary of boundaries.slice(1)) expect(boundary).toBeGreaterThan(1.5);
    for (const boundary of boundaries.slice(1)) expect(boundary).toBeLessThan(4);
  });
});
