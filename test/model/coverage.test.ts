import { describe, expect, it } from "vitest";
import { coverageText, coveredShare, judgedOnText, leastShare } from "../../src/model/coverage.ts";
import type { VariantCoverage } from "../../src/model/measurement.ts";

const nothing = { crossover: 0, unit: 0, name: 0, attribute: 0, orphan: 0, rejected: 0 };
const covered = (counted: number, events = 10_000): VariantCoverage => ({
  events,
  counted,
  leftOut: { ...nothing, attribute: events - counted },
});

describe("what a number stands on", () => {
  it.each([
    [1, "100%"],
    [0.99996, "99.9%"],
    [0.98996, "98.9%"],
    [0.946, "94.6%"],
    [0.5, "50%"],
    [0, "0%"],
  ])("%d reads as %s: never as more than it is", (share, text) => {
    expect(coverageText(share)).toBe(text);
  });

  it.each<readonly [number, number, string | null]>([
    [9460, 10_000, "judged on 94.6% of the candidate's impressions"],
    [10_000, 9460, "judged on 94.6% of the baseline's impressions"],
    [9460, 9720, "judged on 94.6% of the candidate's and 97.2% of the baseline's impressions"],
    [9899, 10_000, "judged on 98.9% of the candidate's impressions"],
    [9900, 9900, null],
    [0, 10_000, "judged on 0% of the candidate's impressions"],
  ])(
    "of 10,000 impressions each %d of the candidate's and %d of the baseline's: %s",
    (candidate, baseline, text) => {
      const coverage = { candidate: covered(candidate), baseline: covered(baseline) };
      expect(judgedOnText(coverage, "impressions")).toBe(text);
    },
  );

  it("says nothing where it is not known, and where a variant has no event", () => {
    expect(judgedOnText(null, "clicks")).toBeNull();
    expect(coveredShare(covered(0, 0))).toBeNull();
    expect(judgedOnText({ candidate: covered(0, 0), baseline: covered(10_000) }, "clicks")).toBeNull();
    expect(leastShare({ candidate: covered(9460), baseline: covered(0, 0) })).toBe(0.946);
  });
});
