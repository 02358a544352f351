/** Clustered errors held against other ways to the same number: leave one user out, independent trials, absolute changes. */
import { describe, expect, test } from "vitest";
import { jackknife } from "../../src/statistics/concentration.ts";
import { compareRatios, ratioEstimate } from "../../src/statistics/ratio.ts";
import { studentQuantile, studentUpperTail } from "../../src/statistics/special.ts";
import { expectClose } from "./close.ts";
import { momentsOfUnits } from "./cross-check.ts";

interface Users {
  readonly den: readonly number[];
  readonly num: readonly number[];
}

const shown: Users = {
  den: [28, 31, 45, 57, 3, 9, 49, 56, 15, 19, 52, 25],
  num: [3, 3, 3, 2, 1, 0, 4, 0, 1, 3, 6, 3],
};
const shownCandidate: Users = {
  den: [50, 16, 7, 18, 25, 49, 27, 6, 20, 36],
  num: [3, 1, 0, 1, 0, 21, 0, 2, 3, 3],
};

// Source: peers.json ratio.clustered.ctr.small and ratio.clustered.long_share.small (derived: gbstats RatioStatistic; the
// absolute error equals statsmodels WLS HC0·n/(n−1), the relative one was compared with leave-one-user-out).
const CASES = [
  {
    name: "click-through rate",
    baseline: shown,
    candidate: shownCandidate,
    difference: 0.059308139181831074,
    interval: [-0.09249787069238462, 0.21111414905604675],
    p: 0.4043914237008317,
    jackknifeRelative: 1.0455088437907298,
    naive: 0.025175702140068906,
    overNaive: 2.705796999158301,
  },
  {
    name: "long-dwell share, users without a click too",
    baseline: { den: shown.num, num: [2, 1, 1, 2, 1, 0, 3, 0, 0, 0, 2, 3] },
    candidate: { den: shownCandidate.num, num: [1, 1, 0, 0, 0, 8, 0, 1, 1, 2] },
    difference: -0.10547667342799194,
    interval: [-0.350606805666669, 0.13965345881068517],
    p: 0.3715984349853929,
    jackknifeRelative: 0.2038078017957295,
    naive: 0.12543682067706996,
    overNaive: 0.9108267821113937,
  },
];

function sideOf({ den, num }: Users) {
  const estimate = ratioEstimate(momentsOfUnits(den, num), { fewestUnits: 0, fewestEvents: 0 });
  if (estimate?.relativeStandardError == null) throw new Error("the vector has an error");
  const standardError = estimate.value * estimate.relativeStandardError;
  return { ...estimate, standardError, users: den.length };
}

const ratioOf = ({ den, num }: Users) => total(num) / total(den);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const without = ({ den, num }: Users, user: number): Users => ({
  den: den.toSpliced(user, 1),
  num: num.toSpliced(user, 1),
});

describe.each(CASES)("$name", ({ baseline, candidate, ...expected }) => {
  const [from, to] = [sideOf(baseline), sideOf(candidate)];
  const error = Math.hypot(from.standardError, to.standardError);

  test("absolute change: interval and p by Welch's degrees of freedom", () => {
    const difference = to.value - from.value;
    expectClose(difference, expected.difference);
    const spread = [from, to].reduce((sum, side) => sum + side.standardError ** 4 / (side.users - 1), 0);
    const freedom = error ** 4 / spread;
    const half = studentQuantile(0.975, freedom) * error;
    expectClose(difference - half, expected.interval[0] ?? 0);
    expectClose(difference + half, expected.interval[1] ?? 0);
    expectClose(2 * studentUpperTail(Math.abs(difference) / error, freedom), expected.p);
  });

  test("relative change: the jackknife over single users", () => {
    const relative = ratioOf(candidate) / ratioOf(baseline) - 1;
    const errorOf = (leaveOneOut: readonly number[]) =>
      jackknife({ theta: relative, leaveOneOut })?.standardError ?? Number.NaN;
    const ofBaseline = baseline.den.map(
      (_, user) => ratioOf(candidate) / ratioOf(without(baseline, user)) - 1,
    );
    const ofCandidate = candidate.den.map(
      (_, user) => ratioOf(without(candidate, user)) / ratioOf(baseline) - 1,
    );
    expectClose(Math.hypot(errorOf(ofBaseline), errorOf(ofCandidate)), expected.jackknifeRelative);
  });

  test("design effect: independent trials would have this error", () => {
    const naive = [from, to].map((side) => side.standardError / Math.sqrt(side.designEffect ?? Number.NaN));
    expectClose(Math.hypot(...naive), expected.naive);
    expectClose(error / Math.hypot(...naive), expected.overNaive);
  });
});

// Source: peers.json ratio.crossover (derived): sixty users of whom many were served by both variants. gatebook leaves such
// users out; this is the error that treating them as two users each would have claimed.
test("users of both variants taken for two users each", () => {
  const baseline: Users = {
    num: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 4, 1, 1, 3, 0, 1, 0, 0, 2, 1, 0, 0, 0, 3, 5, 1, 0, 3,
      1, 0, 1, 3, 0, 2, 0, 4, 0, 0, 1, 1, 0, 2, 2, 4, 2, 1, 3, 2, 0, 5, 3, 1, 1,
    ],
    den: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 7, 15, 14, 3, 7, 20, 26, 3, 28, 9, 2, 27, 15, 19, 5, 27, 12, 11, 22,
      22, 21, 7, 5, 16, 9, 1, 12, 23, 11, 12, 20, 29, 23, 4, 10, 16, 13, 6, 2, 19, 11, 9, 28, 24, 15, 27, 16,
      27, 18,
    ],
  };
  const candidate: Users = {
    num: [
      0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3,
      1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 3, 3, 0, 0, 2, 1, 0, 0, 1, 0, 0, 0,
    ],
    den: [
      4, 6, 8, 9, 11, 3, 1, 3, 6, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 2, 9,
      10, 4, 4, 9, 1, 0, 2, 11, 5, 11, 0, 8, 3, 2, 7, 7, 9, 2, 10, 4, 0, 0, 1, 0, 7, 1,
    ],
  };
  const [from, to] = [sideOf(baseline), sideOf(candidate)];
  expectClose(from.value, 0.09178082191780822, 1e-12);
  expectClose(to.value, 0.1134020618556701, 1e-12);
  expectClose(Math.hypot(from.standardError, to.standardError), 0.031339296616406484, 1e-12);
  expect(compareRatios(from, to)?.delta).toBeCloseTo(0.1134020618556701 / 0.09178082191780822 - 1, 12);
});
