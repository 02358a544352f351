import fc from "fast-check";
import { expect, test } from "vitest";
import {
  binomialLowerTail,
  binomialUpperTail,
  chiSquareUpperTail,
  logGamma,
  regularisedBeta,
  studentQuantile,
  studentUpperTail,
} from "../../src/statistics/special.ts";
import { expectClose } from "./close.ts";

// Source of these three: formulas.json numerics (scipy 1.17.1).
const CHI_SQUARE = [
  [0.018595616650479832, 1, 0.8915321515063552],
  [3.841458820694124, 1, 0.04999999999999989],
  [6.9024049496058275, 1, 0.008607987810836262],
  [10.827566170662733, 1, 0.0010000000000000007],
  [900.3431292517007, 1, 8.264728168652761e-198],
  [0.20253125, 2, 0.9036929575604196],
  [13.815510557964274, 2, 0.0010000000000000002],
  [30, 5, 1.4748581038443073e-5],
  [100, 49, 2.3646111089850406e-5],
  [700, 10, 6.280146699235733e-144],
] as const;
const LOG_GAMMA = [
  [0.5, 0.5723649429247],
  [1, 0.0],
  [2.5, 0.2846828704729192],
  [10, 12.801827480081469],
  [1000, 5905.220423209181],
  [10000, 82099.71749644238],
  [123456.789, 1323902.018795063],
] as const;
const STUDENT_975 = [
  [9, 2.262157162798205],
  [49, 2.0095752371292392],
  [99, 1.9842169515864174],
  [6000, 1.9603594414930101],
] as const;

// scipy 1.17.1: stats.t, stats.binom, special.betainc.
const STUDENT = [
  [0.975, 1, 12.706204736174694],
  [0.975, 2.5, 3.5746548420036817],
  [0.9995, 4, 8.610301581379522],
  [0.95, 9.597746, 1.820199930751625],
  [0.6, 217.9, 0.2536566527435481],
  [0.999, 30, 3.3851848668293045],
] as const;
const STUDENT_TAIL = [
  [1.0173266, 9.597746011458613, 0.16697829324764432],
  [-2, 5, 0.9490302605850708],
  [40, 8, 8.392859439572896e-11],
] as const;
const BINOMIAL_LOWER = [
  [5, 100, 0.1, 0.05757688648703396],
  [0, 1000, 0.1, 1.7478712517226329e-46],
  [3, 5000, 0.1, 4.684530193798858e-222],
  [480, 1000, 0.5, 0.10872414660207075],
  [70, 1070, 0.1, 4.297659284927329e-5],
  [9000, 100_000, 0.1, 5.235223531829388e-27],
] as const;
const BINOMIAL_UPPER = [
  [20, 100, 0.1, 0.0019785608657712354],
  [140, 1000, 0.1, 3.6326047524636825e-5],
  [520, 1000, 0.5, 0.10872414660207075],
] as const;
const BETA = [
  [0.1, 2.5, 7.25, 0.10841578583098449],
  [0.9, 2.5, 7.25, 0.9999990877288637],
  [0.5, 1000, 1000, 0.5],
  [1e-5, 0.5, 3, 0.005929231084463545],
] as const;

test.each(CHI_SQUARE)("chi-square %d, %d degrees", (x, df, expected) =>
  expectClose(chiSquareUpperTail(x, df), expected),
);

test.each(LOG_GAMMA)("ln Γ(%d)", (x, expected) => expectClose(logGamma(x), expected, 1e-12));

test.each(STUDENT_975)("Student's 97.5% at %d degrees", (df, expected) =>
  expectClose(studentQuantile(0.975, df), expected),
);

test.each(STUDENT)("Student's quantile of %d at %d degrees", (p, df, expected) => {
  expectClose(studentQuantile(p, df), expected);
  expectClose(studentQuantile(1 - p, df), -expected);
});

test.each(STUDENT_TAIL)("Student's tail at %d, %d degrees", (t, df, expected) =>
  expectClose(studentUpperTail(t, df), expected),
);

test.each(BINOMIAL_LOWER)("P(X ≤ %d) of %d trials at %d", (k, n, p, expected) =>
  expectClose(binomialLowerTail(k, n, p), expected),
);

test.each(BINOMIAL_UPPER)("P(X ≥ %d) of %d trials at %d", (k, n, p, expected) =>
  expectClose(binomialUpperTail(k, n, p), expected),
);

test.each(BETA)("I_%d(%d, %d)", (x, a, b, expected) => expectClose(regularisedBeta(x, a, b), expected));

test("the two binomial tails share one count, whole or not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 0, max: 500 }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (k, more, p) => {
        const n = k + more;
        expect(Math.abs(binomialLowerTail(k, n, p) + binomialUpperTail(k + 1, n, p) - 1)).toBeLessThan(1e-9);
        expect(binomialLowerTail(k + 0.5, n + 1, p)).toBeGreaterThanOrEqual(
          binomialLowerTail(k, n + 1, p) - 1e-12,
        );
      },
    ),
  );
});

test("ends are 0 and 1, and a Student quantile of very many degrees is the normal one", () => {
  expect(chiSquareUpperTail(0, 3)).toBe(1);
  expect(binomialUpperTail(0, 10, 0.3)).toBe(1);
  expect(binomialUpperTail(11, 10, 0.3)).toBe(0);
  expect(binomialLowerTail(10, 10, 0.3)).toBe(1);
  expect(binomialLowerTail(-1, 10, 0.3)).toBe(0);
  expect(regularisedBeta(0, 2, 3)).toBe(0);
  expect(regularisedBeta(1, 2, 3)).toBe(1);
  expect(studentQuantile(0.5, 4)).toBe(0);
  expectClose(studentQuantile(0.975, 1e12), 1.959963984540054);
});
