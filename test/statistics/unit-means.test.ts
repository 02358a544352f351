import { describe, expect, it } from "vitest";
import type { UnitTotals } from "../../src/model/measurement.ts";
import { createRandom, type Random } from "../../src/statistics/random.ts";
import { oneSidedBounds } from "../../src/statistics/ratio.ts";
import { quantileAt } from "../../src/statistics/special.ts";
import { compareUnitMeans } from "../../src/statistics/unit-means.ts";

const ALARM = 0.001;

function totals(units: number, draw: () => number): UnitTotals {
  const values = Array.from({ length: units }, draw);
  return {
    units,
    events: values.reduce((sum, value) => sum + value, 0),
    eventsSquared: values.reduce((sum, value) => sum + value ** 2, 0),
  };
}

function differs(baseline: UnitTotals, candidate: UnitTotals): boolean {
  const comparison = compareUnitMeans(baseline, candidate);
  if (comparison === null) return false;
  const quantile = quantileAt(1 - ALARM / 2, comparison.degreesOfFreedom);
  const [lower, upper] = oneSidedBounds(comparison, ALARM / 2, quantile);
  return lower > 0 || upper < 0;
}

const kinds: readonly (readonly [string, (random: Random) => number])[] = [
  ["visits of a feed", (random) => 3 + Math.floor(-7.6 * Math.log(1 - random.uniform()))],
  ["log-normal", (random) => Math.ceil(Math.exp(1.5 + 1.2 * random.normal()))],
  ["a Pareto tail", (random) => Math.ceil(3 * (1 - random.uniform()) ** (-1 / 1.5))],
  ["a crawler now and then", (random) => (random.uniform() < 0.001 ? 3000 : 3 + random.integer(15))],
  ["seldom anything", (random) => (random.uniform() < 0.15 ? 1 + random.integer(2) : 0)],
];

describe("events per unit of two variants", () => {
  it.each(kinds)("sound splits of %s hardly ever differ: at most 1 in 200", (kind, draw) => {
    const random = createRandom(`split of ${kind}`);
    let alarms = 0;
    for (let split = 0; split < 600; split++)
      if (
        differs(
          totals(540, () => draw(random)),
          totals(60, () => draw(random)),
        )
      )
        alarms += 1;
    expect(alarms).toBeLessThanOrEqual(3);
  });

  it("a third of the impressions lost is seen from a few hundred units on", () => {
    const random = createRandom("lost impressions");
    const draw = () => 3 + Math.floor(-7.6 * Math.log(1 - random.uniform()));
    const kept = () => Array.from({ length: draw() }, () => random.uniform()).filter((u) => u > 0.3).length;
    expect(differs(totals(2700, draw), totals(300, kept))).toBe(true);
  });

  it("one heavy unit of a small variant is no difference of all units", () => {
    const random = createRandom("crawler");
    const draw = () => 3 + random.integer(15);
    const one = totals(100, draw);
    const crawled = { ...one, events: one.events + 3000, eventsSquared: one.eventsSquared + 3000 ** 2 };
    expect(compareUnitMeans(totals(900, draw), crawled)?.delta).toBeGreaterThan(2);
    expect(differs(totals(900, draw), crawled)).toBe(false);
  });

  it("a kind of event that one variant does not have at all is a difference", () => {
    const baseline = { units: 9000, events: 900, eventsSquared: 1100 };
    expect(differs(baseline, { units: 2000, events: 0, eventsSquared: 0 })).toBe(true);
    expect(differs({ units: 9000, events: 0, eventsSquared: 0 }, { ...baseline, units: 2000 })).toBe(true);
  });

  it("nothing is said of variants without units, and of events that nobody has", () => {
    const none = { units: 0, events: 0, eventsSquared: 0 };
    const some = { units: 1000, events: 10_000, eventsSquared: 150_000 };
    expect(compareUnitMeans(none, some)).toBeNull();
    expect(compareUnitMeans(some, none)).toBeNull();
    const silent = { units: 1000, events: 0, eventsSquared: 0 };
    expect(compareUnitMeans(silent, silent)).toBeNull();
  });
});
