import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { niceAxis, spreadLabels, tickFormat, tickText } from "../../src/report/charts/axes.ts";
import { fitText, textWidth, wrapText } from "../../src/report/charts/svg/text-width.ts";
import { timeAxis, withGaps } from "../../src/report/charts/time-axis.ts";
import { signedLineText } from "../../src/text/numbers.ts";
import { dayText } from "../../src/text/times.ts";

describe("text width", () => {
  test("is Arial's advance widths: 'Hamburg' at 10 px is 4.056 em wide", () => {
    expect(textWidth("Hamburg", 10)).toBeCloseTo(7.22 + 5.56 + 8.33 + 5.56 + 5.56 + 3.33 + 5.56, 6);
  });

  test("accents take no room, a Chinese letter takes one em", () => {
    expect(textWidth("é", 100)).toBe(textWidth("e", 100));
    expect(textWidth("中", 100)).toBe(100);
  });

  test("a text too long loses its middle and keeps both ends", () => {
    const cut = fitText("author-00000000000000000000000000000000-17", 12, 80);
    expect(cut).toMatch(/^author.*….*-17$/);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(80);
    expect(fitText("short", 12, 80)).toBe("short");
  });

  test("lines break between words and lose none", () => {
    const words = "Dots are days with their 95% interval, the band is the whole window.";
    const lines = wrapText(words, 150, { size: 12 });
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join(" ")).toBe(words);
    for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(150);
  });
});

describe("number axis", () => {
  test("holds its range in whole steps", () => {
    expect(niceAxis({ low: -0.093, high: 0.064 })).toEqual({
      low: -0.1,
      high: 0.1,
      step: 0.05,
      ticks: [-0.1, -0.05, 0, 0.05, 0.1],
    });
  });

  test("any range lies inside its axis, and the ticks are few", () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const range = { low: Math.min(a, b), high: Math.max(a, b) };
        const axis = niceAxis(range);
        const slack = (axis.high - axis.low) * 1e-6;
        expect(axis.low).toBeLessThanOrEqual(range.low + slack);
        expect(axis.high).toBeGreaterThanOrEqual(range.high - slack);
        expect(axis.ticks.length).toBeGreaterThan(1);
        expect(axis.ticks.length).toBeLessThan(10);
      }),
    );
  });

  test("ticks show the decimals that their step needs, a sign, and a real minus", () => {
    expect(tickFormat(0.05, "percent", "+")).toBe("+.0%");
    expect(tickFormat(0.025, "percent")).toBe(".1%");
    expect(tickFormat(0.0002, "percent")).toBe(".2%");
    expect(tickText(-0.025, "+.1%")).toBe("−2.5%");
    expect(tickText(0, "+.0%")).toBe("0%");
    expect(tickText(12_500, ",.0f")).toBe("12,500");
  });
});

describe("labels beside a plot", () => {
  test("stay where they are when there is room", () => {
    expect(spreadLabels([10, 60, 40], 14, { low: 0, high: 100 })).toEqual([10, 60, 40]);
  });

  test("are pushed apart evenly when there is none", () => {
    expect(spreadLabels([50, 50], 14, { low: 0, high: 100 })).toEqual([43, 57]);
  });

  test("never overlap, never change order, never leave the plot", () => {
    const positions = fc.array(fc.double({ min: 0, max: 170, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(positions, (wanted) => {
        const placed = spreadLabels(wanted, 14, { low: 0, high: 170 });
        const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
        const ranked = order.map((index) => placed[index] ?? Number.NaN);
        for (const [index, at] of ranked.entries()) {
          expect(at).toBeGreaterThanOrEqual(-1e-9);
          expect(at).toBeLessThanOrEqual(170 + 1e-9);
          const before = ranked[index - 1];
          if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(14 - 1e-9);
        }
      }),
    );
  });
});

describe("time axis", () => {
  const week = ["01", "02", "03", "04", "05", "06", "07"].map((day) => `2026-02-${day}`);

  test("labels the last day and as many before it as fit", () => {
    const { axis } = timeAxis(week, 200).channel as { axis: { values: number[]; format: string } };
    expect(axis.format).toBe("%-d %b");
    const labels = axis.values.map((ms) => dayText(new Date(ms).toISOString().slice(0, 10)));
    expect(labels).toEqual(["1 Feb", "3 Feb", "5 Feb", "7 Feb"]);
  });

  test("says hours where the windows are hours", () => {
    const { axis } = timeAxis(["2026-02-01T00:00:00Z", "2026-02-01T11:00:00Z"], 300).channel as {
      axis: { format: string; values: number[] };
    };
    expect(axis.format).toBe("%H:%M");
    expect(axis.values.at(-1)).toBe(Date.UTC(2026, 1, 1, 11));
  });

  test("years of days still get few labels", () => {
    const axis = timeAxis(["2023-01-01", "2026-02-07"], 300).channel["axis"] as { values: number[] };
    expect(axis.values.length).toBeLessThan(7);
  });

  test("a missing day is a gap of its own", () => {
    expect(withGaps(["2026-02-01", "2026-02-03"])).toEqual(["2026-02-01", "2026-02-02", "2026-02-03"]);
  });
});

test("a line is written as the change at which it is reached", () => {
  expect(signedLineText(-0.05)).toBe("−5%");
  expect(signedLineText(0.125)).toBe("+12.5%");
});
