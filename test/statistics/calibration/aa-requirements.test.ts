import { describe, expect, it } from "vitest";
import { mismatchRequirement, requirementsOf } from "../../../src/statistics/calibration/aa-requirements.ts";

const honest = {
  splits: 1000,
  shareBelow5Percent: 0.05,
  coverage: 0.95,
  standardDeviation: 1,
  uniformityP: 0.4,
};

const failing = (part: Partial<typeof honest>): readonly string[] =>
  requirementsOf({ ...honest, ...part })
    .filter(({ holds }) => !holds)
    .map(({ name }) => name);

describe("what 1,000 A/A splits must show", () => {
  it.each([
    ["5% below 0.05", { shareBelow5Percent: 0.05 }, []],
    ["3.6%, just in", { shareBelow5Percent: 0.036 }, []],
    ["6.4%, just in", { shareBelow5Percent: 0.064 }, []],
    ["3.5%", { shareBelow5Percent: 0.035 }, ["p below 0.05"]],
    ["6.5%", { shareBelow5Percent: 0.065 }, ["p below 0.05"]],
    ["a spread of 0.93", { standardDeviation: 0.93 }, []],
    ["a spread of 1.08", { standardDeviation: 1.08 }, ["sd of z"]],
    ["p values that are not uniform", { uniformityP: 0.0009 }, ["KS p"]],
  ])("%s", (_, part, names) => expect(failing(part)).toEqual(names));

  it("a spread that cannot be told does not hold", () => {
    expect(requirementsOf({ ...honest, standardDeviation: null }).map(({ holds }) => holds)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("with a quarter of the splits the bands are twice as wide", () => {
    const [share, spread] = requirementsOf({ ...honest, splits: 250 });
    expect([share?.low, share?.high]).toEqual([expect.closeTo(0.022, 12), expect.closeTo(0.078, 12)]);
    expect([spread?.low, spread?.high]).toEqual([expect.closeTo(0.86, 12), expect.closeTo(1.14, 12)]);
  });

  it("the sample ratio may look off in under half a percent of 1,000 splits", () => {
    expect(mismatchRequirement(0.005, 1000).holds).toBe(true);
    expect(mismatchRequirement(0.006, 1000).holds).toBe(false);
    expect(mismatchRequirement(0.01, 100).holds).toBe(true);
  });
});
