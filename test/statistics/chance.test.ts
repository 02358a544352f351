import { describe, expect, test } from "vitest";
import { chanceOfAny } from "../../src/statistics/chance.ts";
import { createRandom } from "../../src/statistics/random.ts";
import { expectClose } from "./close.ts";

const day = (standardError: number, line = 0.1) => ({ standardError, line, harm: "drop" as const });

describe("the chance that noise alone is past a line somewhere", () => {
  test("of one look is the tail beyond the line: −ln 0.9 is 1.645 standard errors of 0.06405", () => {
    expectClose(chanceOfAny([day(-Math.log(0.9) / 1.6448536269514722)]), 0.05, 1e-9);
    expectClose(
      chanceOfAny([{ standardError: Math.log(1.15) / 2, line: 0.15, harm: "rise" }]),
      0.022750131948179,
    );
  });

  test("of several looks is one minus the chance that none is", () => {
    const one = chanceOfAny([day(0.06)]);
    const other = chanceOfAny([day(0.08, 0.12)]);
    expectClose(chanceOfAny([day(0.06), day(0.08, 0.12)]), 1 - (1 - one) * (1 - other), 1e-12);
    expect(chanceOfAny([])).toBe(0);
    expect(chanceOfAny([day(0)])).toBe(0);
  });

  test("is what 20,000 harmless fortnights show", () => {
    const random = createRandom("chance");
    const errors = Array.from({ length: 14 }, (_, i) => 0.04 + 0.002 * i);
    const isPast = () => errors.some((error) => random.normal() * error <= Math.log(0.9));
    const share = Array.from({ length: 20_000 }, isPast).filter(Boolean).length / 20_000;
    expect(Math.abs(share - chanceOfAny(errors.map((error) => day(error))))).toBeLessThan(0.012);
  });
});
