import fc from "fast-check";
import { expect, test } from "vitest";
import { erfc, normalCdf, normalQuantile } from "../../src/statistics/normal.ts";
import { expectClose } from "./close.ts";

// Source: formulas.json numerics (scipy 1.17.1).
const CDF = [
  [-6, 9.865876450376946e-10],
  [-3.5, 0.00023262907903552502],
  [-1.96, 0.024997895148220435],
  [-1, 0.15865525393145707],
  [-0.25, 0.4012936743170763],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [1.2815515655446004, 0.8999999999999999],
  [2.575829, 0.9949999956107591],
  [8, 0.9999999999999993],
] as const;
const QUANTILE = [
  [1e-9, -5.9978070150076865],
  [0.0005, -3.2905267314918945],
  [0.001, -3.090232306167813],
  [0.005, -2.575829303548901],
  [0.025, -1.9599639845400545],
  [0.05, -1.6448536269514729],
  [0.2, -0.8416212335729142],
  [0.5, 0.0],
  [0.9, 1.2815515655446004],
  [0.975, 1.959963984540054],
  [0.9995, 3.2905267314919255],
] as const;
// Python's math.erfc: every branch of the approximation and the last numbers before underflow.
const ERFC = [
  [-3, 1.9999779095030015],
  [-0.3, 1.3286267594591274],
  [0.3, 0.6713732405408726],
  [0.46875, 0.507386526782062],
  [2, 0.004677734981047266],
  [4, 1.541725790028002e-8],
  [9.5, 3.7692144856548797e-41],
  [26, 5.663192408856143e-296],
] as const;

test.each(CDF)("P(Z ≤ %d)", (x, expected) => expectClose(normalCdf(x), expected, 1e-13));

test.each(QUANTILE)("quantile of %d", (p, expected) => expectClose(normalQuantile(p), expected, 1e-13));

test.each(ERFC)("erfc(%d)", (x, expected) => expectClose(erfc(x), expected, 2e-14));

test("the quantile undoes the distribution, down to 1e-290", () => {
  fc.assert(
    fc.property(fc.double({ min: -36, max: 5, noNaN: true }), (x) => {
      expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-9);
    }),
  );
});

test("the ends are finite", () => {
  expect(normalQuantile(0)).toBeCloseTo(-37.047, 3);
  expect(normalQuantile(1)).toBeCloseTo(37.047, 3);
  expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
});
