import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeBeside } from "../../src/text/beside.ts";
import {
  amountText,
  changeText,
  countText,
  directionText,
  intervalText,
  lineText,
  percentText,
  pointsText,
  probabilityText,
  quantitiesText,
  quantityText,
  shareText,
  signedLineText,
  sizeText,
} from "../../src/text/numbers.ts";

it.each([
  [countText(1_411_894), "1,411,894"],
  [countText(1204.4), "1,204"],
  [countText(-1234), "−1,234"],
  [countText(0), "0"],
  [amountText(999), "999"],
  [amountText(12_345.678), "12,345.68"],
  [lineText(0.05), "5%"],
  [lineText(0.025), "2.5%"],
  [lineText(0.07), "7%"],
  [lineText(null), "not set"],
  [signedLineText(-0.05), "−5%"],
  [signedLineText(0.125), "+12.5%"],
  [shareText(0.1003), "10.03%"],
  [percentText(0.0512), "5.12%"],
  [percentText(0.412), "41.2%"],
  [percentText(0.0047), "0.470%"],
  [percentText(1), "100%"],
  [percentText(0), "0%"],
  [quantityText(0.0471, "percent"), "4.71%"],
  [quantityText(0.1, "percent"), "10.0%"],
  [quantityText(0, "percent"), "0%"],
  [quantityText(12.34, "seconds"), "12.3 s"],
  [quantityText(1234.5, "seconds"), "1235 s"],
  [quantityText(1.5, "ratio"), "1.50"],
  [quantityText(12_345.5, "count"), "12,345.5"],
  [pointsText(0.0553), "+5.5"],
  [pointsText(-0.0006), "−0.06"],
  [quantitiesText([0.26793, 0.26756], "percent").join(), "26.79%,26.76%"],
  [quantitiesText([0.13, 0.14], "percent").join(), "13.0%,14.0%"],
  [quantitiesText([0.05, 0.05], "percent").join(), "5.00%,5.00%"],
  [directionText(-0.062), "down 6.2%"],
  [directionText(0.004), "up 0.4%"],
  [directionText(0), "unchanged"],
  [changeText(-0.021), "−2.1%"],
  [changeText(0.5), "+50.0%"],
  [changeText(0), "0.0%"],
  [changeText(0.0002), "+0.02%"],
  [changeText(0.000005), "+0.00%"],
  [intervalText([-0.103, -0.044]), "−10.3% to −4.4%"],
])("%s", (text, expected) => {
  expect(text).toBe(expected);
});

it("says not available where there is no number", () => {
  const texts = [countText(null), percentText(null), changeText(null), intervalText(null)];
  expect(new Set(texts)).toEqual(new Set(["not available"]));
});

it("never says that something is certain", () => {
  expect([0, 0.0004, 0.034, 0.936, 0.99996, 1].map(probabilityText)).toEqual([
    "less than 0.1%",
    "less than 0.1%",
    "3.4%",
    "94%",
    "more than 99.9%",
    "more than 99.9%",
  ]);
});

describe("a number beside a line has the digits that keep it on its own side", () => {
  it.each([
    ["just short of it", changeText(-0.04996, [-0.05]), "−4.996%"],
    ["just past it", changeText(-0.05004, [-0.05]), "−5.004%"],
    ["on it", changeText(-0.05, [-0.05]), "−5.0%"],
    ["on a line of more digits", sizeText(0.03125, [0.03125]), "3.125%"],
    ["near the line of the other direction", changeText(0.04996, [-0.05]), "+5.0%"],
    ["far from it", sizeText(-0.062, [0.05]), "6.2%"],
    ["between two", sizeText(-0.0498, [-0.03, -0.05]), "4.98%"],
    ["an interval", intervalText([-0.05004, -0.001], [-0.05]), "−5.004% to −0.1%"],
    ["a share", shareText(0.100004, [0.1]), "10.0004%"],
    ["hours", `${sizeBeside(2.004, [2], 1)} h`, "2.004 h"],
  ])("%s", (_, text, expected) => {
    expect(text).toBe(expected);
  });

  const fraction = fc.double({ min: -0.9, max: 0.9, noNaN: true });
  const line = fc.oneof(
    fraction,
    fc.integer({ min: -200, max: 200 }).map((tenths) => tenths / 1000),
  );
  const near = fc.double({ min: -1e-4, max: 1e-4, noNaN: true });
  const texts = { changeText, sizeText, shareText, percentText };

  it.each(Object.entries(texts))("%s, for every value and line", (_, write) => {
    fc.assert(
      fc.property(line, fc.oneof(fraction, near), fc.boolean(), (at, other, isNear) => {
        const value = isNear ? at + other : other;
        fc.pre(Math.abs(value - at) > 1e-10);
        const text = write(value, [at]);
        const shown = (Math.sign(value) * Number(text.replace(/[−+%]/g, ""))) / 100;
        expect(Math.sign(Math.round((shown - at) * 1e12))).toBe(Math.sign(value - at));
      }),
    );
  });
});
