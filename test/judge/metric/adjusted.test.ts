/** What is adjusted for the days before the rollout, from reading to bound: units are made, and their sums taken one by one. */
import { describe, expect, it } from "vitest";
import { adjustedInterval, boundsAway, boundsOf, interval } from "../../../src/judge/metric/bounds.ts";
import { classifyObservation } from "../../../src/judge/metric/classify.ts";
import { criteriaFor } from "../../../src/judge/metric/criteria.ts";
import { adjustedLike, evidenceOf } from "../../../src/judge/metric/evidence.ts";
import { marginToNextClass } from "../../../src/judge/metric/margin.ts";
import type { PreMoments, RatioMoments } from "../../../src/model/measurement.ts";
import { createRandom } from "../../../src/statistics/random.ts";
import { config, definition } from "../builders.ts";

interface Unit {
  readonly y: number;
  readonly m: number;
  readonly x: number;
  readonly w: number;
}

/** Users whose taste lasts: 40 impressions before, 40 in the window. */
function units(count: number, change: number, seed: string): readonly Unit[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const taste = random.beta(5, 45);
    return { m: 40, w: 40, x: random.poisson(40 * taste), y: random.poisson(40 * taste * (1 + change)) };
  });
}

function sums(all: readonly Unit[]): { readonly moments: RatioMoments; readonly pre: PreMoments } {
  const sum = (of: (unit: Unit) => number) => all.reduce((total, unit) => total + of(unit), 0);
  return {
    moments: {
      shape: "ratio",
      units: all.length,
      sumDenominator: sum(({ m }) => m),
      sumNumerator: sum(({ y }) => y),
      sumDenominatorSquared: sum(({ m }) => m * m),
      sumNumeratorSquared: sum(({ y }) => y * y),
      sumProduct: sum(({ m, y }) => m * y),
    },
    pre: {
      unitsWithPre: all.length,
      preNumerator: sum(({ x }) => x),
      preDenominator: sum(({ w }) => w),
      preNumeratorSquared: sum(({ x }) => x * x),
      preDenominatorSquared: sum(({ w }) => w * w),
      preProduct: sum(({ x, w }) => x * w),
      denominatorPreNumerator: sum(({ m, x }) => m * x),
      denominatorPreDenominator: sum(({ m, w }) => m * w),
      numeratorPreNumerator: sum(({ y, x }) => y * x),
      numeratorPreDenominator: sum(({ y, w }) => y * w),
    },
  };
}

const [baselineUnits, candidateUnits] = [units(3000, 0, "baseline"), units(1000, -0.04, "candidate")];
const [baseline, candidate] = [sums(baselineUnits), sums(candidateUnits)];
const window = { baseline: baseline.moments, candidate: candidate.moments };
const evidence = evidenceOf(window, { baseline: baseline.pre, candidate: candidate.pre });
const raw = evidence.comparison;
const adjusted = evidence.adjusted?.comparison;
if (raw === null || adjusted === undefined) throw new Error("nothing was adjusted");

describe("a change that is adjusted", () => {
  it("reads as it is, and is bounded by the adjusted one", () => {
    expect(evidence.delta).toBe(raw.delta);
    expect(adjusted.standardError).toBeLessThan(0.95 * raw.standardError);
    const middle = (bounds: readonly [number, number] | null) =>
      bounds === null ? null : (Math.log1p(bounds[0]) + Math.log1p(bounds[1])) / 2;
    expect(middle(interval(evidence))).toBeCloseTo(raw.logRatio, 12);
    for (const bounds of [adjustedInterval(evidence), boundsOf(evidence, 0.05), boundsAway(evidence, 2.5)])
      expect(middle(bounds)).toBeCloseTo(adjusted.logRatio, 12);
    expect(Math.log1p(boundsAway(evidence, 2.5)?.[0] ?? 0)).toBeCloseTo(
      adjusted.logRatio - 2.5 * adjusted.standardError,
      12,
    );
  });

  it("is the same for the same window counted again, and moves as the raw one does where it is counted otherwise", () => {
    expect(adjustedLike(evidenceOf(window), evidence).adjusted?.comparison).toEqual({
      delta: expect.closeTo(adjusted.delta, 12),
      logRatio: expect.closeTo(adjusted.logRatio, 12),
      standardError: expect.closeTo(adjusted.standardError, 12),
    });
    const fewer = evidenceOf({ ...window, candidate: sums(candidateUnits.slice(0, 900)).moments });
    const moved = adjustedLike(fewer, evidence).adjusted?.comparison.logRatio ?? 0;
    expect(moved - adjusted.logRatio).toBeCloseTo((fewer.comparison?.logRatio ?? 0) - raw.logRatio, 12);
  });

  it("has its margin counted in events of the raw one, up to where the adjusted bound is crossed", () => {
    const criteria = criteriaFor(definition("ctr"), config(), { comparison: "concurrent", mode: "evidence" });
    const boundaries = { rollback: 3.5, promote: 2.2 };
    const none = { reads: false, fires: false, waits: false };
    const classified = classifyObservation(evidence, criteria, none, boundaries);
    const margin = marginToNextClass({ evidence, classified, criteria });
    expect(margin?.to).toBe("rollback");
    const shift = adjusted.logRatio - raw.logRatio;
    const rate = baseline.moments.sumNumerator / baseline.moments.sumDenominator;
    /** Past the line as it reads, and past zero by so many errors as adjusted. */
    const isRollback = (events: number): boolean => {
      const after = candidate.moments.sumNumerator + events;
      const log = Math.log(after / candidate.moments.sumDenominator / rate);
      return log <= Math.log(0.95) + 1e-9 && log + shift + 3.5 * adjusted.standardError <= 0;
    };
    expect(isRollback(margin?.events ?? 0)).toBe(true);
    expect(isRollback((margin?.events ?? 0) + 1)).toBe(false);
    // the bound decides here, not the line: without the adjustment it would be another number of events
    const plain = evidenceOf(window);
    const bare = {
      evidence: plain,
      classified: classifyObservation(plain, criteria, none, boundaries),
      criteria,
    };
    expect(marginToNextClass(bare)?.events).toBeLessThan(margin?.events ?? 0);
  });
});
