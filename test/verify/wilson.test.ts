import { expect, it } from "vitest";
import { wilsonBounds, Z95, Z99 } from "../../src/verify/wilson.ts";

// Two-sided 95% Wilson intervals: Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
// Medicine 17 (1998), table I, method 3.
it.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("the interval of %i of %i is that of Newcombe's table", (count, total, lower, upper) => {
  const bounds = wilsonBounds(count, total, 1.959963984540054);
  expect(bounds.lower).toBeCloseTo(lower, 4);
  expect(bounds.upper).toBeCloseTo(upper, 4);
});

it("none and all have a bound that is exact on their own side", () => {
  expect(wilsonBounds(0, 50, Z99).lower).toBe(0);
  expect(wilsonBounds(50, 50, Z95).upper).toBe(1);
});
