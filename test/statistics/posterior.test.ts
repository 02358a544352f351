import fc from "fast-check";
import { expect, test } from "vitest";
import { probabilityPast } from "../../src/statistics/posterior.ts";
import { thresholdLog } from "../../src/statistics/scale.ts";
import { expectClose } from "./close.ts";

// Source: formulas.json posterior_drop (derived): log ratio, its standard error, prior spread, line → probability that the
// drop is past the line, and that there is any.
const CASES: readonly [number, number, number | null, number, number, number][] = [
  [-0.07, 0.02, 0.05, 0.05, 0.6870267166026232, 0.999422301799362],
  [-0.07, 0.02, null, 0.05, 0.8251922306237574, 0.9997673709209645],
  [-0.07, 0.06, 0.05, 0.05, 0.2780996016220655, 0.7724325434278834],
  [-0.03, 0.01, 0.05, 0.05, 0.011034792106824736, 0.9983681415491649],
  [-0.12, 0.05, 0.05, 0.1, 0.0997479423907181, 0.9551569891148177],
  [-0.05129329438755058, 0.03, null, 0.05, 0.5000000000000001, 0.9563463930221968],
];

test.each(CASES)(
  "log ratio %d ± %d, prior %s, line %d",
  (logRatio, standardError, priorSd, line, past, any) => {
    const input = { logRatio, standardError, priorSd, harm: "drop" as const };
    expectClose(probabilityPast({ ...input, thresholdLog: thresholdLog(line, "drop") }), past);
    expectClose(probabilityPast({ ...input, thresholdLog: 0 }), any);
  },
);

test("a rise mirrors a drop on the log scale", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (logRatio, standardError) => {
        const drop = probabilityPast({
          logRatio,
          standardError,
          thresholdLog: -0.1,
          harm: "drop",
          priorSd: 0.05,
        });
        const rise = probabilityPast({
          logRatio: -logRatio,
          standardError,
          thresholdLog: 0.1,
          harm: "rise",
          priorSd: 0.05,
        });
        expect(rise).toBe(drop);
        expect(drop).toBeGreaterThanOrEqual(0);
        expect(drop).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("without any error the answer is plain, and the line itself counts as passed", () => {
  const line = thresholdLog(0.05, "drop");
  const at = (logRatio: number) =>
    probabilityPast({ logRatio, standardError: 0, thresholdLog: line, harm: "drop", priorSd: 0.05 });
  expect(at(line)).toBe(1);
  expect(at(line - 0.01)).toBe(1);
  expect(at(line + 0.01)).toBe(0);
});
