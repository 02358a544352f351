import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countLineFeeds, fingerprint, lineCounter } from "../../../src/load/files/fingerprint.ts";
import { workspace } from "../workspace.ts";

const bytes = fc.array(fc.constantFrom(0x0a, 0x0a, 0x0b, 0x09, 0x8a, 0x00, 0xff, 0x41), { maxLength: 70 });

describe("lines are counted without the reader", () => {
  test("four bytes at a time as one by one, wherever the text begins in memory", () => {
    fc.assert(
      fc.property(bytes, fc.nat(7), (values, offset) => {
        const chunk = Buffer.from([...Array<number>(offset).fill(0x0a), ...values]).subarray(offset);
        expect(countLineFeeds(chunk)).toBe(values.filter((value) => value === 0x0a).length);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["", 0],
    ["a", 1],
    ["a\n", 1],
    ["a\nb", 2],
    ["\n\n", 2],
  ])("%j has %i", (text, lines) => {
    const counter = lineCounter();
    for (const char of text) counter.add(Buffer.from(char));
    expect(counter.result()).toEqual({ lines, hasNul: false });
  });

  test("with the hash of the file in the same pass", async () => {
    const { write } = workspace();
    const text = "x\0y\n".repeat(400_000); // more than one chunk
    expect(await fingerprint(write("a.csv", text))).toEqual({
      sha256: createHash("sha256").update(text).digest("hex"),
      lines: 400_000,
      hasNul: true,
    });
  });
});
