import { expect } from "vitest";

/** Relative closeness, 1e-9 unless the source gives fewer digits; an expected 0 is held to absolutely. */
export function expectClose(actual: number | null | undefined, expected: number, tolerance = 1e-9): void {
  expect(actual).toBeTypeOf("number");
  const difference = Math.abs((actual ?? Number.NaN) - expected);
  const allowed = tolerance * (expected === 0 ? 1 : Math.abs(expected));
  expect(difference <= allowed, `${actual} is not within ${tolerance} of ${expected}`).toBe(true);
}
