/** Files read together leave what reading each by itself leaves, whatever rows they have. */
import fc from "fast-check";
import { test } from "vitest";
import { at, bothWays } from "./both-ways.ts";
import { csv, row } from "./workspace.ts";

test("any rows in any files", async () => {
  const events = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 12 })), {
    maxLength: 6,
  });
  const bad = fc.constantFrom("", "", "", "broken", row(1, { type: "seen" }), row(40, { dwell: "-1" }));
  const file = fc
    .tuple(events, bad)
    .map(([rows, last]) => csv(...rows.map(([day, n]) => at(day, n)), ...(last === "" ? [] : [last])));
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 5 }), async (files) => {
      await bothWays(Object.fromEntries(files.map((text, index) => [`f${index}.csv`, text])));
    }),
    { numRuns: 5 },
  );
});
