import { describe, expect, it } from "vitest";
import { acrossGates, type GateStratum } from "../../../src/judge/metric/across-gates.ts";
import type { WindowMeasurement } from "../../../src/model/measurement.ts";
import { concentration, ratio } from "../builders.ts";

type Counts = readonly [events: number, denominator: number];

const window = (baseline: Counts, candidate: Counts): WindowMeasurement => ({
  baseline: ratio(...baseline, 1),
  candidate: ratio(...candidate, 1),
});

function stratum(
  gate: string,
  observation: WindowMeasurement,
  comparison: GateStratum["comparison"] = "concurrent",
): GateStratum {
  return { gate, from: "2026-02-01", to: "2026-02-07", comparison, observation };
}

/** Source: peers.json simpson.ramp (Crook, Frasca, Kohavi, Longbotham 2009): Friday at 1%, Saturday at 50%. */
const friday = { baseline: [20_000, 990_000], candidate: [230, 10_000] } as const;
const saturday = { baseline: [5000, 500_000], candidate: [6000, 500_000] } as const;

describe("a metric across gates", () => {
  it("is up where it is up in each gate, though pooled it would read 27% down", () => {
    const sum = (side: "baseline" | "candidate"): Counts => [
      friday[side][0] + saturday[side][0],
      friday[side][1] + saturday[side][1],
    ];
    const [b, c] = [sum("baseline"), sum("candidate")];
    expect(c[0] / c[1] / (b[0] / b[1]) - 1).toBeCloseTo(-0.27194509803921574, 12);
    const found = acrossGates([
      stratum("g1", window(friday.baseline, friday.candidate)),
      stratum("g50", window(saturday.baseline, saturday.candidate)),
    ]);
    expect(found.gates.map(({ delta }) => delta)).toEqual([
      expect.closeTo(0.13849999999999985, 12),
      expect.closeTo(0.19999999999999996, 12),
    ]);
    expect(found.delta).toBeGreaterThan(0.1385);
    expect(found.delta).toBeLessThan(0.2);
    expect(found.interval?.[0]).toBeGreaterThan(0.1);
    expect(found.heterogeneity?.p).toBeGreaterThan(0.01);
    expect(found.because).toMatch(
      /^g1 \+13\.8% and g50 \+20\.0%: together \+1\d\.\d%\. The gates do not contradict/,
    );
  });

  it("weighs gates by information: the larger one decides, and the error is smaller than either's", () => {
    const found = acrossGates([
      stratum("g10", window([45_000, 900_000], [4900, 100_000])),
      stratum("g50", window([25_000, 500_000], [25_250, 500_000])),
    ]);
    const errors = found.gates.map(({ standardError }) => standardError ?? 0);
    const [small = 0, large = 0] = errors.map((error) => error ** -2);
    expect(large / small).toBeCloseTo(2.8, 1);
    const log = (small * Math.log(0.98) + large * Math.log(1.01)) / (small + large);
    expect(found.delta).toBeCloseTo(Math.expm1(log), 12);
    expect(found.standardError).toBeCloseTo((small + large) ** -0.5, 12);
  });

  it("says so when the gates differ by more than their noise", () => {
    const found = acrossGates([
      stratum("g10", window([45_000, 900_000], [4000, 100_000])),
      stratum("g50", window([25_000, 500_000], [26_000, 500_000])),
    ]);
    expect(found.heterogeneity?.p).toBeLessThan(0.01);
    expect(found.because).toMatch(/The gates differ \(Cochran's Q .* on 1, p < 0\.0001\): look at each/);
  });

  it("leaves out what is not randomised, what has no number and what has no error, and names it", () => {
    const good = window([45_000, 900_000], [5000, 100_000]);
    const found = acrossGates([
      stratum("g1", window([0, 0], [0, 0])),
      stratum("g5", window([10, 200], [1, 20])),
      stratum("g10", good),
      stratum("g100", good, "before-after"),
    ]);
    expect(found.gates.map(({ leftOut }) => leftOut)).toEqual([
      "no change can be measured",
      "too little for an error",
      null,
      "before/after, not randomised",
    ]);
    expect(found).toMatchObject({ delta: expect.closeTo(0, 10), heterogeneity: null });
    expect(found.because).toBe(
      "g10 0.0% alone. Without g1: no change can be measured. Without g5: too little for an error." +
        " Without g100: before/after, not randomised.",
    );
  });

  it("without any gate to weigh is null, never a number", () => {
    const nothing = { baseline: null, candidate: null };
    const found = acrossGates([stratum("g10", nothing), stratum("g50", nothing)]);
    expect([found.delta, found.interval, found.standardError, found.heterogeneity]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(found.because).toMatch(/^No gate has a change that could be weighed\./);
  });

  it("takes shares of the heaviest keys too: their levels differ by gate, their changes can be weighed", () => {
    const share = (baseline: number, candidate: number, volume: number): WindowMeasurement => ({
      baseline: concentration(baseline, volume, { groups: 9 }),
      candidate: concentration(candidate, volume),
    });
    const found = acrossGates([
      stratum("g10", share(0.3, 0.33, 100_000)),
      stratum("g50", share(0.2, 0.22, 500_000)),
    ]);
    expect(found.delta).toBeCloseTo(0.1, 10);
  });
});
