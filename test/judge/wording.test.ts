import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  changeText,
  countText,
  directionText,
  lineText,
  listText,
  plural,
  shareText,
  signedText,
  valueText,
} from "../../src/judge/wording.ts";

describe("numbers as an operator says them", () => {
  it.each([
    [countText(1204.4), "1,204"],
    [plural(1, "day"), "1 day"],
    [plural(3, "day"), "3 days"],
    [listText(["a", "b", "c"]), "a, b and c"],
    [listText(["a"]), "a"],
    [listText([]), ""],
    [lineText(0.05), "5%"],
    [lineText(0.025), "2.5%"],
    [lineText(0.07), "7%"],
    [shareText(0.1003), "10.03%"],
    [valueText(0.0471, "percent"), "4.71%"],
    [valueText(0.183, "percent"), "18.3%"],
    [valueText(0, "percent"), "0%"],
    [valueText(12.34, "seconds"), "12.3 s"],
    [valueText(1.5, "ratio"), "1.50"],
    [valueText(12_345, "count"), "12,345"],
    [directionText(-0.062, []), "down 6.2%"],
    [directionText(0.004, []), "up 0.4%"],
    [directionText(0, []), "unchanged"],
    [signedText(-0.021), "−2.1%"],
    [signedText(0.0001), "0.0%"],
  ])("%s", (text, expected) => {
    expect(text).toBe(expected);
  });

  it("a change beside a line has the decimals that keep it on its own side", () => {
    expect(changeText(-0.0498, [0.03, 0.05])).toBe("4.98%");
    expect(changeText(-0.04999, [0.05])).toBe("4.999%");
    expect(changeText(-0.05, [0.05])).toBe("5.0%");
    expect(changeText(-0.062, [0.05])).toBe("6.2%");
  });

  it("never rounds a change onto or over a line", () => {
    const fraction = fc.double({ min: 0.001, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(fraction, fraction, (size, line) => {
        fc.pre(Math.abs(size - line) > 1e-6);
        const said = Number.parseFloat(changeText(size, [line])) / 100;
        expect(Math.sign(said - line)).toBe(Math.sign(size - line));
      }),
    );
  });
});
