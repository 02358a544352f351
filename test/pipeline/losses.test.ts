/** One size of every way to lose data; test/slow/losses.slow.ts has the other sizes, several nights, and what must not hold. */
import { describe, expect, it } from "vitest";
import { describeLosses, harmless, verdictOn } from "../helpers/losses-suite.ts";
import { makeExports } from "../helpers/rollout-export.ts";

describeLosses([0.3]);

describe("what all of the data says", () => {
  it("of a candidate that harms nobody is to promote", async () => {
    expect(await verdictOn(makeExports(harmless))).toMatchObject({ action: "promote" });
  });
});
