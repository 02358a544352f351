import { expect, it } from "vitest";
import { parseShare } from "../../src/commands/terminal/values.ts";
import { readShare } from "../../src/model/share.ts";

it.each([
  ["10%", 0.1],
  ["10 %", 0.1],
  [" 1.1% ", 0.011],
  ["0.1", 0.1],
  ["100%", 1],
])("%s is a share", (text, share) => {
  expect(readShare(text)).toBe(share);
});

it.each(["", "ten", "10%%", "1e-1", "%"])("%j is none", (text) => {
  expect(readShare(text)).toBeNaN();
});

it("an option says whether nothing and all are shares", () => {
  expect(parseShare("5 %", "share")).toBe(0.05);
  expect(parseShare("0", "exposure", { zero: true, all: true })).toBe(0);
  expect(parseShare("100%", "exposure", { zero: true, all: true })).toBe(1);
  expect(() => parseShare("0%", "share")).toThrow(
    '--share must be more than 0% and less than 100%, not "0%"',
  );
  expect(() => parseShare("1", "exposure", { zero: true, all: true })).toThrow("at most 100%");
});
