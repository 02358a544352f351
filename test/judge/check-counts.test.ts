import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupCounts } from "../../src/judge/checks/check-files.ts";

describe("counts in the words of a check file", () => {
  it.each([
    ["2026-02-02: 30 of 55409 events have no event_id", "2026-02-02: 30 of 55,409 events have no event_id"],
    ["34658 of 350740 impressions are the candidate's", "34,658 of 350,740 impressions are the candidate's"],
    ["0 events, 2127 in the window", "0 events, 2,127 in the window"],
    ["1234567 rows left out", "1,234,567 rows left out"],
  ])("are grouped: %s", (before, after) => {
    expect(groupCounts(before)).toBe(after);
  });

  it.each([
    "item 123456 is shown twice",
    "2026-02-02 events are late",
    "12.3456 of the units",
    "author-20266 of 3 authors",
    "1,234 events",
    "file part-00012345.csv",
  ])("nothing else is: %s", (text) => {
    expect(groupCounts(text)).toBe(text);
  });

  it("change in nothing but commas", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (some, all) => {
        const text = `${some} of ${all} events`;
        expect(groupCounts(text).replaceAll(",", "")).toBe(text);
      }),
    );
  });
});
