import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean, editDistance, suggestion } from "../../src/model/suggest.ts";

const KEYS = ["warning", "rollback", "severe", "min_days", "max_days", "drop", "rise"];

describe("didYouMean", () => {
  it.each([
    ["wraning", "warning"],
    ["rolback", "rollback"],
    ["minDays", "min_days"],
    ["max-days", "max_days"],
    ["SEVERE", "severe"],
    ["drp", "drop"],
    ["rises", "rise"],
  ])("takes %s for %s", (typed, meant) => {
    expect(didYouMean(typed, KEYS)).toBe(meant);
  });

  it("is silent when nothing is near", () => {
    expect(didYouMean("threshold", KEYS)).toBeNull();
    expect(didYouMean("x", ["y"])).toBeNull();
    expect(didYouMean("anything", [])).toBeNull();
  });

  it("gives a tie to the earlier candidate", () => {
    expect(didYouMean("g20", ["g10", "g50"])).toBe("g10");
  });

  it("ends a message with the question, or with nothing", () => {
    expect(suggestion("wraning", KEYS)).toBe('; did you mean "warning"?');
    expect(suggestion("threshold", KEYS)).toBe("");
  });
});

describe("editDistance", () => {
  it("counts a swap of neighbours as one slip", () => {
    expect(editDistance("wraning", "warning")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("abc", "")).toBe(3);
  });

  it("is zero for equal words only, symmetric, and at most the longer length", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (left, right) => {
        const distance = editDistance(left, right);
        expect(distance === 0).toBe(left === right);
        expect(editDistance(right, left)).toBe(distance);
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
      }),
    );
  });
});
